import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { allProjections } from '../../src/projections/all-projections.js';
import { keyOf, tablesOf } from '../../src/projections/tables.js';

const SOURCE = join(import.meta.dirname, '../../src/projections');

const database = new Database(':memory:');
const projections = Object.values(allProjections(database));

it('forgets no projection', () => {
  const classes = readdirSync(SOURCE).flatMap((file) => {
    const text = readFileSync(join(SOURCE, file), 'utf8');
    return [...text.matchAll(/^export class (\w+) implements Projection/gm)].map(([, name]) => name);
  });
  expect(classes.length).toBeGreaterThan(0);
  expect(projections.map((projection) => projection.constructor.name).sort()).toEqual(classes.sort());
});

it('gives every projection tables of its own, each with a primary key, by which a replay compares them', () => {
  const tables = projections.flatMap(({ name }) => tablesOf(database, name));
  for (const { name } of projections) expect(tables.map((table) => table.name)).toContain(name);
  for (const table of tables) expect(keyOf(table)).not.toEqual([]);
  const made = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all();
  expect(tables.map(({ name }) => name).sort()).toEqual(made);
});
