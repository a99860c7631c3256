import { resolveCursorConnection } from '@pothos/plugin-relay';
import { z } from 'zod';
import type { Page, PlaceInTime } from '../../projections/engine/page.js';
import { BadUserInput } from './errors.js';
import { PAGE } from './list-lengths.js';

export interface PageArguments {
  first?: number | null | undefined;
  last?: number | null | undefined;
  after?: string | null | undefined;
  before?: string | null | undefined;
}

/** Cursors of the two orders, decoded. A cursor of one order is invalid in the other. */
const CURSORS = { position: /^position:(\d{1,16})$/, time: /^time:(-?\d{1,15}):(\d{1,16})$/ };

type Order = keyof typeof CURSORS;

const WRONG_ORDER = {
  position:
    'is a cursor of a page with `from` or `to`, which is ordered by time. This page is in commit order: give a cursor of such a page',
  time: 'is a cursor of a page without `from` and `to`, which is in commit order. This page is ordered by time: give a cursor of such a page',
};

const cursor = z
  .string()
  .refine((given) => faultIn(given, 'position') === undefined, {
    error: ({ input }) => faultIn(String(input), 'position') ?? '',
  })
  .nullish();

/** The schema for the arguments of a page in commit order, for `extensions.arguments`. */
export const PAGE_ARGUMENTS = z.object({ after: cursor, before: cursor });

/** The requested part of a list. `inverted`: the last items, in reverse order. */
export interface Part {
  after?: string | undefined;
  before?: string | undefined;
  limit: number;
  inverted: boolean;
}

/** A page of what `select` finds. An empty page has no cursors. */
export async function connectionOf<T extends object>(
  args: PageArguments,
  toCursor: (item: T) => string,
  select: (part: Part) => T[] | Promise<T[]>,
) {
  const { edges, pageInfo } = await resolveCursorConnection<Promise<T[]>>({ ...PAGE, args, toCursor }, async (part) =>
    select(part),
  );
  return { edges, pageInfo: edges.length > 0 ? pageInfo : { ...pageInfo, startCursor: null, endCursor: null } };
}

/** A page of what `select` finds, in commit order; a cursor is a position. */
export function pageOf<T extends { position: number }>(args: PageArguments, select: (page: Page) => T[] | Promise<T[]>) {
  return connectionOf<T>(
    args,
    ({ position }) => toCursor(position),
    ({ after, before, limit, inverted }) =>
      select({ after: fromCursor(after, 'after'), before: fromCursor(before, 'before'), limit, backward: inverted }),
  );
}

/** A page of what `select` finds, ordered by time; a cursor is a time and a position. */
export function pageOfTime<T extends PlaceInTime>(
  args: PageArguments,
  select: (page: Page<PlaceInTime>) => T[] | Promise<T[]>,
) {
  const placeOf = (cursor: string | undefined, argument: string): PlaceInTime | undefined => {
    const [at, position] = numbersIn(cursor, 'time', argument) ?? [];
    return at === undefined || position === undefined ? undefined : { at, position };
  };
  return connectionOf<T>(
    args,
    ({ at, position }) => encode(`time:${at}:${position}`),
    ({ after, before, limit, inverted }) =>
      select({ after: placeOf(after, 'after'), before: placeOf(before, 'before'), limit, backward: inverted }),
  );
}

/** The cursor of the item at that position. */
export function toCursor(position: number): string {
  return encode(`position:${position}`);
}

/**
 * The position in a cursor.
 * @throws BadUserInput
 */
export function fromCursor(cursor: string | undefined, argument: string): number | undefined {
  return numbersIn(cursor, 'position', argument)?.[0];
}

function numbersIn(cursor: string | undefined, order: Order, argument: string): number[] | undefined {
  if (cursor === undefined) return undefined;
  const fault = faultIn(cursor, order);
  if (fault !== undefined) throw new BadUserInput(`${argument} ${fault}`, [argument]);
  return CURSORS[order].exec(decode(cursor))?.slice(1).map(Number);
}

/** Why it is not a cursor of that order. Undefined if it is one. */
function faultIn(cursor: string, order: Order): string | undefined {
  const text = decode(cursor);
  if (CURSORS[order].test(text)) return undefined;
  const isOfOther = Object.values(CURSORS).some((pattern) => pattern.test(text));
  return isOfOther ? WRONG_ORDER[order] : 'must be a cursor from an earlier answer';
}

function decode(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString();
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
