import type { Connection } from './connection.js';

/** A range of times, in milliseconds since 1970. Each row is selected by its own time. */
export interface TimeRange {
  /** Inclusive. */
  from?: number | undefined;
  /** Exclusive. */
  to?: number | undefined;
}

export function isWithin({ from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: TimeRange, at: number): boolean {
  return at >= from && at < to;
}

/** Selects a part of the matching rows. Both places are exclusive; `backward` takes the last rows, in descending order. */
export interface Page<Place = number> {
  after?: Place | undefined;
  before?: Place | undefined;
  limit: number;
  backward?: boolean;
}

/** A place in the order of times. Rows with the same time are in the order of their positions. */
export interface PlaceInTime {
  /** Milliseconds since 1970. */
  at: number;
  position: number;
}

/**
 * A table with the primary key `position` and the column `at`, in milliseconds since 1970. A table `t` has an index `t_at` on `at`; for
 * each filter column `c` it has `t_c` on that column, and `t_c_at` on that column and `at`. SQLite ends each index with the position.
 */
export interface PagedTable {
  table: string;
  /** The wanted columns, separated by commas. */
  columns: string;
}

/** The rows of such a table that have the given values in some columns. */
export interface MatchingRows extends PagedTable {
  database: Connection;
  /** The values. The most selective column is the first: its index is used. A column without a value does not count. */
  equal: Record<string, string | undefined>;
}

/** The matching rows, in the order of positions. */
export function selectPage<Row>(rows: MatchingRows, page: Page): Row[] {
  return [...eachRow<Row>(rows, page)];
}

/** Like `selectPage`, row by row. The database can run nothing else until the iteration ends. */
export function eachRow<Row>(
  rows: MatchingRows,
  { after = 0, before = Number.MAX_SAFE_INTEGER, limit, backward = false }: Page,
): Iterable<Row> {
  const where = 'position > @low AND position < @high';
  const span = { index: undefined, where, order: ['position'], low: after, high: before };
  return select<Row>(rows, { ...span, limit, backward });
}

/**
 * Like `selectPage`, for a time range and in the order of times. The cost of a page depends only on its own rows, however many rows have
 * the same time.
 */
export function selectPageOfTime<Row>(
  rows: MatchingRows,
  { from = Number.MIN_SAFE_INTEGER, to = Number.MAX_SAFE_INTEGER }: TimeRange,
  { after, before, limit, backward = false }: Page<PlaceInTime>,
): Row[] {
  const low = later({ at: from, position: 0 }, after);
  const high = earlier({ at: to, position: 0 }, before);
  const found: Row[] = [];
  for (const span of backward ? spansBetween(low, high).reverse() : spansBetween(low, high)) {
    if (found.length < limit) found.push(...select<Row>(rows, { ...span, limit: limit - found.length, backward }));
  }
  return found;
}

/** A run of adjacent rows in one index. */
interface Span {
  /** The index column after the filter column. */
  index: 'at' | undefined;
  where: string;
  order: string[];
  low: number;
  high: number;
  /** The time that all of them have. */
  at?: number;
}

/**
 * The spans between two places, both exclusive: the rest of the first place's time, the times between, and the start of the second place's
 * time.
 */
function spansBetween(low: PlaceInTime, high: PlaceInTime): Span[] {
  const within = (at: number, after: number, before: number): Span => {
    const where = 'at = @at AND position > @low AND position < @high';
    return { index: 'at', where, order: ['position'], at, low: after, high: before };
  };
  if (low.at > high.at) return [];
  if (low.at === high.at) return [within(low.at, low.position, high.position)];
  return [
    within(low.at, low.position, Number.MAX_SAFE_INTEGER),
    { index: 'at', where: 'at > @low AND at < @high', order: ['at', 'position'], low: low.at, high: high.at },
    within(high.at, 0, high.position),
  ];
}

function select<Row>(
  { database, table, columns, equal }: MatchingRows,
  { index, where, order, backward, ...values }: Span & { limit: number; backward: boolean },
): Iterable<Row> {
  const given = givenColumns(equal);
  const conditions = [...given.map((column) => `${column} = @${column}`), where].join(' AND ');
  const places = order.map((column) => (backward ? `${column} DESC` : column)).join(', ');
  const from = `${table} ${indexedBy(table, given, index)}`;
  const sql = `SELECT ${columns} FROM ${from} WHERE ${conditions} ORDER BY ${places} LIMIT @limit`;
  return database.prepare<unknown[], Row>(sql).iterate({ ...equal, ...values });
}

/** The columns of a filter that have a value, the most selective first. */
export function givenColumns(equal: MatchingRows['equal']): string[] {
  return Object.keys(equal).filter((column) => equal[column] !== undefined);
}

/** Without this hint, SQLite sometimes chooses another index. */
function indexedBy(table: string, [first]: string[], last: 'at' | undefined): string {
  const columns = [first, last].filter((column) => column !== undefined);
  return columns.length === 0 ? 'NOT INDEXED' : `INDEXED BY ${[table, ...columns].join('_')}`;
}

function later(one: PlaceInTime, other = one): PlaceInTime {
  return compare(one, other) < 0 ? other : one;
}

function earlier(one: PlaceInTime, other = one): PlaceInTime {
  return compare(one, other) < 0 ? one : other;
}

function compare(one: PlaceInTime, other: PlaceInTime): number {
  return one.at - other.at || one.position - other.position;
}
