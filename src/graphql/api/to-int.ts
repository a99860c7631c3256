import { GRAPHQL_MAX_INT } from 'graphql';

/** The number, limited to what GraphQL's Int can hold. */
export function toInt(count: number): number {
  return Math.min(count, GRAPHQL_MAX_INT);
}
