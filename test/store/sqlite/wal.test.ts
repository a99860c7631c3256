import { statSync } from 'node:fs';
import { join } from 'node:path';
import { openProjections } from '../../../src/projections/engine/database.js';
import Database from '../../../src/shared/sqlite.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { newEvent } from '../../support/events.js';
import { PROJECTION_FILES } from '../../support/projection-files.js';

const MIB = 1024 * 1024;
const walOf = (file: string) => statSync(`${file}-wal`).size;

/** A reader that holds an old snapshot, so that the write-ahead log only grows. */
function longReader(file: string): Database.Database {
  const reader = new Database(file, { readonly: true });
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM sqlite_schema').get();
  return reader;
}

it('gives back what the write-ahead log of the events needs no longer, once a long read is over', async () => {
  const file = join(temporaryDirectory(), 'events.db');
  const store = new SqliteEventStore(file);
  const large = () => ({ ...newEvent(), data: { text: 'x'.repeat(5 * MIB) } });
  const reader = longReader(file);
  let version = 0;
  while (walOf(file) < 80 * MIB) version = await store.append('apiKeys-one', version, [large()]);
  reader.close();
  for (let times = 0; times < 3; times += 1) version = await store.append('apiKeys-one', version, [large()]);
  expect(walOf(file)).toBeLessThanOrEqual(64 * MIB);
  await store.close();
});

it.each(PROJECTION_FILES)('does the same with %s', async (name) => {
  const file = join(temporaryDirectory(), name);
  const make = (database: Database.Database) => database.exec('CREATE TABLE IF NOT EXISTS filled (text TEXT)');
  const { database } = await openProjections(file, { warn() {} }, make);
  const reader = longReader(file);
  const insert = database.prepare('INSERT INTO filled VALUES (?)');
  while (walOf(file) < 90 * MIB) insert.run('x'.repeat(5 * MIB));
  reader.close();
  for (let times = 0; times < 3; times += 1) insert.run('x');
  expect(walOf(file)).toBeLessThanOrEqual(64 * MIB);
  database.close();
});
