import type { GraphQLField } from 'graphql';

/** How long a list may be, by an argument of its field. */
export interface ListLength {
  /** The arguments that say it; one of them at a time. */
  names: readonly string[];
  /** Where none is given. */
  defaultSize: number;
  minSize: number;
  maxSize: number;
}

/** How many items a page holds. */
export const PAGE: ListLength = { names: ['first', 'last'], defaultSize: 50, minSize: 0, maxSize: 100 };

/** How many days a list of days holds. */
export const DAYS: ListLength = { names: ['days'], defaultSize: 30, minSize: 1, maxSize: 366 };

/** How many ranges a distribution has. */
export const BUCKETS: ListLength = { names: ['buckets'], defaultSize: 20, minSize: 1, maxSize: 100 };

const LENGTHS = [PAGE, DAYS, BUCKETS];

/** How long the list may be that the field gives; undefined where none of its arguments says it. */
export function listLengthOf(field: GraphQLField<unknown, unknown> | null | undefined): ListLength | undefined {
  return LENGTHS.find(({ names }) => field?.args.some(({ name }) => names.includes(name)));
}
