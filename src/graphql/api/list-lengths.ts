import type { GraphQLField } from 'graphql';

/** The limits of a list whose length is an argument of its field. */
export interface ListLength {
  /** The arguments for the length. A request may use one of them. */
  names: readonly string[];
  /** The length if no argument is given. */
  defaultSize: number;
  minSize: number;
  maxSize: number;
}

/** The items of a page. */
export const PAGE: ListLength = { names: ['first', 'last'], defaultSize: 50, minSize: 0, maxSize: 100 };

/** The days of a daily list. */
export const DAYS: ListLength = { names: ['days'], defaultSize: 30, minSize: 1, maxSize: 366 };

/** The ranges of a distribution. */
export const BUCKETS: ListLength = { names: ['buckets'], defaultSize: 20, minSize: 1, maxSize: 100 };

const LENGTHS = [PAGE, DAYS, BUCKETS];

/** The limits of the field's list. Undefined if no argument of the field gives its length. */
export function listLengthOf(field: GraphQLField<unknown, unknown> | null | undefined): ListLength | undefined {
  return LENGTHS.find(({ names }) => field?.args.some(({ name }) => names.includes(name)));
}
