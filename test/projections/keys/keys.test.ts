import type { KeyEvent } from '../../../src/domain/keys/model.js';
import { NO_KEYS } from '../../../src/domain/keys/model.js';
import { AccountUnreadable } from '../../../src/domain/keys/refusals.js';
import { KEYS } from '../../../src/projections/engine/names.js';
import { KeysProjection } from '../../../src/projections/keys/keys.js';
import Database from '../../../src/shared/sqlite.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../../src/store/streams.js';
import { newAccount } from '../../support/cleanup.js';
import { record } from '../../support/histories.js';
import { at, created, deleted, disabled, enabled, expirySet, fold, id, renamed, START } from '../../support/specification.js';
import { eventsOf } from '../../support/store-doubles.js';

const HISTORY = [
  created('a', { idempotencyKey: 'r', scopes: ['read'], expiresAt: at(START + 5000) }),
  created('b'),
  deleted('b'),
  created('c', { replaces: id('a'), idempotencyKey: 's' }),
  expirySet('a', START + 1000),
  renamed('a', 'another name', 't'),
  disabled('a'),
  disabled('c'),
  enabled('a', 'u'),
];

async function projected(events: KeyEvent[] = HISTORY) {
  const store = new SqliteEventStore(':memory:');
  const account = newAccount();
  await record(store, account, events);
  const database = new Database(':memory:');
  const projection = new KeysProjection(database);
  const recorded = await eventsOf(store, streamOf('apiKeys', account));
  const requests = () => database.prepare(`SELECT * FROM ${KEYS}_idempotency`).all();
  return { projection, account, recorded, requests };
}

it('holds what folding the stream gives, after every event', async () => {
  const { projection, account, recorded } = await projected();
  for (const [index, event] of recorded.entries()) {
    projection.apply([event]);
    const { version, at: time, keys } = fold(HISTORY.slice(0, index + 1), NO_KEYS, START + 1);
    expect(projection.load(account)).toEqual({ version, at: time, keys, issued: new Set(), made: new Map() });
  }
});

it('tells of idempotency keys and key ids that are mentioned, also of deleted keys', async () => {
  const { projection, account, recorded } = await projected();
  projection.apply(recorded);
  expect(projection.load(account, { idempotencyKey: 's', keyId: id('b') })).toMatchObject({
    made: new Map([['s', { keyId: id('c'), inputHash: expect.stringMatching(/^[0-9a-f]{64}$/) }]]),
    issued: new Set([id('b')]),
  });
  expect(projection.load(account, { idempotencyKey: 'u' }).made.get('u')).toMatchObject({ keyId: id('a') });
  expect(projection.load(account, { idempotencyKey: 'never', keyId: id('z') })).toMatchObject({
    made: new Map(),
    issued: new Set(),
  });
  expect(projection.load(newAccount(), { idempotencyKey: 's' })).toMatchObject({ version: 0, made: new Map() });
});

it('tells nothing of an account whose events are not the next of its stream, whether one comes first, late or twice', async () => {
  const { projection, account, recorded } = await projected();
  for (const events of [recorded.slice(1), recorded.toSpliced(2, 1), recorded.toSpliced(2, 0, ...recorded.slice(1, 2))]) {
    expect(projection.apply(events)).toHaveLength(1);
    expect(() => projection.load(account)).toThrow(AccountUnreadable);
    projection.clear();
  }
  projection.apply(recorded);
  expect(projection.load(account).version).toBe(recorded.length);
});

it('knows to whom a key belongs, also once it is deleted', async () => {
  const { projection, account, recorded } = await projected();
  projection.apply(recorded);
  expect(projection.accountOfKey(id('b'))).toBe(account);
  expect(projection.accountOfKey(id('z'))).toBeUndefined();
});

it.each<[string, KeyEvent]>([
  ['a held key', created('a', { idempotencyKey: 'again' })],
  ['a deleted key', created('b', { idempotencyKey: 'again' })],
])('keeps no idempotency key of an event that creates %s again', async (_, event) => {
  const { projection, recorded, requests } = await projected([...HISTORY, event]);
  projection.apply(recorded.slice(0, -1));
  const before = requests();
  expect(projection.apply(recorded.slice(-1))).toHaveLength(1);
  expect(requests()).toEqual(before);
});

it.each<[string, KeyEvent]>([
  ['deletes it again', deleted('b')],
  ['sets its expiry', expirySet('b', START + 9000)],
  ['disables it', disabled('b')],
  ['enables it', enabled('b')],
])('leaves a deleted key as it was when an event %s', async (_, event) => {
  const { projection, recorded } = await projected([created('b', { expiresAt: at(START + 5000) }), deleted('b'), event]);
  projection.apply(recorded.slice(0, 2));
  const before = projection.fateOf(id('b'));
  expect(projection.apply(recorded.slice(2))).toEqual([]);
  expect(projection.fateOf(id('b'))).toEqual(before);
});
