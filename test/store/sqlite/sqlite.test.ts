import { join } from 'node:path';
import Database from '../../../src/shared/sqlite.js';
import { LogSealed, StoreUnavailable, VersionConflict } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { sealLog } from '../../../src/store/sqlite/sqlite-seal.js';
import { cleanUpLater, temporaryDirectory } from '../../support/cleanup.js';
import { collect, idsOf, newEvent, newEvents } from '../../support/events.js';
import { rounds } from '../../support/long.js';
import { CHILD, startWriter } from './writer.js';

const KILLS = rounds(5, 20);

function newLog(): string {
  return join(temporaryDirectory(), 'events.db');
}

function open(file: string, onFatal?: (error: Error) => void): SqliteEventStore {
  const store = new SqliteEventStore(file, { onFatal });
  cleanUpLater(() => store.close());
  return store;
}

describe('several processes on one file', () => {
  it('follows what another process writes within 50 ms, each event once', async () => {
    const file = newLog();
    const store = open(file);
    const stop = new AbortController();
    const writer = startWriter(file, 'apiKeys-other', 200);
    const seen: string[] = [];
    for await (const { events } of store.follow('apiKeys', 0, stop.signal)) {
      seen.push(...idsOf(events));
      if (seen.length === 200) stop.abort();
    }
    await writer.ended;
    expect(seen).toEqual(writer.acknowledged());
  });

  it('loses nothing of two processes that race for one stream', async () => {
    const file = newLog();
    const writers = [startWriter(file, 'apiKeys-shared', 150), startWriter(file, 'apiKeys-shared', 150)];
    for (const { ended } of writers) await expect(ended).resolves.toEqual([0, null]);
    const events = await collect(open(file).read('apiKeys-shared'));
    expect(events.map(({ version }) => version)).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    expect(idsOf(events).sort()).toEqual(writers.flatMap((writer) => writer.acknowledged()).sort());
  });

  it(`has every acknowledged event once after each of ${KILLS} kill -9, and opens without repair`, async () => {
    const file = newLog();
    const acknowledged: string[] = [];
    for (let times = 0; times < KILLS; times += 1) {
      const writer = startWriter(file, `apiKeys-killed-${times % 3}`, 1_000_000);
      await writer.said(1 + 5 + 7 * times);
      writer.process.kill('SIGKILL');
      await expect(writer.ended).resolves.toEqual([null, 'SIGKILL']);
      acknowledged.push(...writer.acknowledged());
    }
    const store = open(file);
    const events = await collect(store.readAll('apiKeys'));
    const ids = idsOf(events);
    expect(new Set(ids).size).toBe(ids.length);
    expect(acknowledged.filter((id) => !ids.includes(id))).toEqual([]);
    expect(ids.length - acknowledged.length).toBeLessThanOrEqual(KILLS);
    expect(new Database(file, { readonly: true }).pragma('integrity_check', { simple: true })).toBe('ok');
    const version = events.filter(({ stream }) => stream === 'apiKeys-killed-0').length;
    await expect(store.append('apiKeys-killed-0', version, [newEvent()])).resolves.toBe(version + 1);
  });

  it('waits for a lock that another process holds, without a standstill, then writes', async () => {
    const file = newLog();
    const store = open(file);
    const other = new Database(file);
    other.exec('BEGIN IMMEDIATE');
    const append = store.append('apiKeys-a', 0, [newEvent()]);
    let settled = false;
    append.finally(() => {
      settled = true;
    });
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(settled).toBe(false);
    other.exec('ROLLBACK');
    other.close();
    await expect(append).resolves.toBe(1);
  });
});

describe('what is not its file is refused', () => {
  it('a log of a newer version, which stays as it is', async () => {
    const file = newLog();
    await new SqliteEventStore(file).close();
    const newer = new Database(file);
    newer.pragma('user_version = 3');
    newer.close();
    expect(() => new SqliteEventStore(file)).toThrow(
      `${file} was written by a newer Keyledger (format 3; this one reads format 2). Start the newer one.`,
    );
  });

  it('a database of another program, which stays as it is', () => {
    const file = newLog();
    const foreign = new Database(file);
    foreign.exec('CREATE TABLE customers (name TEXT)');
    expect(() => new SqliteEventStore(file)).toThrow(`${file} is a database of another program.`);
    expect(foreign.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['customers']);
    expect(foreign.pragma('journal_mode', { simple: true })).toBe('delete');
    foreign.close();
  });

  it('a file that is no database', () => {
    expect(() => new SqliteEventStore(CHILD)).toThrow(`${CHILD} is not a database. Restore it from a backup.`);
  });
});

describe('group commit', () => {
  it('lets a version conflict in a group fail alone', async () => {
    const store = open(newLog());
    const events = newEvents(100);
    const appends = events.map((event, index) => store.append(`apiKeys-${index % 50}`, 0, [event]));
    const outcomes = await Promise.allSettled(appends);
    expect(outcomes.slice(0, 50)).toEqual(Array(50).fill({ status: 'fulfilled', value: 1 }));
    for (const outcome of outcomes.slice(50)) expect(outcome).toMatchObject({ reason: expect.any(VersionConflict) });
    expect(idsOf(await collect(store.readAll('apiKeys')))).toEqual(idsOf(events.slice(0, 50)));
  });

  it('keeps appends to one stream in the order in which they were made', async () => {
    const store = open(newLog());
    const events = newEvents(600);
    const appends = events.map((event, version) => store.append('apiKeys-a', version, [event]));
    await expect(Promise.all(appends)).resolves.toEqual(events.map((_, index) => index + 1));
    expect(idsOf(await collect(store.read('apiKeys-a')))).toEqual(idsOf(events));
  });

  it('finishes appends in flight before it closes', async () => {
    const file = newLog();
    const store = new SqliteEventStore(file);
    const events = newEvents(700);
    const appends = Promise.all(events.map((event, index) => store.append(`apiKeys-${index}`, 0, [event])));
    await store.close();
    await expect(appends).resolves.toHaveLength(700);
    expect(await collect(open(file).readAll('apiKeys'))).toHaveLength(700);
  });
});

describe('removes a stream', () => {
  const stream = 'apiKeyUsage-2026-01-01-a';
  const versions = async (store: SqliteEventStore) => (await collect(store.read(stream))).map(({ version }) => version);

  it('from its end, so that what is left at any time is a beginning, while others append', async () => {
    const store = open(newLog());
    const events = newEvents(1000);
    await store.append(stream, 0, events);
    let done = false;
    const pruned = store.prune(stream).then(() => {
      done = true;
    });
    const left = new Set<number>();
    for (let version = 0; !done; version += 1) {
      await store.append('apiKeys-acme', version, [newEvent()]);
      const found = await versions(store);
      expect(found).toEqual(events.slice(0, found.length).map((_, index) => index + 1));
      left.add(found.length);
    }
    await pruned;
    expect(left.size).toBeGreaterThan(2);
    expect(await versions(store)).toEqual([]);
  });

  it('never from a sealed log, which is being moved', async () => {
    const file = newLog();
    const store = open(file);
    await store.append(stream, 0, newEvents(3));
    sealLog(file);
    await expect(store.prune(stream)).rejects.toBeInstanceOf(LogSealed);
    expect(await versions(store)).toEqual([1, 2, 3]);
  });

  it('whose place is used again, so that the file hardly grows', async () => {
    const file = newLog();
    const store = open(file);
    const fill = async (name: string) => {
      for (let version = 0; version < 2000; version += 500) await store.append(name, version, newEvents(500));
    };
    await fill(stream);
    const pages = () => Number(new Database(file, { readonly: true }).pragma('page_count', { simple: true }));
    const before = pages();
    await store.prune(stream);
    await fill('apiKeyUsage-2026-01-02-a');
    expect(pages()).toBeLessThan(1.1 * before);
  });

  it('says that it could not, where the signal aborts', async () => {
    const store = open(newLog());
    await store.append(stream, 0, newEvents(200));
    await expect(store.prune(stream, AbortSignal.abort())).rejects.toBeInstanceOf(StoreUnavailable);
    await store.prune(stream);
    expect(await versions(store)).toEqual([]);
  });
});
