import type { Database } from 'better-sqlite3';

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

/**
 * The rows with the given column values, in the order of positions.
 * @param equal the most selective column first: its index is used
 */
export function selectPage<Row>(
  database: Database,
  table: PagedTable,
  equal: Record<string, string | undefined>,
  page: Page,
): Row[] {
  return [...eachRow<Row>(database, table, equal, page)];
}

/** Like `selectPage`, row by row. The database can run nothing else until the iteration ends. */
export function eachRow<Row>(
  database: Database,
  table: PagedTable,
  equal: Record<string, string | undefined>,
  { after = 0, before = Number.MAX_SAFE_INTEGER, limit, backward = false }: Page,
): Iterable<Row> {
  const where = 'position > @low AND position < @high';
  const span = { index: undefined, where, order: ['position'], low: after, high: before };
  return select<Row>(database, table, equal, { ...span, limit, backward });
}

/**
 * Like `selectPage`, for a time range and in the order of times. The cost of a page depends only on its own rows, however many rows have
 * the same time.
 */
export function selectPageOfTime<Row>(
  database: Database,
  table: PagedTable,
  equal: Record<string, string | undefined>,
  { from = Number.MIN_SAFE_INTEGER, to = Number.MAX_SAFE_INTEGER }: TimeRange,
  { after, before, limit, backward = false }: Page<PlaceInTime>,
): Row[] {
  const low = later({ at: from, position: 0 }, after);
  const high = earlier({ at: to, position: 0 }, before);
  const rows: Row[] = [];
  for (const span of backward ? spansBetween(low, high).reverse() : spansBetween(low, high)) {
    if (rows.length < limit)
      rows.push(...select<Row>(database, table, equal, { ...span, limit: limit - rows.length, backward }));
  }
  return rows;
}

/** How many rows a search looks at before it yields to other work. */
const AT_ONCE = 2000;

/**
 * Like `selectPage`, for several columns: if few of the rows that match the first one match the others, it looks at a limited number of
 * rows at a time, and yields to other work in between.
 */
export function findPage<Row>(
  database: Database,
  table: PagedTable,
  equal: Record<string, string | undefined>,
  page: Page,
  atOnce = AT_ONCE,
): Promise<Row[]> {
  return find<Row, number>(page, atOnce, {
    select: (part) => selectPage<Row>(database, table, equal, part),
    places: (part) => placesOf(database, table, equal, part),
  });
}

/** The same for `selectPageOfTime`. */
export function findPageOfTime<Row>(
  database: Database,
  table: PagedTable,
  equal: Record<string, string | undefined>,
  range: TimeRange,
  page: Page<PlaceInTime>,
  atOnce = AT_ONCE,
): Promise<Row[]> {
  const places = { ...table, columns: 'at, position' };
  return find<Row, PlaceInTime>(page, atOnce, {
    select: (part) => selectPageOfTime<Row>(database, table, equal, range, part),
    places: (part) => {
      return isSeveral(equal) ? selectPageOfTime<PlaceInTime>(database, places, firstOf(equal), range, part) : [];
    },
  });
}

/**
 * The last of the places that a search looks at in one go, and the one after it; undefined if there are no more. All of them match the
 * first of several columns. For fewer columns there is nothing to search.
 */
export function endOfSearch(
  database: Database,
  table: PagedTable,
  equal: Record<string, string | undefined>,
  page: Pick<Page, 'after'>,
  atOnce = AT_ONCE,
): { last: number; beyond: number } | undefined {
  return endOf(placesOf(database, table, equal, { ...page, limit: atOnce + 1 }), atOnce);
}

/**
 * The first and last position (both inclusive) of the rows in a time range; undefined if there are none. Other rows may lie between them.
 * The cost depends on the rows in the range; it yields to other work in between. Rows that are added meanwhile may be left out.
 * @param equal as above; only the first of several columns counts
 */
export async function positionsIn(
  database: Database,
  { table }: PagedTable,
  equal: Record<string, string | undefined>,
  range: TimeRange,
  atOnce = AT_ONCE,
): Promise<{ first: number; last: number } | undefined> {
  const places = { table, columns: 'at, position' };
  let found: { first: number; last: number } | undefined;
  for (let after: PlaceInTime | undefined; ; ) {
    const rows = selectPageOfTime<PlaceInTime>(database, places, firstOf(equal), range, { after, limit: atOnce });
    for (const { position } of rows) {
      found = { first: Math.min(position, found?.first ?? position), last: Math.max(position, found?.last ?? position) };
    }
    if (rows.length < atOnce) return found;
    after = rows.at(-1);
    await new Promise(setImmediate);
  }
}

/** How a page is searched for: the matching rows of a part, and the places of all rows there that match the first column. */
interface Search<Row, Place> {
  select(page: Page<Place>): Row[];
  places(page: Page<Place>): Place[];
}

async function find<Row, Place>(page: Page<Place>, atOnce: number, { select, places }: Search<Row, Place>): Promise<Row[]> {
  const found: Row[] = [];
  for (let { after, before } = page; ; ) {
    const { limit, backward = false } = page;
    const end = endOf(places({ after, before, limit: atOnce + 1, backward }), atOnce);
    const part = backward ? { after: end?.beyond ?? after, before } : { after, before: end?.beyond ?? before };
    found.push(...select({ ...part, limit: limit - found.length, backward }));
    if (!end || found.length >= limit) return found;
    if (backward) before = end.last;
    else after = end.last;
    await new Promise(setImmediate);
  }
}

function endOf<Place>(places: Place[], atOnce: number): { last: Place; beyond: Place } | undefined {
  const [last, beyond] = places.slice(atOnce - 1);
  return last === undefined || beyond === undefined ? undefined : { last, beyond };
}

function placesOf(database: Database, { table }: PagedTable, equal: Record<string, string | undefined>, page: Page): number[] {
  if (!isSeveral(equal)) return [];
  const rows = selectPage<{ position: number }>(database, { table, columns: 'position' }, firstOf(equal), page);
  return rows.map(({ position }) => position);
}

function isSeveral(equal: Record<string, string | undefined>): boolean {
  return givenColumns(equal).length > 1;
}

/** The first column and its value; empty if there is none. */
function firstOf(equal: Record<string, string | undefined>): Record<string, string | undefined> {
  const [first] = givenColumns(equal);
  return first === undefined ? {} : { [first]: equal[first] };
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
  database: Database,
  { table, columns }: PagedTable,
  equal: Record<string, string | undefined>,
  { index, where, order, backward, ...values }: Span & { limit: number; backward: boolean },
): Iterable<Row> {
  const given = givenColumns(equal);
  const conditions = [...given.map((column) => `${column} = @${column}`), where].join(' AND ');
  const places = order.map((column) => (backward ? `${column} DESC` : column)).join(', ');
  const from = `${table} ${indexedBy(table, given, index)}`;
  const sql = `SELECT ${columns} FROM ${from} WHERE ${conditions} ORDER BY ${places} LIMIT @limit`;
  return database.prepare<unknown[], Row>(sql).iterate({ ...equal, ...values });
}

function givenColumns(equal: Record<string, string | undefined>): string[] {
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
