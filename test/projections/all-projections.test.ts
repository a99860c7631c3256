import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Pseudonyms } from '../../src/domain/analytics/pseudonyms.js';
import { activityProjections, auditProjections, keysProjections } from '../../src/projections/all-projections.js';
import type { Projection } from '../../src/projections/engine/projection.js';
import { keyOf, tablesOf } from '../../src/projections/engine/tables.js';
import Database from '../../src/shared/sqlite.js';

const SOURCE = join(import.meta.dirname, '../../src/projections');

/** The projections of each file. */
const FILES: Record<string, (database: Database.Database) => Record<string, Projection>> = {
  'keys.db': keysProjections,
  'projections.db': auditProjections,
  'analytics.db': (database) => activityProjections(database, new Pseudonyms(Buffer.alloc(32))),
};
const files = Object.entries(FILES).map(([name, make]) => {
  const database = new Database(':memory:');
  return { name, database, projections: Object.values(make(database)) };
});

it('forgets no projection', () => {
  const classes = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(SOURCE, file), 'utf8');
      return [...text.matchAll(/^export class (\w+) implements Projection/gm)].map(([, name]) => name);
    });
  expect(classes.length).toBeGreaterThan(0);
  const names = files.flatMap(({ projections }) => projections.map((projection) => projection.constructor.name));
  expect(names.sort()).toEqual(classes.sort());
});

it.each(files)(
  'gives every projection of $name tables of its own, each with a primary key, by which a replay compares them',
  ({ database, projections }) => {
    const tables = projections.flatMap(({ name }) => tablesOf(database, name));
    for (const { name } of projections) expect(tables.map((table) => table.name)).toContain(name);
    for (const table of tables) expect(keyOf(table)).not.toEqual([]);
    const made = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all();
    expect(tables.map(({ name }) => name).sort()).toEqual(made);
  },
);
