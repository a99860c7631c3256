import { setTimeout as delay } from 'node:timers/promises';
import { RefusalLog } from '../../src/commands/refusal-log.js';
import { decodeUsage } from '../../src/store/codec.js';
import type { EventStore } from '../../src/store/event-store.js';
import { SqliteEventStore } from '../../src/store/sqlite.js';
import { collect } from '../support/events.js';
import { at } from '../support/specification.js';
import { HangingAppends } from '../support/store-doubles.js';
import { openWorld } from '../support/world.js';

const NOON = Date.parse('2026-01-01T12:00:00Z');
const MINUTE = 60_000;

function refusalLog(store: EventStore, interval?: number) {
  const lines: string[] = [];
  const write = (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`);
  const log = { warn: write, error: write } as never;
  return { refusals: new RefusalLog({ store, clock: () => NOON, log, ...(interval !== undefined && { interval }) }), lines };
}

async function recorded(store: EventStore) {
  const events = (await collect(store.readAll('apiKeyUsage'))).map(decodeUsage);
  return events.flatMap((event) => (event.type === 'CreatesRefused' ? event.data.refusals : []));
}

it('adds a count a quarter of an hour for an account, however often it is refused', async () => {
  const store = new SqliteEventStore(':memory:');
  const { refusals, lines } = refusalLog(store);
  for (let second = 0; second < 3600; second += 1) {
    for (let time = 0; time < 100; time += 1) refusals.note('flooder', NOON + 1000 * second);
    if (second === 1200) refusals.note('other', NOON + 1000 * second);
  }
  await refusals.stop();
  const counts = await recorded(store);
  expect(counts.filter(({ account }) => account === 'flooder')).toEqual(
    [15, 30, 45, 60].map((minutes) => ({
      account: 'flooder',
      count: 90_000,
      lastRefusedAt: at(NOON + minutes * MINUTE - 1000),
    })),
  );
  expect(counts.filter(({ account }) => account === 'other')).toHaveLength(1);
  expect(await collect(store.readAll('apiKeyUsage'))).toHaveLength(1);
  expect(lines).toEqual([]);
});

it('keeps ten thousand accounts at the most while the store hangs, and says that it does', async () => {
  const store = new HangingAppends(new SqliteEventStore(':memory:'));
  const { refusals, lines } = refusalLog(store, 3_600_000);
  const fill = () => {
    for (let account = 0; account < 10_000; account += 1) refusals.note(`account-${account}`, NOON);
  };
  fill();
  while (store.tried === 0) await delay(5);
  fill();
  for (let time = 0; time < 7; time += 1) refusals.note('one more', NOON);
  expect(lines).toEqual([expect.stringContaining('the refusals of too many accounts wait')]);
  store.release();
  while (lines.length < 2) await delay(5);
  await refusals.stop();
  expect(lines.slice(1)).toEqual(['the refusals of all accounts are recorded again {"lost":7}']);
});

it('counts creates and rotations that the limit refuses, and nothing else, without a word in the history', async () => {
  const world = await openWorld();
  const owner = await world.client({});
  const [first] = [await owner.newKey(), await owner.newKey()];
  expect((await owner.createKey()).__typename).toBe('KeyLimitReached');
  expect((await owner.rotateKey({ keyId: first.key.keyId, overlap: 60 })).__typename).toBe('KeyLimitReached');
  expect((await owner.rotateKey({ keyId: 'key_0000000000000000000000', overlap: 60 })).__typename).toBe('KeyNotFound');
  expect((await owner.deleteKey('key_0000000000000000000000')).__typename).toBe('KeyNotFound');
  await world.stop();
  const store = new SqliteEventStore(`${world.config.dataDirectory}/events.db`);
  expect((await recorded(store)).reduce((sum, { count }) => sum + count, 0)).toBe(2);
  expect((await recorded(store)).every(({ account }) => account === owner.account)).toBe(true);
  expect(await collect(store.readAll('apiKeys'))).toHaveLength(2);
  await store.close();
});
