import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inTransaction, openNameless } from '../../../src/projections/engine/database.js';
import Database from '../../../src/shared/sqlite.js';
import { temporaryDirectory } from '../../support/cleanup.js';

it('opens a database in a directory where nobody finds it, and writes more to it than its cache holds', () => {
  const directory = temporaryDirectory();
  const database = openNameless(directory);
  database.pragma('cache_size = 10');
  expect(readdirSync(directory)).toEqual([]);
  database.exec('CREATE TABLE numbers (n INTEGER PRIMARY KEY, filler BLOB)');
  database.transaction(() => {
    const insert = database.prepare('INSERT INTO numbers VALUES (?, zeroblob(1000))');
    for (let n = 1; n <= 1000; n += 1) insert.run(n);
  })();
  expect(database.prepare('SELECT sum(n) FROM numbers').pluck().get()).toBe(500_500);
  expect(readdirSync(directory)).toEqual([]);
  database.close();
});

describe('a transaction', () => {
  function twoConnections(): [Database.Database, Database.Database] {
    const file = join(temporaryDirectory(), 'file.db');
    const [one, other] = [new Database(file, { timeout: 0 }), new Database(file, { timeout: 0 })];
    one.exec('CREATE TABLE numbers (n INTEGER PRIMARY KEY)');
    return [one, other];
  }
  const insert = (database: Database.Database, n: number) => database.prepare('INSERT INTO numbers VALUES (?)').run(n);
  const numbersIn = (database: Database.Database) => database.prepare('SELECT n FROM numbers ORDER BY n').pluck().all();

  it('leaves nothing behind when the work fails', async () => {
    const [one, other] = twoConnections();
    const work = async () => {
      insert(one, 1);
      throw new Error('enough');
    };
    await expect(inTransaction(one, work)).rejects.toThrow('enough');
    expect(numbersIn(other)).toEqual([]);
    await inTransaction(one, async () => insert(one, 2));
    expect(numbersIn(other)).toEqual([2]);
  });
});
