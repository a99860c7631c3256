import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LivingFile } from '../../../src/projections/engine/living-file.js';
import Database from '../../../src/shared/sqlite.js';
import { cleanUpLater, temporaryDirectory } from '../../support/cleanup.js';

const INSERT = 'INSERT INTO any_1 VALUES (1)';

function open(path: string): Database.Database {
  const database = new Database(path);
  cleanUpLater(() => database.close());
  database.pragma('journal_mode = WAL');
  return database.exec('CREATE TABLE IF NOT EXISTS any_1 (value INTEGER) STRICT');
}

function living() {
  const path = join(temporaryDirectory(), 'any.db');
  return { path, file: new LivingFile(open(path), () => {}), other: open(path) };
}

describe('the number of changes', () => {
  it('stays the same while nobody writes, whatever is read', async () => {
    const { file, other } = living();
    const before = file.countChanges();
    for (let turn = 0; turn < 3; turn += 1) {
      file.prepare('SELECT * FROM any_1').all();
      other.prepare('SELECT * FROM any_1').all();
      await nextTurn();
      expect(file.countChanges()).toBe(before);
    }
  });

  it.each<[what: string, change: (file: LivingFile) => unknown]>([
    ['a statement', (file) => file.prepare(INSERT).run()],
    ['a script', (file) => file.exec(INSERT)],
    ['a transaction', (file) => file.transaction(() => file.prepare(INSERT).run())()],
    ['a transaction that asks for the lock', (file) => file.transaction(() => file.prepare(INSERT).run()).immediate()],
    ['a statement that writes and returns a row', (file) => file.prepare(`${INSERT} RETURNING value`).get()],
    ['a statement that writes and returns rows', (file) => file.prepare(`${INSERT} RETURNING value`).all()],
    ['a statement that writes and returns rows one by one', (file) => [...file.prepare(`${INSERT} RETURNING value`).iterate()]],
    ['another file', (file) => file.exchange(open(join(temporaryDirectory(), 'next.db')))],
  ])('grows at once with %s of this process', (_, change) => {
    const { file } = living();
    const before = file.countChanges();
    change(file);
    expect(file.countChanges()).toBeGreaterThan(before);
  });

  it('grows when a transaction of this process ends as it did not begin, since its rows may have been read within', () => {
    const { file } = living();
    let within = 0;
    const failing = file.transaction(() => {
      file.prepare(INSERT).run();
      within = file.countChanges();
      throw new Error('rolled back');
    });
    expect(failing).toThrow('rolled back');
    expect(file.countChanges()).toBeGreaterThan(within);
  });

  it('stays the same with a transaction that only reads', () => {
    const { file } = living();
    const before = file.countChanges();
    file.transaction(() => file.prepare('SELECT * FROM any_1').all())();
    expect(file.countChanges()).toBe(before);
  });

  it('grows with a commit of another connection, which is seen in the next run of code', async () => {
    const { file, other } = living();
    const before = file.countChanges();
    other.exec(INSERT);
    expect(file.countChanges()).toBe(before);
    await nextTurn();
    expect(file.countChanges()).toBeGreaterThan(before);
  });

  it('grows with a commit of another connection, although this one has read it already', async () => {
    const { file, other } = living();
    const before = file.countChanges();
    await nextTurn();
    other.exec(INSERT);
    expect(file.prepare('SELECT count(*) AS count FROM any_1').get()).toEqual({ count: 1 });
    expect(file.countChanges()).toBeGreaterThan(before);
  });

  it('grows with a commit of another connection to a file that has taken the place, whatever SQLite numbers both with', async () => {
    const { file, other } = living();
    expect(file.countChanges()).toBeGreaterThan(0);
    await nextTurn();
    other.exec(INSERT);
    expect(file.countChanges()).toBeGreaterThan(0);
    const path = join(temporaryDirectory(), 'next.db');
    file.exchange(open(path));
    // Reads what a commit changes after it.
    expect(file.prepare('SELECT * FROM any_1').all()).toEqual([]);
    const before = file.countChanges();
    await nextTurn();
    open(path).exec(INSERT);
    expect(file.countChanges()).toBeGreaterThan(before);
  });
});

it.each<[what: string, write: (file: LivingFile, sql: string) => unknown]>([
  ['statement', (file, sql) => file.prepare(sql).run()],
  ['script', (file, sql) => file.exec(sql)],
  ['transaction', (file, sql) => file.transaction(() => file.prepare(sql).run()).immediate()],
  ['statement that writes and returns rows one by one', (file, sql) => [...file.prepare(`${sql} RETURNING value`).iterate()]],
])('a %s that fails because the disk is full names the file', (_, write) => {
  const { file, path } = living();
  file.database.pragma('max_page_count = 2');
  const sql =
    'INSERT INTO any_1 WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 10000) SELECT value FROM n';
  expect(() => write(file, sql)).toThrow(
    expect.objectContaining({ code: 'SQLITE_FULL', message: `${path}: database or disk is full` }),
  );
});
