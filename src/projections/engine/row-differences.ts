import type { Connection } from './connection.js';
import { keyOf, quoted, type Table, valueText } from './tables.js';

/** A row of a living table that is not as it should be. */
export interface RowDifference {
  what: 'missing' | 'extra' | 'different';
  /** The primary key, by column. */
  key: Record<string, unknown>;
  /** The columns that differ, if the row exists in both tables. */
  columns: string[];
}

/**
 * Yields how the table differs from the one of the same name and shape in `main`.
 * @param living the name under which the table's file was attached to the connection
 */
export function* rowDifferences(database: Connection, table: Table, living: string): Generator<RowDifference> {
  const { l, r, key, sameKey } = fragments(table, living);
  const names = table.columns.map(({ name }) => name);
  const differs = names.map((name) => `${valueText(`l.${quoted(name)}`)} <> ${valueText(`r.${quoted(name)}`)}`);
  const keys = (row: string) => key.map((column) => `${row}.${column}`).join(', ');
  const queries = {
    missing: `SELECT ${keys('r')} FROM ${r} WHERE NOT EXISTS (SELECT 1 FROM ${l} WHERE ${sameKey})`,
    extra: `SELECT ${keys('l')} FROM ${l} WHERE NOT EXISTS (SELECT 1 FROM ${r} WHERE ${sameKey})`,
    different: `SELECT ${keys('l')}, ${differs.join(', ')} FROM ${l} JOIN ${r} ON ${sameKey} WHERE ${differs.join(' OR ')}`,
  };
  for (const what of ['missing', 'extra', 'different'] as const) {
    for (const values of database.prepare<[], unknown[]>(queries[what]).raw().iterate()) {
      yield {
        what,
        key: Object.fromEntries(keyOf(table).map((name, index) => [name, values[index]])),
        columns: names.filter((_, index) => values[key.length + index] === 1),
      };
    }
  }
}

/** Both tables, as `l` and `r`, and the condition that their rows have the same key. */
function fragments(table: Table, living: string) {
  const name = quoted(table.name);
  const key = keyOf(table).map(quoted);
  return {
    l: `${living}.${name} AS l`,
    r: `main.${name} AS r`,
    key,
    sameKey: key.map((column) => `l.${column} = r.${column}`).join(' AND '),
  };
}
