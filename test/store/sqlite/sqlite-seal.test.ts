import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from '../../../src/shared/sqlite.js';
import { untilUnlocked } from '../../../src/shared/until-unlocked.js';
import { LogSealed, VersionConflict } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { markMoved, sealLog } from '../../../src/store/sqlite/sqlite-seal.js';
import { killLater } from '../../support/child.js';
import { cleanUpLater, temporaryDirectory } from '../../support/cleanup.js';
import { collect, idsOf, newEvent, newEvents } from '../../support/events.js';
import { untilMidway } from '../../support/midway.js';

const CHILD = join(import.meta.dirname, 'sqlite-child.mjs');
const STORE = join(import.meta.dirname, '../../../dist/store/open.js');

function newLog(): { file: string; store: SqliteEventStore } {
  const file = join(temporaryDirectory(), 'events.db');
  const store = new SqliteEventStore(file);
  cleanUpLater(() => store.close());
  return { file, store };
}

it('refuses every append from then on, in processes that had the log open and in later ones, and can be read', async () => {
  const { file, store } = newLog();
  const events = newEvents(2);
  await store.append('apiKeys-a', 0, events);
  sealLog(file);
  sealLog(file);
  await expect(store.append('apiKeys-a', 2, newEvents(3))).rejects.toMatchObject({ code: 'LOG_SEALED' });
  await expect(store.append('apiKeys-b', 0, [newEvent()])).rejects.toBeInstanceOf(LogSealed);
  const later = new SqliteEventStore(file);
  await expect(later.append('apiKeyReads-a', 0, [newEvent()])).rejects.toBeInstanceOf(LogSealed);
  expect(idsOf(await collect(later.readAll('apiKeys')))).toEqual(idsOf(events));
  await later.close();
  expect(await collect(store.readAll('apiKeyReads'))).toEqual([]);
});

it('is followed to its end and no further once it was moved, in processes that follow it and in later ones, and can still be read', async () => {
  const { file, store } = newLog();
  await store.append('apiKeys-a', 0, newEvents(1500));
  sealLog(file);
  const followers = [store, new SqliteEventStore(file)].map((each) => each.follow('apiKeys', 0, new AbortController().signal));
  for (const follower of followers) {
    const { value } = await follower.next();
    expect(value).toMatchObject({ provenAt: undefined, isMoved: false });
    expect(await follower.next()).toMatchObject({ value: { provenAt: expect.any(Number), isMoved: false } });
  }
  markMoved(file);
  for (const follower of followers) {
    expect(await follower.next()).toMatchObject({ value: { events: [], provenAt: expect.any(Number), isMoved: true } });
    await expect(follower.next()).rejects.toBeInstanceOf(LogSealed);
  }
  const later = new SqliteEventStore(file);
  const follower = later.follow('apiKeys', 0, new AbortController().signal);
  const [first, last] = [await follower.next(), await follower.next()];
  await expect(follower.next()).rejects.toBeInstanceOf(LogSealed);
  expect([first, last]).toMatchObject([
    { value: { isMoved: false } },
    { value: { provenAt: expect.any(Number), isMoved: true } },
  ]);
  expect(first.value.events.length + last.value.events.length).toBe(1500);
  expect(await collect(later.readAll('apiKeys'))).toHaveLength(1500);
});

it('refuses a program that knows nothing of it, and says where to go', () => {
  const { file } = newLog();
  sealLog(file);
  const other = new Database(file);
  const insert = () =>
    other.exec("INSERT OR REPLACE INTO events VALUES (1, 'apiKeys', 'apiKeys-a', 1, 'id', 'KeyDeleted', 1, '{}', '{}')");
  expect(insert).toThrow('This log was moved to another store and takes no more events.');
  expect(other.prepare('SELECT count(*) FROM events').pluck().get()).toBe(0);
  other.close();
});

it('lets appends that are repeated succeed, among others of the same commit that are refused', async () => {
  const { file, store } = newLog();
  const [first, second] = [newEvents(2), newEvents(1)];
  await store.append('apiKeys-a', 0, first);
  await store.append('apiKeys-a', 2, second);
  sealLog(file);
  const outcomes = await Promise.allSettled([
    store.append('apiKeys-b', 0, newEvents(2)),
    store.append('apiKeys-a', 0, first),
    store.append('apiKeys-a', 3, newEvents(1)),
    store.append('apiKeys-a', 2, second),
    store.append('apiKeys-a', 1, newEvents(1)),
  ]);
  expect(outcomes).toMatchObject([
    { reason: expect.any(LogSealed) },
    { value: 2 },
    { reason: expect.any(LogSealed) },
    { value: 3 },
    { reason: expect.any(VersionConflict) },
  ]);
  expect(await collect(store.readAll('apiKeys'))).toHaveLength(3);
});

it('takes events again once the trigger is dropped', async () => {
  const { file, store } = newLog();
  sealLog(file);
  await expect(store.append('apiKeys-a', 0, [newEvent()])).rejects.toBeInstanceOf(LogSealed);
  new Database(file).exec('DROP TRIGGER sealed').close();
  await expect(store.append('apiKeys-a', 0, [newEvent()])).resolves.toBe(1);
});

it('comes between two commits of another process: all that was acknowledged is in the log, and nothing more comes', async () => {
  const { file, store } = newLog();
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [CHILD, STORE, file, 'apiKeys-other', '1000000'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  killLater(child);
  const lines: string[] = [];
  const output = createInterface(child.stdout).on('line', (line) => lines.push(line));
  const ended = Promise.all([once(child, 'exit'), once(output, 'close')]);
  await untilMidway(ended, () => lines.length >= 100);
  await untilUnlocked(() => sealLog(file));
  const sealed = idsOf(await collect(store.readAll('apiKeys')));
  await ended;
  const acknowledged = lines.slice(1, -1);
  expect(lines.at(-1)).toMatch(/^LOG_SEALED /);
  expect(sealed).toEqual(acknowledged);
  expect(idsOf(await collect(store.readAll('apiKeys')))).toEqual(acknowledged);
});
