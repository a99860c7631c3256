import { createHash } from 'node:crypto';
import type { Connection } from './connection.js';
import { keyOf, quoted, rowText, tablesOf } from './tables.js';

/**
 * Computes the SHA-256, in hexadecimal, of the projection's tables: their names and columns, and every row in the order of the primary
 * key. Needs constant memory.
 * @param schema the name under which the file was attached to the connection
 */
export function digestOf(database: Connection, projection: string, schema = 'main'): string {
  const hash = createHash('sha256');
  for (const table of tablesOf(database, projection, schema)) {
    hash.update(`${JSON.stringify(table)}\n`);
    const order = keyOf(table).map(quoted).join(', ');
    const rows = database
      .prepare<[], string>(`SELECT ${rowText(table, 't')} FROM ${schema}.${quoted(table.name)} AS t ORDER BY ${order}`)
      .pluck();
    for (const row of rows.iterate()) hash.update(`${row}\n`);
  }
  return hash.digest('hex');
}
