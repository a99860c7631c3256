import fc from 'fast-check';
import { Pseudonyms } from '../../../src/domain/analytics/pseudonyms.js';
import type { Counted, CountedQuarter, UsageEvent } from '../../../src/domain/usage/key-usage.js';
import { activityProjections, auditProjections } from '../../../src/projections/engine/all-projections.js';
import { digestOf } from '../../../src/projections/engine/digest.js';
import Database from '../../../src/shared/sqlite.js';
import type { RecordedEvent } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { collect } from '../../support/events.js';
import { rounds } from '../../support/long.js';
import { id } from '../../support/specification.js';
import { closed, FIRST_DAY, recordUsage, refused, totalled, used } from '../../support/usage-events.js';

const PSEUDONYMS = new Pseudonyms(Buffer.alloc(32));

const day = fc.constantFrom(FIRST_DAY, '2026-01-02');
const counted: fc.Arbitrary<Counted[]> = fc.uniqueArray(
  fc.tuple(fc.constantFrom(id('a'), id('b')), fc.integer({ min: 1, max: 5 }), fc.constant(0), fc.nat(9)),
  { selector: ([name]) => name, maxLength: 2 },
);
const quarters: fc.Arbitrary<CountedQuarter[]> = fc.uniqueArray(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 5 })), {
  selector: ([quarter]) => quarter,
  maxLength: 2,
});

/** An event and its writer, whether or not it makes sense after those before it. */
const event: fc.Arbitrary<[UsageEvent, string]> = fc.tuple(
  fc.oneof(
    { arbitrary: fc.tuple(counted, quarters, day).map((data) => used(...data)), weight: 4 },
    fc.tuple(counted, quarters, day).map((data) => refused(...data)),
    day.map((on) => closed(on)),
    fc
      .tuple(fc.subarray(['a', 'b'], { minLength: 1 }), counted, quarters, day)
      .map(([writers, uses, verifications, on]) => totalled(writers, { uses, verifications }, { day: on })),
  ),
  fc.constantFrom('a', 'b'),
);

function digestsAfter(batches: RecordedEvent[][]): Record<string, string> {
  const database = new Database(':memory:');
  const { usage } = auditProjections(database);
  const { activityUsage } = activityProjections(database, PSEUDONYMS);
  for (const batch of batches) for (const projection of [usage, activityUsage]) projection.apply(batch);
  const digests = [usage, activityUsage].map(({ name }) => [name, digestOf(database, name)]);
  database.close();
  return Object.fromEntries(digests);
}

it('gives both projections the same tables, whether they take the events one by one or at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 12, size: 'max' }), async (events) => {
      const store = new SqliteEventStore(':memory:');
      for (const [each, writer] of events) await recordUsage(store, each, writer);
      const recorded = await collect(store.readAll('apiKeyUsage'));
      await store.close();
      expect(digestsAfter(recorded.map((one) => [one]))).toEqual(digestsAfter([recorded]));
    }),
    { numRuns: rounds(200, 3000) },
  );
});
