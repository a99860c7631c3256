// `duckdb -csv < FILE`: what DuckDB's own command prints, by its package for Node, which the tests have anyway.
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

if (process.argv.slice(2).join(' ') !== '-csv') process.exit(64);
const connection = await (await DuckDBInstance.create(':memory:')).connect();
for (const statement of readFileSync(0, 'utf8').split(/;\s*$/m)) {
  if (statement.trim() === '') continue;
  const reader = await connection.runAndReadAll(statement);
  const rows = reader.getRowsJson().map((row) => row.map((value) => value ?? ''));
  for (const row of [reader.columnNames(), ...rows]) process.stdout.write(`${row.join(',')}\n`);
}
connection.closeSync();
