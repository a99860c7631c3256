import fc from 'fast-check';
import { Pseudonyms } from '../../../src/domain/analytics/pseudonyms.js';
import type { KeyEvent } from '../../../src/domain/keys/model.js';
import { activityProjections, auditProjections, keysProjections } from '../../../src/projections/engine/all-projections.js';
import { digestOf } from '../../../src/projections/engine/digest.js';
import type { Projection } from '../../../src/projections/engine/projection.js';
import Database from '../../../src/shared/sqlite.js';
import type { RecordedEvent } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { collect } from '../../support/events.js';
import { record } from '../../support/histories.js';
import { rounds } from '../../support/long.js';
import { at, created, DAY, deleted, expirySet, id, START } from '../../support/specification.js';

const PSEUDONYMS = new Pseudonyms(Buffer.alloc(32));

const key = fc.constantFrom('a', 'b', 'c');
const about = <Type extends 'KeyDisabled' | 'KeyEnabled'>(type: Type) =>
  key.map((letter) => ({ type, data: { keyId: id(letter) } }));
const end = fc.integer({ min: -1, max: 3 }).map((days) => START + days * DAY);

/** An event, whether or not it makes sense after those before it. Those of a key's life come often. */
const event: fc.Arbitrary<KeyEvent> = fc.oneof(
  { arbitrary: key.map((letter) => created(letter)), weight: 2 },
  fc.tuple(key, end).map(([letter, time]) => created(letter, { expiresAt: at(time) })),
  key.map((letter) => created(letter, { idempotencyKey: letter, replaces: id('a') })),
  { arbitrary: fc.tuple(key, end).map(([letter, time]) => expirySet(letter, time)), weight: 2 },
  { arbitrary: about('KeyDisabled'), weight: 3 },
  { arbitrary: about('KeyEnabled'), weight: 2 },
  key.map((letter): KeyEvent => ({ type: 'KeyRenamed', data: { keyId: id(letter), name: 'another name' } })),
  key.map((letter) => deleted(letter)),
  fc.constantFrom<KeyEvent>({ type: 'AccountFrozen', data: {} }, { type: 'AccountThawed', data: {} }),
);

/** The digest of each table, by projection, after the batches. */
function digestsAfter(batches: RecordedEvent[][]): Record<string, string> {
  const database = new Database(':memory:');
  const projections: Projection[] = [
    ...Object.values(keysProjections(database)),
    ...Object.values(auditProjections(database)),
    ...Object.values(activityProjections(database, PSEUDONYMS)),
  ].filter(({ category }) => category === 'apiKeys');
  for (const batch of batches) for (const projection of projections) projection.apply(batch);
  const digests = projections.map(({ name }) => [name, digestOf(database, name)]);
  database.close();
  return Object.fromEntries(digests);
}

it('gives every projection the same tables, whether it takes its events one by one or at once', async () => {
  const histories = fc.array(event, { minLength: 2, maxLength: 12, size: 'max' });
  await fc.assert(
    fc.asyncProperty(histories, async (events) => {
      const store = new SqliteEventStore(':memory:');
      await record(store, 'an-account', [created('a'), ...events]);
      const recorded = await collect(store.readAll('apiKeys'));
      await store.close();
      expect(digestsAfter(recorded.map((one) => [one]))).toEqual(digestsAfter([recorded]));
    }),
    { numRuns: rounds(200, 3000) },
  );
});
