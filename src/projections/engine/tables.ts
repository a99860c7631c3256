import type { Connection, Query } from './connection.js';

/** A table's definition, without its rows. */
export interface Table {
  name: string;
  columns: Column[];
}

interface Column {
  name: string;
  type: string;
  /** The column's place in the primary key, from 1; 0 if it is not part of it. */
  pk: number;
}

/**
 * The projection's tables in the order of their names: the one with its name, and those whose names continue with `_`.
 * @param schema the name under which the file was attached to the connection
 */
export function tablesOf(database: Connection, projection: string, schema = 'main'): Table[] {
  const columns = database.prepare<[string, string], Column>('SELECT name, type, pk FROM pragma_table_info(?, ?) ORDER BY cid');
  return namesOf(database, projection, schema).map((name) => ({ name, columns: columns.all(name, schema) }));
}

/** The names of the primary key's columns, in its order. */
export function keyOf({ columns }: Table): string[] {
  const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  return key.map(({ name }) => name);
}

/** An expression for a whole row as text. Two rows have the same text only if all their values, and the types of these, are equal. */
export function rowText({ columns }: Table, row: string): string {
  return columns.map(({ name }) => valueText(`${row}.${quoted(name)}`)).join(` || ',' || `);
}

/** The same for one value. `quote` would end a text at its first NUL, so texts are written in hexadecimal, after a letter. */
export function valueText(value: string): string {
  return `iif(typeof(${value}) = 'text', 't' || hex(${value}), quote(${value}))`;
}

/** Quotes a name for SQL, whatever it contains. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** True if no table of the projection has a row. */
export function isEmpty(database: Connection, projection: string, schema = 'main'): boolean {
  return anyRow(database, projection, schema)?.get() === undefined;
}

/** A query that finds something if one of the projection's tables has a row. Undefined if it has no tables. */
export function anyRow(database: Connection, projection: string, schema = 'main'): Query<[], unknown> | undefined {
  const selects = namesOf(database, projection, schema).map((name) => `SELECT 1 FROM ${schema}.${quoted(name)}`);
  return selects.length > 0 ? database.prepare<[]>(`${selects.join(' UNION ALL ')} LIMIT 1`) : undefined;
}

function namesOf(database: Connection, projection: string, schema: string): string[] {
  return database
    .prepare<[], string>(`SELECT name FROM ${schema}.sqlite_schema WHERE type = 'table' ORDER BY name`)
    .pluck()
    .all()
    .filter((name) => name === projection || name.startsWith(`${projection}_`));
}
