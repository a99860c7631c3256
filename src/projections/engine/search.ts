import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  givenColumns,
  type MatchingRows,
  type Page,
  type PlaceInTime,
  selectPage,
  selectPageOfTime,
  type TimeRange,
} from './page.js';

/** How many rows a search looks at before it yields to other work. */
const AT_ONCE = 2000;

/**
 * Like `selectPage`, for several columns: if few of the rows that match the first one match the others, it looks at a limited number of
 * rows at a time, and yields to other work in between.
 */
export function findPage<Row>(rows: MatchingRows, page: Page, atOnce = AT_ONCE): Promise<Row[]> {
  return find<Row, number>(page, atOnce, {
    select: (part) => selectPage<Row>(rows, part),
    places: (part) => placesOf(rows, part),
  });
}

/** The same for `selectPageOfTime`. */
export function findPageOfTime<Row>(
  rows: MatchingRows,
  range: TimeRange,
  page: Page<PlaceInTime>,
  atOnce = AT_ONCE,
): Promise<Row[]> {
  return find<Row, PlaceInTime>(page, atOnce, {
    select: (part) => selectPageOfTime<Row>(rows, range, part),
    places: (part) => (isSeveral(rows) ? selectPageOfTime<PlaceInTime>(matchingFirst(rows, 'at, position'), range, part) : []),
  });
}

/**
 * The last of the places that a search looks at in one go, and the one after it; undefined if there are no more. All of them match the
 * first of several columns. For fewer columns there is nothing to search.
 */
export function endOfSearch(
  rows: MatchingRows,
  page: Pick<Page, 'after'>,
  atOnce = AT_ONCE,
): { last: number; beyond: number } | undefined {
  return endOf(placesOf(rows, { ...page, limit: atOnce + 1 }), atOnce);
}

/**
 * The first and last position (both inclusive) of the rows in a time range; undefined if there are none. Other rows may lie between them.
 * The cost depends on the rows in the range; it yields to other work in between. Rows that are added meanwhile may be left out.
 * @param rows only the first of several columns counts
 */
export async function positionRange(
  rows: MatchingRows,
  range: TimeRange,
  atOnce = AT_ONCE,
): Promise<{ first: number; last: number } | undefined> {
  let found: { first: number; last: number } | undefined;
  for (let after: PlaceInTime | undefined; ; ) {
    const places = selectPageOfTime<PlaceInTime>(matchingFirst(rows, 'at, position'), range, { after, limit: atOnce });
    for (const { position } of places) {
      found = { first: Math.min(position, found?.first ?? position), last: Math.max(position, found?.last ?? position) };
    }
    if (places.length < atOnce) return found;
    after = places.at(-1);
    await nextTurn();
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
    await nextTurn();
  }
}

function endOf<Place>(places: Place[], atOnce: number): { last: Place; beyond: Place } | undefined {
  const [last, beyond] = places.slice(atOnce - 1);
  return last === undefined || beyond === undefined ? undefined : { last, beyond };
}

function placesOf(rows: MatchingRows, page: Page): number[] {
  if (!isSeveral(rows)) return [];
  return selectPage<{ position: number }>(matchingFirst(rows, 'position'), page).map(({ position }) => position);
}

function isSeveral({ equal }: MatchingRows): boolean {
  return givenColumns(equal).length > 1;
}

/** The rows that match the first of the columns; all rows if there is none. */
function matchingFirst({ equal, ...rows }: MatchingRows, columns: string): MatchingRows {
  const [first] = givenColumns(equal);
  return { ...rows, columns, equal: first === undefined ? {} : { [first]: equal[first] } };
}
