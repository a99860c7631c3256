import { setTimeout as delay } from 'node:timers/promises';
import { UsageLog, type UsageLogOptions } from '../../../src/commands/usage/usage-log.js';
import { QUARTER } from '../../../src/domain/analytics/quarter.js';
import { newKeyMaterial } from '../../../src/domain/keys/secret.js';
import { DAY, dayOf, type UsageEvent } from '../../../src/domain/usage/key-usage.js';
import { decodeUsage, encode } from '../../../src/store/codec.js';
import { type EventStore, OutcomeUnknown, type RecordedEvent, StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { countsStreamOf } from '../../../src/store/streams.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { collect } from '../../support/events.js';
import { stores } from '../../support/eventstoredb.js';
import { rounds } from '../../support/long.js';
import { at } from '../../support/specification.js';
import { eventsOf, HangingAppends, LosingAnswers, PatientAppends } from '../../support/store-doubles.js';
import { closed, sumUsage } from '../../support/usage-events.js';

function usageLog(store: EventStore, options: Partial<UsageLogOptions> = {}) {
  const lines: string[] = [];
  const write = (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`);
  const log = { warn: write, error: write } as never;
  return { uses: new UsageLog({ store: new PatientAppends(store), clock: () => NOON, log, ...options }), lines };
}

let lastNoon = Date.parse('2100-01-01T12:00:00Z') + Math.floor(300_000 * Math.random()) * DAY;

/** Noon of a day in whose stream no other test writes, on any store, nor on the days beside it. */
function newNoon(): number {
  lastNoon += 2 * DAY;
  return lastNoon;
}

const NOON = newNoon();
const newKeyIds = (count: number) => Array.from({ length: count }, () => newKeyMaterial().keyId);
const [A = '', B = ''] = newKeyIds(2);

const OF_DAY = DAY / 2;

/** The log's events of that day. Other days may have unreadable events. */
async function eventsOfDay(store: EventStore, instant: number): Promise<RecordedEvent[]> {
  const events = await collect(store.readAll('apiKeyUsage'));
  return events.filter(({ stream }) => stream.startsWith(countsStreamOf(dayOf(instant), '')));
}

/** The data of each event of that day, in the order of the log. */
async function recorded(store: EventStore, instant: number): Promise<UsageEvent['data'][]> {
  return (await eventsOfDay(store, instant)).map((event) => decodeUsage(event).data);
}

async function countOf(store: EventStore, instant: number, keyId: string): Promise<number> {
  return sumUsage(await eventsOfDay(store, instant))[`uses ${dayOf(instant)} ${keyId}`]?.[0] ?? 0;
}

async function streamsOf(store: EventStore, instant: number): Promise<string[]> {
  return [...new Set((await eventsOfDay(store, instant)).map(({ stream }) => stream))];
}

describe.each(stores)('on %s', (_name, open, it) => {
  it('records how often each key was used and when first and last, in a stream of the day, and nothing where none was', async () => {
    const store = open(temporaryDirectory());
    const noon = newNoon();
    const { uses } = usageLog(store, { clock: () => noon + 99 });
    uses.record({ keyId: A, at: noon });
    uses.record({ keyId: B, at: noon + 1 });
    uses.record({ keyId: A, at: noon + 2 });
    await uses.stop();
    await uses.stop();
    const [stream = '', ...others] = await streamsOf(store, noon);
    expect(others).toEqual([]);
    const data = {
      day: dayOf(noon),
      uses: [
        [A, 2, OF_DAY, OF_DAY + 2],
        [B, 1, OF_DAY + 1, OF_DAY + 1],
      ],
      quarters: [[48, 3]],
    };
    expect(await eventsOf(store, stream)).toMatchObject([
      { type: 'KeysUsed', data, metadata: { at: at(noon + 99), actor: 'system:usage' } },
    ]);
    await store.close();
  });

  it('says of what was used since the last time how often it was used since the first, and nothing of other keys', async () => {
    const store = open(temporaryDirectory());
    const noon = newNoon();
    const { uses } = usageLog(store, { interval: 0, clock: () => noon });
    for (const [flush, keyIds] of [[A, B], [A, A], [B]].entries()) {
      for (const keyId of keyIds) uses.record({ keyId, at: noon + flush * QUARTER });
      while ((await recorded(store, noon)).length <= flush) await delay(25);
    }
    await uses.stop();
    expect(await streamsOf(store, noon)).toHaveLength(1);
    expect(await recorded(store, noon)).toMatchObject([
      {
        uses: [
          [A, 1, OF_DAY, OF_DAY],
          [B, 1, OF_DAY, OF_DAY],
        ],
        quarters: [[48, 2]],
      },
      { uses: [[A, 3, OF_DAY, OF_DAY + QUARTER]], quarters: [[49, 2]] },
      { uses: [[B, 2, OF_DAY, OF_DAY + 2 * QUARTER]], quarters: [[50, 1]] },
    ]);
    await store.close();
  });

  it('counts each use for the quarter of an hour that it was in when the clock is stepped back', async () => {
    const store = open(temporaryDirectory());
    const [noon, before] = [newNoon(), newNoon()];
    const { uses } = usageLog(store);
    for (const instant of [noon, before, before + 1, noon + 1, before - 1]) uses.record({ keyId: A, at: instant });
    await uses.stop();
    expect(await recorded(store, noon)).toMatchObject([{ uses: [[A, 2, OF_DAY, OF_DAY + 1]], quarters: [[48, 2]] }]);
    const quarters = [
      [48, 2],
      [47, 1],
    ];
    expect(await recorded(store, before)).toMatchObject([{ uses: [[A, 3, OF_DAY - 1, OF_DAY + 1]], quarters }]);
    await store.close();
  });

  it('counts a use on either side of midnight in UTC for its own day', async () => {
    const store = open(temporaryDirectory());
    const midnight = newNoon() + DAY / 2;
    const { uses } = usageLog(store);
    for (const instant of [midnight - 2, midnight - 1, midnight, midnight + 1, midnight + 2])
      uses.record({ keyId: A, at: instant });
    await uses.stop();
    expect(await recorded(store, midnight - 1)).toMatchObject([{ uses: [[A, 2, DAY - 2, DAY - 1]], quarters: [[95, 2]] }]);
    expect(await recorded(store, midnight)).toMatchObject([{ uses: [[A, 3, 0, 2]], quarters: [[0, 3]] }]);
    await store.close();
  });

  it('names 250 keys in an event at the most', async () => {
    const store = open(temporaryDirectory());
    const noon = newNoon();
    const keyIds = newKeyIds(501);
    const { uses } = usageLog(store);
    for (const keyId of keyIds) uses.record({ keyId, at: noon });
    await uses.stop();
    const named = (await recorded(store, noon)).map((data) => ('uses' in data ? data.uses.map(([keyId]) => keyId) : []));
    expect(named.map(({ length }) => length)).toEqual([250, 250, 1]);
    expect(named.flat()).toEqual(keyIds);
    await store.close();
  });

  it('loses and doubles nothing where two record on the same day, again and again', async () => {
    const store = open(temporaryDirectory());
    const noon = newNoon();
    const logs = [usageLog(store, { interval: 1 }), usageLog(store, { interval: 1 })];
    for (let round = 1; round <= 20; round += 1) {
      for (const { uses } of logs) uses.record({ keyId: A, at: noon + round });
      while ((await recorded(store, noon)).length < round) await delay(25);
    }
    await Promise.all(logs.map(({ uses }) => uses.stop()));
    expect(await countOf(store, noon, A)).toBe(40);
    await store.close();
  });

  it('counts once what the store refused and what it took without an answer', async () => {
    const store = new LosingAnswers(open(temporaryDirectory()));
    const noon = newNoon();
    const { uses, lines } = usageLog(store, { interval: 0 });
    store.faults.push({ error: new StoreUnavailable(), written: false }, { error: new OutcomeUnknown(), written: true });
    uses.record({ keyId: A, at: noon });
    while (store.tried.length === 0) await delay(25);
    for (let count = 0; count < 5; count += 1) uses.record({ keyId: A, at: noon });
    while ((await recorded(store, noon)).length < 2) await delay(25);
    await uses.stop();
    expect(await countOf(store, noon, A)).toBe(6);
    expect(lines).toEqual([]);
    await store.close();
  });

  it('goes on in a new stream where another process has closed the one that it wrote to', async () => {
    const store = open(temporaryDirectory());
    const noon = newNoon();
    const { uses, lines } = usageLog(store, { interval: 0, clock: () => noon });
    for (const count of [1, 2, 3]) {
      for (let use = 0; use < count; use += 1) uses.record({ keyId: A, at: noon });
      while ((await streamsOf(store, noon)).length < count) await delay(25);
      for (const stream of await streamsOf(store, noon)) {
        const closing = encode({ ...closed(dayOf(noon)), at: at(noon), actor: 'system:usage' }, 'none');
        await store.append(stream, 1, [closing]).catch(() => {});
      }
    }
    await uses.stop();
    expect(await streamsOf(store, noon)).toHaveLength(3);
    expect(await countOf(store, noon, A)).toBe(6);
    expect(lines).toEqual([]);
    await store.close();
  });

  it('takes as many keys as it keeps', async () => {
    const store = open(temporaryDirectory());
    const noon = newNoon();
    const { uses, lines } = usageLog(store);
    for (const keyId of newKeyIds(12_345)) uses.record({ keyId, at: noon });
    await uses.stop();
    const named = (await recorded(store, noon)).flatMap((data) => ('uses' in data ? data.uses : []));
    expect(named).toHaveLength(12_345);
    expect(lines).toEqual([]);
    await store.close();
  });
});

it('counts nothing twice where a stream is gone before it is known whether the last counts were written, aloud', async () => {
  const store = new LosingAnswers(new SqliteEventStore(':memory:'));
  const { uses, lines } = usageLog(store, { interval: 0 });
  uses.record({ keyId: A, at: NOON });
  while ((await recorded(store, NOON)).length < 1) await delay(25);
  const [stream = ''] = await streamsOf(store, NOON);
  store.faults.push({ error: new OutcomeUnknown(), written: true }, { error: new StoreUnavailable(), written: false });
  store.onTried = async (tries) => {
    if (tries === 3) await store.prune(stream);
  };
  for (let count = 0; count < 4; count += 1) uses.record({ keyId: A, at: NOON });
  while (lines.length === 0) await delay(25);
  expect(lines).toEqual([expect.stringMatching(/^uses of keys could not be recorded .*"lost":4/)]);
  uses.record({ keyId: A, at: NOON });
  await uses.stop();
  expect(await countOf(store, NOON, A)).toBe(1);
});

it('waits for nobody: what is used while the store hangs is counted, and written when it is back', async () => {
  const store = new HangingAppends(new SqliteEventStore(':memory:'));
  const { uses } = usageLog(store, { interval: 0 });
  uses.record({ keyId: A, at: NOON });
  while (store.tried === 0) await delay(25);
  for (let day = 0; day < 3; day += 1) {
    for (let count = 0; count < 10; count += 1) uses.record({ keyId: A, at: NOON + day * DAY });
  }
  expect(await recorded(store, NOON)).toEqual([]);
  store.release();
  await uses.stop();
  expect(await Promise.all([0, 1, 2].map((day) => countOf(store, NOON + day * DAY, A)))).toEqual([11, 10, 10]);
});

it('writes before its time when as many keys wait as it keeps, and counts no others while the store hangs, aloud', async () => {
  const store = new HangingAppends(new SqliteEventStore(':memory:'));
  const capacity = rounds(1000, 100_000);
  const { uses, lines } = usageLog(store, { interval: 3_600_000, capacity });
  const keyId = (index: number) => `key_${String(index).padStart(22, '0')}`;
  const fill = () => {
    for (let index = 0; index < capacity; index += 1) uses.record({ keyId: keyId(index), at: NOON });
  };
  fill();
  while (store.tried === 0) await delay(25);
  expect(lines).toEqual([]);
  fill();
  for (let count = 0; count < 7; count += 1) uses.record({ keyId: A, at: NOON });
  uses.record({ keyId: keyId(0), at: NOON });
  expect(lines).toEqual([expect.stringContaining('too many keys')]);
  store.release();
  while (lines.length < 2) await delay(25);
  await uses.stop();
  expect(lines.slice(1)).toEqual(['uses of all keys are recorded again {"lost":7}']);
  const counts = await Promise.all([A, keyId(0), keyId(capacity - 1)].map((key) => countOf(store, NOON, key)));
  expect(counts).toEqual([0, 3, 2]);
});

it.each<[store: string, open: () => EventStore]>([
  ['hangs', () => new HangingAppends(new SqliteEventStore(':memory:'))],
  ['refuses', refusing],
])('does not wait forever when it stops while the store %s, and says what is lost', async (_store, open) => {
  const store = open();
  const { uses, lines } = usageLog(store, { store });
  for (const keyId of [A, A, B]) uses.record({ keyId, at: NOON });
  await uses.stop();
  expect(lines).toEqual([expect.stringMatching(/^uses of keys could not be recorded .*"lost":3/)]);
});

it('goes on after what cannot be written at all', async () => {
  const store = new LosingAnswers(new SqliteEventStore(':memory:'));
  store.faults.push({ error: new Error('deleted for good'), written: false });
  const { uses, lines } = usageLog(store, { interval: 0 });
  uses.record({ keyId: A, at: NOON });
  while (lines.length === 0) await delay(25);
  uses.record({ keyId: B, at: NOON });
  await uses.stop();
  expect(await recorded(store, NOON)).toMatchObject([{ uses: [[B, 1, OF_DAY, OF_DAY]] }]);
});

/** A store that cannot be reached. */
function refusing(): EventStore {
  const store = new LosingAnswers(new SqliteEventStore(':memory:'));
  store.faults.push(...Array.from({ length: 1000 }, () => ({ error: new StoreUnavailable(), written: false })));
  return store;
}
