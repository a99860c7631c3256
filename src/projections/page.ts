import type { Database } from 'better-sqlite3';

/** Of which time, in milliseconds since 1970, by the log's clock: the latest `at` of an event and all before it. */
export interface TimeRange {
  /** This instant included. */
  from?: number | undefined;
  /** This instant excluded. */
  to?: number | undefined;
}

/** Which part of what matches: positions are excluded, and `backward` takes the last ones, in descending order. */
export interface Page {
  after?: number | undefined;
  before?: number | undefined;
  limit: number;
  backward?: boolean;
}

/** A table with the columns `position` and `clock`, which never runs back in the order of positions. */
export interface PagedTable {
  table: string;
  /** The columns wanted, with commas. */
  columns: string;
}

/**
 * The rows that are equal in these columns, where they are given, and of that time; in the order of positions.
 * @param equal the column that leaves the fewest rows first: its index is used
 */
export function selectPage<Row>(
  database: Database,
  { table, columns }: PagedTable,
  equal: Record<string, string | undefined>,
  { from, to }: TimeRange,
  { after = 0, before, limit, backward = false }: Page,
): Row[] {
  const firstAt = (time: number) =>
    database
      .prepare<[number], number>(`SELECT position FROM ${table} WHERE clock >= ? ORDER BY clock, position LIMIT 1`)
      .pluck()
      .get(time) ?? Number.MAX_SAFE_INTEGER;
  const given = Object.keys(equal).filter((column) => equal[column] !== undefined);
  // A plus sign keeps SQLite from taking that column's index instead of the first one's.
  const equalities = given.map((column, index) => `${index === 0 ? '' : '+'}${column} = @${column}`);
  const conditions = [...equalities, 'position > @low', 'position < @high'];
  return database
    .prepare<unknown[], Row>(
      `SELECT ${columns} FROM ${table} WHERE ${conditions.join(' AND ')} ORDER BY position ${backward ? 'DESC' : ''} LIMIT @limit`,
    )
    .all({
      ...equal,
      low: Math.max(after, from === undefined ? 0 : firstAt(from) - 1),
      high: Math.min(before ?? Number.MAX_SAFE_INTEGER, to === undefined ? Number.MAX_SAFE_INTEGER : firstAt(to)),
      limit,
    });
}
