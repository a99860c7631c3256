import { setTimeout as delay } from 'node:timers/promises';
import { UsageLog, type UsageLogOptions } from '../../src/commands/usage-log.js';
import { DAY, dayOf, type KeyUse } from '../../src/domain/key-usage.js';
import { newKeyMaterial } from '../../src/domain/secret.js';
import { decodeUsage, streamOf } from '../../src/store/codec.js';
import { type EventStore, OutcomeUnknown, StoreUnavailable } from '../../src/store/event-store.js';
import { SqliteEventStore } from '../../src/store/sqlite.js';
import { stores } from '../support/eventstoredb.js';
import { at } from '../support/specification.js';
import { eventsOf, HangingAppends, LosingAnswers } from '../support/store-doubles.js';
import { temporaryDirectory } from '../support/world.js';

function usageLog(store: EventStore, options: Partial<UsageLogOptions> = {}) {
  const lines: string[] = [];
  const write = (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`);
  const log = { warn: write, error: write } as never;
  return { uses: new UsageLog({ store, clock: () => NOON, log, ...options }), lines };
}

/** Noon of a day in whose stream no other test writes, on whatever store. */
function newNoon(): number {
  return Date.parse('2100-01-01T12:00:00Z') + Math.floor(300_000 * Math.random()) * DAY;
}

const NOON = newNoon();
const newKeyIds = (count: number) => Array.from({ length: count }, () => newKeyMaterial().keyId);
const [A = '', B = ''] = newKeyIds(2);

/** What each event of that day says. */
async function recorded(store: EventStore, instant: number): Promise<KeyUse[][]> {
  const events = await eventsOf(store, streamOf('apiKeyUsage', dayOf(instant)));
  return events.map((event) => {
    const usage = decodeUsage(event);
    return usage.type === 'KeysUsed' ? usage.data.uses : [];
  });
}

async function countOf(store: EventStore, instant: number, keyId: string): Promise<number> {
  const uses = (await recorded(store, instant)).flat().filter((use) => use.keyId === keyId);
  return uses.reduce((sum, { count }) => sum + count, 0);
}

describe.each(stores)('on %s', (_name, open, it) => {
  it('records how often each key was used and when last, in one event of the day, and nothing where none was', async () => {
    const store = open(temporaryDirectory());
    const noon = newNoon();
    const { uses } = usageLog(store, { clock: () => noon + 99 });
    uses.note({ keyId: A, at: noon });
    uses.note({ keyId: B, at: noon + 1 });
    uses.note({ keyId: A, at: noon + 2 });
    await uses.stop();
    await uses.stop();
    const events = await eventsOf(store, streamOf('apiKeyUsage', dayOf(noon)));
    expect(events).toMatchObject([{ type: 'KeysUsed', metadata: { at: at(noon + 99), actor: 'system:usage' } }]);
    expect(await recorded(store, noon)).toEqual([
      [
        { keyId: A, count: 2, lastUsedAt: at(noon + 2) },
        { keyId: B, count: 1, lastUsedAt: at(noon + 1) },
      ],
    ]);
    await store.close();
  });

  it('counts each use for the quarter of an hour that it was in when the clock is stepped back', async () => {
    const store = open(temporaryDirectory());
    const [noon, before] = [newNoon(), newNoon()];
    const { uses } = usageLog(store);
    for (const instant of [noon, before, before + 1, noon + 1, before - 1]) uses.note({ keyId: A, at: instant });
    await uses.stop();
    expect((await recorded(store, noon)).flat()).toEqual([{ keyId: A, count: 2, lastUsedAt: at(noon + 1) }]);
    expect((await recorded(store, before)).flat()).toEqual([
      { keyId: A, count: 2, lastUsedAt: at(before + 1) },
      { keyId: A, count: 1, lastUsedAt: at(before - 1) },
    ]);
    await store.close();
  });

  it('counts a use on either side of midnight in UTC for its own day', async () => {
    const store = open(temporaryDirectory());
    const midnight = newNoon() + DAY / 2;
    const { uses } = usageLog(store);
    for (const instant of [midnight - 2, midnight - 1, midnight, midnight + 1, midnight + 2])
      uses.note({ keyId: A, at: instant });
    await uses.stop();
    expect(await recorded(store, midnight - 1)).toEqual([[{ keyId: A, count: 2, lastUsedAt: at(midnight - 1) }]]);
    expect(await recorded(store, midnight)).toEqual([[{ keyId: A, count: 3, lastUsedAt: at(midnight + 2) }]]);
    await store.close();
  });

  it('names a thousand keys in an event at the most', async () => {
    const store = open(temporaryDirectory());
    const noon = newNoon();
    const keyIds = newKeyIds(1001);
    const { uses } = usageLog(store);
    for (const keyId of keyIds) uses.note({ keyId, at: noon });
    await uses.stop();
    const events = await recorded(store, noon);
    expect(events.map((named) => named.length)).toEqual([1000, 1]);
    expect(events.flat().map(({ keyId }) => keyId)).toEqual(keyIds);
    await store.close();
  });

  it('loses and doubles nothing where two record on the same day, again and again', async () => {
    const store = open(temporaryDirectory());
    const noon = newNoon();
    const logs = [usageLog(store, { interval: 1 }), usageLog(store, { interval: 1 })];
    for (let round = 1; round <= 20; round += 1) {
      for (const { uses } of logs) uses.note({ keyId: A, at: noon + round });
      while ((await recorded(store, noon)).length < round) await delay(5);
    }
    await Promise.all(logs.map(({ uses }) => uses.stop()));
    expect(await countOf(store, noon, A)).toBe(40);
    await store.close();
  });

  it('writes once what the store refused and what it took without an answer', async () => {
    const store = new LosingAnswers(open(temporaryDirectory()));
    const noon = newNoon();
    const { uses, lines } = usageLog(store, { interval: 0 });
    store.faults.push({ error: new StoreUnavailable(), written: false }, { error: new OutcomeUnknown(), written: true });
    uses.note({ keyId: A, at: noon });
    while (store.tried.length === 0) await delay(5);
    for (let count = 0; count < 5; count += 1) uses.note({ keyId: A, at: noon });
    while ((await recorded(store, noon)).length < 2) await delay(5);
    await uses.stop();
    expect((await recorded(store, noon)).flat().map(({ count }) => count)).toEqual([1, 5]);
    expect(lines).toEqual([]);
    await store.close();
  });

  it('takes as many keys as it keeps', async () => {
    const store = open(temporaryDirectory());
    const noon = newNoon();
    const { uses, lines } = usageLog(store);
    for (const keyId of newKeyIds(12_345)) uses.note({ keyId, at: noon });
    await uses.stop();
    expect((await recorded(store, noon)).flat()).toHaveLength(12_345);
    expect(lines).toEqual([]);
    await store.close();
  });
});

it('waits for nobody: what is used while the store hangs is counted, and written when it is back', async () => {
  const store = new HangingAppends(new SqliteEventStore(':memory:'));
  const { uses } = usageLog(store, { interval: 0 });
  uses.note({ keyId: A, at: NOON });
  while (store.tried === 0) await delay(5);
  for (let day = 0; day < 3; day += 1) {
    for (let count = 0; count < 10; count += 1) uses.note({ keyId: A, at: NOON + day * DAY });
  }
  expect(await recorded(store, NOON)).toEqual([]);
  store.release();
  await uses.stop();
  expect(await Promise.all([0, 1, 2].map((day) => countOf(store, NOON + day * DAY, A)))).toEqual([11, 10, 10]);
});

it('writes before its time when as many keys wait as it keeps, and counts no others while the store hangs, aloud', async () => {
  const store = new HangingAppends(new SqliteEventStore(':memory:'));
  const { uses, lines } = usageLog(store, { interval: 3_600_000 });
  const keyId = (index: number) => `key_${String(index).padStart(22, '0')}`;
  const fill = () => {
    for (let index = 0; index < 100_000; index += 1) uses.note({ keyId: keyId(index), at: NOON });
  };
  fill();
  while (store.tried === 0) await delay(5);
  expect(lines).toEqual([]);
  fill();
  for (let count = 0; count < 7; count += 1) uses.note({ keyId: A, at: NOON });
  uses.note({ keyId: keyId(0), at: NOON });
  expect(lines).toEqual([expect.stringContaining('too many keys')]);
  store.release();
  while (lines.length < 2) await delay(5);
  await uses.stop();
  expect(lines.slice(1)).toEqual(['the uses of all keys are recorded again {"lost":7}']);
  const counts = await Promise.all([A, keyId(0), keyId(99_999)].map((key) => countOf(store, NOON, key)));
  expect(counts).toEqual([0, 3, 2]);
});

it.each<[store: string, open: () => EventStore]>([
  ['hangs', () => new HangingAppends(new SqliteEventStore(':memory:'))],
  ['refuses', refusing],
])('does not wait for ever when it stops while the store %s, and says what is lost', async (_store, open) => {
  const { uses, lines } = usageLog(open());
  for (const keyId of [A, A, B]) uses.note({ keyId, at: NOON });
  await uses.stop();
  expect(lines).toEqual([expect.stringMatching(/^uses of keys could not be recorded .*"lost":3/)]);
});

it('goes on after what cannot be written at all', async () => {
  const store = new LosingAnswers(new SqliteEventStore(':memory:'));
  store.faults.push({ error: new Error('deleted for good'), written: false });
  const { uses, lines } = usageLog(store, { interval: 0 });
  uses.note({ keyId: A, at: NOON });
  while (lines.length === 0) await delay(5);
  uses.note({ keyId: B, at: NOON });
  await uses.stop();
  expect((await recorded(store, NOON)).flat()).toMatchObject([{ keyId: B, count: 1 }]);
});

/** A store that cannot be reached. */
function refusing(): EventStore {
  const store = new LosingAnswers(new SqliteEventStore(':memory:'));
  store.faults.push(...Array.from({ length: 1000 }, () => ({ error: new StoreUnavailable(), written: false })));
  return store;
}
