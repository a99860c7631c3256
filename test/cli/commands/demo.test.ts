import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode, decodeUsage } from '../../../src/store/codec.js';
import { timeOf } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { accountOf } from '../../../src/store/streams.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { collect } from '../../support/events.js';
import { here } from '../here.js';
import { keyledger } from '../run.js';

const DAY = 86_400_000;

const demo = (dataDirectory: string, ...args: string[]) => here(['demo', ...args], { KEYLEDGER_DATA: dataDirectory });

it('makes a past of that many accounts and days, up to now, in a directory that was not there', async () => {
  const directory = join(temporaryDirectory(), 'deeper', 'demo');
  const began = Date.now();
  const { code, stdout, stderr } = await demo(directory, '--accounts', '40', '--days', '90');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(`${directory} now holds a history of 90 days with 40 accounts. Start the server to look at it.\n`);

  const store = new SqliteEventStore(join(directory, 'events.db'));
  const events = await collect(store.readAll('apiKeys'));
  const usage = (await collect(store.readAll('apiKeyUsage'))).map(decodeUsage);
  await store.close();
  const times = events.map(timeOf);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times[0]).toBeGreaterThan(began - 90 * DAY);
  expect(times.at(-1)).toBeLessThanOrEqual(Date.now());
  expect(new Set(events.map(({ stream }) => accountOf(stream))).size).toBe(40);
  const types = new Set(events.map((event) => decode(event).type));
  expect([...types]).toEqual(expect.arrayContaining(['KeyCreated', 'KeyDeleted', 'KeyExpirySet']));
  expect(new Set(usage.map(({ type }) => type))).toEqual(new Set(['KeysUsed', 'CreatesRefused']));
});

it('gives every account a history, however short the demo is', async () => {
  const directory = join(temporaryDirectory(), 'demo');
  const began = Date.now();
  expect((await demo(directory, '--accounts', '30', '--days', '1')).code).toBe(0);
  const store = new SqliteEventStore(join(directory, 'events.db'));
  const events = await collect(store.readAll('apiKeys'));
  await store.close();
  expect(new Set(events.map(({ stream }) => accountOf(stream))).size).toBe(30);
  const times = events.map(timeOf);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times[0]).toBeGreaterThan(began - DAY);
  expect(times.at(-1)).toBeLessThanOrEqual(Date.now());
});

it('writes nothing into a directory that holds anything, and says what to do', async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'mine'), '');
  const { code, stderr } = await demo(directory);
  expect(code).toBe(2);
  expect(stderr).toContain(`${directory} is not empty`);
  expect(stderr).toContain('set KEYLEDGER_DATA');
  expect(readdirSync(directory)).toEqual(['mine']);
});

it('is made A demo needs SQLite', async () => {
  const directory = join(temporaryDirectory(), 'demo');
  const settings = { KEYLEDGER_DATA: directory, KEYLEDGER_STORE: 'esdb://127.0.0.1:1' };
  const { code, stderr } = await keyledger(['demo'], settings);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('A demo needs SQLite') });
  expect(existsSync(directory)).toBe(false);
});

it.each([
  ['--accounts', '0'],
  ['--accounts', '100001'],
  ['--days', '3651'],
  ['--days', '1.5'],
  ['--days', 'many'],
])('refuses %s %s', async (option, value) => {
  const directory = join(temporaryDirectory(), 'demo');
  const { code, stderr } = await demo(directory, option, value);
  expect(code).toBe(2);
  expect(stderr).toContain('It must be a whole number from 1 to');
  expect(existsSync(directory)).toBe(false);
});
