import Database from '../../src/shared/sqlite.js';

/** Counts the writes of rows and the commits of this connection, and makes one of them fail, like a full disk. */
export function strike(database: Database.Database, failing: number): { readonly written: number } {
  const count = { written: 0 };
  const isStruck = () => {
    count.written += 1;
    return count.written === failing;
  };
  database.function('write_row', () => {
    if (isStruck()) throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL');
    return 0;
  });
  database.function('commit_fails', () => Number(isStruck()));
  const tables = database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  const events = ['INSERT', 'UPDATE', 'DELETE'];
  for (const table of tables) {
    for (const event of events) {
      database.exec(`CREATE TEMP TRIGGER ${event}_${table} BEFORE ${event} ON main.${table} BEGIN SELECT write_row(); END`);
    }
  }
  // A row with a broken reference makes the commit fail, but not the statement.
  database.exec(`CREATE TEMP TABLE kept (id INTEGER PRIMARY KEY);
    CREATE TEMP TABLE unkept (id INTEGER PRIMARY KEY REFERENCES kept DEFERRABLE INITIALLY DEFERRED)`);
  for (const event of ['INSERT', 'UPDATE']) {
    database.exec(`CREATE TEMP TRIGGER commit_${event} AFTER ${event} ON main.positions_1
      BEGIN INSERT INTO unkept SELECT 1 WHERE commit_fails(); END`);
  }
  return count;
}
