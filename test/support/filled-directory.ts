import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { auditProjections, keysProjections } from '../../src/projections/engine/all-projections.js';
import { digestOf } from '../../src/projections/engine/digest.js';
import type { FillRequest } from '../../src/projections/engine/fill.js';
import { Generations } from '../../src/projections/engine/generations.js';
import type { Projection } from '../../src/projections/engine/projection.js';
import { ProjectionRunner } from '../../src/projections/engine/runner.js';
import Database from '../../src/shared/sqlite.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { cleanUpLater, temporaryDirectory } from './cleanup.js';
import { recordTouchingHistory } from './touching-history.js';

const silent = { info() {}, warn() {}, error() {} };

/** The files of projections in it. */
export const NAMES = ['keys.db', 'projections.db'];

/** Creates the projections of each. */
export const make = (file: string) => (file === 'keys.db' ? keysProjections : auditProjections);

/** A data directory with a log, and files that runners have filled from it. */
export async function filledDirectory() {
  const directory = temporaryDirectory();
  const store = new SqliteEventStore(join(directory, 'events.db'));
  cleanUpLater(() => store.close());
  await recordTouchingHistory(store);
  for (const name of NAMES) {
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

export function request(directory: string, file: string, projections: string[] = []): FillRequest {
  return { file, projections, seen: new Generations(directory, file).present() };
}

/** All projections' rows, their positions, and the statements that made tables and indexes. */
export function contentOf(directory: string, name: string) {
  const database = new Database(join(directory, name), { readonly: true });
  const schema = database.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name').pluck().all();
  const positions = database.prepare('SELECT * FROM positions_1 ORDER BY projection').all();
  const names = Object.values<Projection>(make(name)(new Database(':memory:'))).map((projection) => projection.name);
  const digests = names.map((projection) => digestOf(database, projection));
  database.close();
  return { schema, positions, digests };
}

export const contentsOf = (directory: string) => NAMES.map((name) => contentOf(directory, name));

/** The files of projections in the directory, without those that SQLite has beside them. */
export const filesIn = (directory: string) =>
  readdirSync(directory).filter((name) => /^(?:keys|projections)\.db/.test(name) && !/-(?:wal|shm)$/.test(name));
