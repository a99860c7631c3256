import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RefusalLog } from '../../../src/commands/usage/refusal-log.js';
import { decodeUsage } from '../../../src/store/codec.js';
import type { EventStore } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { collect } from '../../support/events.js';
import { HangingAppends, PatientAppends } from '../../support/store-doubles.js';
import { sumUsage } from '../../support/usage-events.js';
import { openWorld } from '../../support/world.js';

const NOON = Date.parse('2026-01-01T12:00:00Z');
const HOUR = 3_600_000;

function refusalLog(inner: EventStore, interval?: number) {
  const store = new PatientAppends(inner);
  const lines: string[] = [];
  const write = (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`);
  const log = { warn: write, error: write } as never;
  return { refusals: new RefusalLog({ store, clock: () => NOON, log, ...(interval !== undefined && { interval }) }), lines };
}

/** How often each account was refused, according to the log. */
async function recorded(store: EventStore): Promise<Record<string, number>> {
  const sums = Object.entries(sumUsage(await collect(store.readAll('apiKeyUsage'))));
  const ofAccounts = sums.filter(([name]) => name.startsWith('refusals '));
  return Object.fromEntries(ofAccounts.map(([name, [count]]) => [name.split(' ')[2] ?? '', count]));
}

it('adds a count for an account, however often it is refused', async () => {
  const store = new SqliteEventStore(':memory:');
  const { refusals, lines } = refusalLog(store);
  for (let second = 0; second < 3600; second += 1) {
    for (let time = 0; time < 100; time += 1) refusals.record('flooder', NOON + 1000 * second);
    if (second === 1200) refusals.record('other', NOON + 1000 * second);
  }
  await refusals.stop();
  const [event, ...others] = (await collect(store.readAll('apiKeyUsage'))).map(decodeUsage);
  expect(others).toEqual([]);
  expect(event).toMatchObject({
    type: 'CreatesRefused',
    data: {
      day: '2026-01-01',
      refusals: [
        ['flooder', 360_000, 12 * HOUR, 13 * HOUR - 1000],
        ['other', 1, 12 * HOUR + 1_200_000, 12 * HOUR + 1_200_000],
      ],
      quarters: [
        [48, 90_000],
        [49, 90_001],
        [50, 90_000],
        [51, 90_000],
      ],
    },
  });
  expect(lines).toEqual([]);
});

it('a flush writes at once what waits', async () => {
  const store = new SqliteEventStore(':memory:');
  const { refusals } = refusalLog(store);
  refusals.record('early', NOON);
  await refusals.flush();
  expect(await recorded(store)).toEqual({ early: 1 });
});

it('keeps ten thousand accounts at the most while the store hangs, and says that it does', async () => {
  const store = new HangingAppends(new SqliteEventStore(':memory:'));
  const { refusals, lines } = refusalLog(store, 3_600_000);
  const fill = () => {
    for (let account = 0; account < 10_000; account += 1) refusals.record(`account-${account}`, NOON);
  };
  fill();
  while (store.tried === 0) await delay(25);
  fill();
  for (let time = 0; time < 7; time += 1) refusals.record('one more', NOON);
  expect(lines).toEqual([expect.stringContaining('refusals of too many accounts wait')]);
  store.release();
  while (lines.length < 2) await delay(25);
  await refusals.stop();
  expect(lines.slice(1)).toEqual(['refusals of all accounts are recorded again {"lost":7}']);
});

it('a stop also writes at once what comes during its last write', async () => {
  const store = new HangingAppends(new SqliteEventStore(':memory:'));
  const { refusals, lines } = refusalLog(store, 3_600_000);
  refusals.record('early', NOON);
  const stopped = refusals.stop();
  while (store.tried === 0) await delay(25);
  refusals.record('late', NOON);
  store.release();
  await stopped;
  expect(await recorded(store)).toEqual({ early: 1, late: 1 });
  expect(lines).toEqual([]);
});

it('counts creates and rotations that the limit refuses, and nothing else, without a word in the history', async () => {
  const dataDirectory = temporaryDirectory();
  const file = join(dataDirectory, 'events.db');
  const world = await openWorld({ dataDirectory, store: new PatientAppends(new SqliteEventStore(file)) });
  const owner = await world.client({});
  const [first] = [await owner.newKey(), await owner.newKey()];
  expect((await owner.createKey()).__typename).toBe('KeyLimitReached');
  expect((await owner.rotateKey({ keyId: first.key.keyId, overlapSeconds: 60 })).__typename).toBe('KeyLimitReached');
  expect((await owner.rotateKey({ keyId: 'key_0000000000000000000000', overlapSeconds: 60 })).__typename).toBe('KeyNotFound');
  expect((await owner.deleteKey('key_0000000000000000000000')).__typename).toBe('KeyNotFound');
  await world.stop();
  const store = new SqliteEventStore(file);
  expect(await recorded(store)).toEqual({ [owner.account]: 2 });
  expect(await collect(store.readAll('apiKeys'))).toHaveLength(2);
  await store.close();
});
