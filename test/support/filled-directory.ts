import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Pseudonyms } from '../../src/domain/analytics/pseudonyms.js';
import { digestOf } from '../../src/projections/engine/digest.js';
import type { FillRequest } from '../../src/projections/engine/fill.js';
import { Generations } from '../../src/projections/engine/generations.js';
import { positionsIn, type SavedPosition } from '../../src/projections/engine/position.js';
import type { Projection } from '../../src/projections/engine/projection.js';
import { ProjectionRunner } from '../../src/projections/engine/runner.js';
import { projectionsOf } from '../../src/projections/projections-of.js';
import Database from '../../src/shared/sqlite.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { cleanUpLater, temporaryDirectory } from './cleanup.js';
import { fileOf, PROJECTION_FILES } from './projection-files.js';
import { recordTouchingHistory } from './touching-history.js';

const silent = { info() {}, warn() {}, error() {} };

const PSEUDONYM_KEY = Buffer.alloc(32, 'pseudonyms');

/** Creates the projections of each file. */
export const make = projectionsOf(PSEUDONYM_KEY);

/** A data directory with a log, and files that runners have filled from it. */
export async function filledDirectory() {
  const directory = temporaryDirectory();
  const store = new SqliteEventStore(join(directory, 'events.db'));
  cleanUpLater(() => store.close());
  await recordTouchingHistory(store);
  for (const name of PROJECTION_FILES) {
    const database = new Database(join(directory, name));
    database.pragma('journal_mode = WAL');
    const projections: Projection[] = Object.values(make(name)(database));
    const runners = projections.map((projection) => new ProjectionRunner({ database, store, projection, log: silent }));
    for (const runner of runners) runner.start();
    await Promise.all(runners.map((runner) => runner.caughtUp));
    await Promise.all(runners.map((runner) => runner.stop()));
    database.close();
  }
  return { directory, store };
}

/** @param projections those of other files are ignored */
export function request(directory: string, file: string, projections: string[] = []): FillRequest {
  const own = projections.filter((projection) => fileOf(projection) === file);
  return { file, projections: own, seen: new Generations(directory, file).present() };
}

/** All projections' rows, their positions, and the statements that made tables and indexes. */
export function contentOf(directory: string, name: string) {
  const database = new Database(join(directory, name), { readonly: true });
  const schema = database.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name').pluck().all();
  const positions = [...positionsIn(database, 'main').values()].map(unsealed);
  const names = Object.values<Projection>(make(name)(new Database(':memory:'))).map((projection) => projection.name);
  const digests = names.map((projection) => digestOf(database, projection));
  database.close();
  return { schema, positions, digests };
}

/** With its streams as they are in the log: a pseudonym key makes other texts of them each time. */
function unsealed(saved: SavedPosition): SavedPosition {
  if (!saved.kind.includes('/')) return saved;
  const pseudonyms = new Pseudonyms(PSEUDONYM_KEY);
  const unseal = (stream: string) => pseudonyms.unseal(stream) ?? stream;
  return { ...saved, firstStream: saved.firstStream && unseal(saved.firstStream), lastStream: unseal(saved.lastStream) };
}

export const contentsOf = (directory: string, files: readonly string[] = PROJECTION_FILES) =>
  files.map((name) => contentOf(directory, name));

/** The files of projections in the directory, without those that SQLite has beside them. */
export const filesIn = (directory: string) =>
  readdirSync(directory).filter((name) => /^(?:keys|projections|analytics)\.db/.test(name) && !/-(?:wal|shm)$/.test(name));
