import { closeSync, openSync, realpathSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from '../../src/shared/sqlite.js';
import { fileOf, type ProjectionFile } from './projection-files.js';

const PAGE = 4096;

/** Tables of projections that a server reads again and again, whatever it is asked. */
const READ_ANYWAY = '*_quarantine';

/**
 * Overwrites the pages of a projection's tables and indexes, as a failing disk may, apart from those that are read anyway. Those who have
 * the file open read them anew.
 */
export function spoilTables(directory: string, projection: string): void {
  const file = fileOf(projection);
  const database = new Database(join(directory, file), { readonly: true });
  const pages = database
    .prepare<[string, string, string], number>('SELECT pageno FROM dbstat WHERE (name = ? OR name GLOB ?) AND name NOT GLOB ?')
    .pluck();
  const spoilt = pages.all(projection, `${projection}_*`, READ_ANYWAY);
  database.close();
  spoil(directory, file, spoilt);
}

/** The same for all pages of a file but the first. */
export function spoilFile(directory: string, name: ProjectionFile): void {
  const count = statSync(join(directory, name)).size / PAGE;
  spoil(
    directory,
    name,
    Array.from({ length: count - 1 }, (_, index) => index + 2),
  );
}

/** @param pages their numbers, from 1 */
function spoil(directory: string, name: ProjectionFile, pages: readonly number[]): void {
  changeOnDisk(directory, name, (path) => {
    const file = openSync(path, 'r+');
    for (const page of pages) writeSync(file, Buffer.alloc(PAGE, 'x'), 0, PAGE, (page - 1) * PAGE);
    closeSync(file);
  });
}

/** Makes everybody who has the file open read its pages anew, from the file itself. */
export function readAnew(directory: string, name: ProjectionFile): void {
  changeOnDisk(directory, name, () => {});
}

function changeOnDisk(directory: string, name: ProjectionFile, change: (path: string) => void): void {
  const path = realpathSync(join(directory, name));
  withDatabase(path, (database) => {
    while (database.pragma('wal_checkpoint(TRUNCATE)', { simple: true }) !== 0);
  });
  change(path);
  // Whoever has it open forgets the pages that it keeps in memory.
  withDatabase(path, (database) => database.pragma('user_version = 1'));
}

function withDatabase(path: string, work: (database: Database.Database) => void): void {
  const database = new Database(path);
  work(database);
  database.close();
}
