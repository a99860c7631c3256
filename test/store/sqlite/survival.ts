import { join } from 'node:path';
import Database from '../../../src/shared/sqlite.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { collect, idsOf, newEvent } from '../../support/events.js';
import type { Writer } from './writer.js';

export interface Log {
  directory: string;
  file: string;
  /** The ids of its events. */
  ids: string[];
}

/** A log that holds one event, with that many letters in it. */
export async function newLog(letters = 0): Promise<Log> {
  const directory = temporaryDirectory();
  const file = join(directory, 'events.db');
  const event = { ...newEvent(), data: { text: 'x'.repeat(letters) } };
  const store = new SqliteEventStore(file);
  await store.append('apiKeys-before', 0, [event]);
  await store.close();
  return { directory, file, ids: [event.id] };
}

/**
 * Waits until a writer that meets with faults has ended. It must not have noticed anything; or say that nobody knows what is on the disk, and
 * end; or refuse; or not even start. A killed one has no code.
 * @returns its code, and what it said beside the ids
 */
export async function endOf(writer: Writer, appends: number): Promise<[code: number | null, ...said: string[]]> {
  const [code] = await writer.ended;
  const acknowledged = writer.acknowledged();
  const others = writer.lines.filter((line) => line !== 'ready' && !acknowledged.includes(line));
  const said = others.map((line) => line.replace(/ .*/, ''));
  expect([[0], [3, 'OUTCOME_UNKNOWN', 'fatal'], [4, 'STORE_UNAVAILABLE'], [1], [null]]).toContainEqual([code, ...said]);
  if (code === 0) expect(acknowledged).toHaveLength(appends);
  if (code === 1) expect(acknowledged).toEqual([]);
  return [code, ...said];
}

/** Expects that the log is sound, takes a further event, and holds what it held and what was acknowledged, with so many events more at most. */
export async function expectNothingLost({ file, ids: before }: Log, acknowledged: string[], more: number): Promise<void> {
  const store = new SqliteEventStore(file);
  const ids = idsOf(await collect(store.readAll('apiKeys')));
  const expected = [...before, ...acknowledged];
  expect(ids.slice(0, expected.length)).toEqual(expected);
  expect(ids.length - expected.length).toBeLessThanOrEqual(more);
  await store.append('apiKeys-after', 0, [newEvent()]);
  await store.close();
  const database = new Database(file, { readonly: true });
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  database.close();
}
