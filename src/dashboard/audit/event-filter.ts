import type { EventFilter, EventType } from '../../client/gql/graphql.js';
import { givenIn } from '../ui/address.js';

/** The types of events, as people call them. */
export const EVENT_TYPES: readonly (readonly [EventType, string])[] = [
  ['KEY_CREATED', 'Key created'],
  ['KEY_DELETED', 'Key deleted'],
  ['KEY_EXPIRY_SET', 'Key expiry set'],
  ['KEY_RENAMED', 'Key renamed'],
  ['KEY_DISABLED', 'Key disabled'],
  ['KEY_ENABLED', 'Key enabled'],
  ['ACCOUNT_FROZEN', 'Account frozen'],
  ['ACCOUNT_THAWED', 'Account thawed'],
];

/** The filter as the address holds it, in the order of the form. */
const FILTER_NAMES = ['account', 'keyId', 'type', 'actor', 'from', 'to'] as const;

/** The filter of a page: what the API is asked for. */
export type Chosen = Partial<Record<(typeof FILTER_NAMES)[number], string>>;

/** The filter in the address. Empty members are left out. */
export function chosenIn(address: URLSearchParams): Chosen {
  return givenIn(address, FILTER_NAMES);
}

/**
 * The filter for the API.
 * @throws UnknownFilter for a value that a mistyped address may hold: events of other types must not appear as those that were asked for
 */
export function filterOf({ type: wanted, ...rest }: Chosen): EventFilter {
  const type = EVENT_TYPES.find(([value]) => value === wanted)?.[0];
  if (wanted !== undefined && type === undefined) throw new UnknownFilter(`There is no type of event “${wanted}”. Choose one.`);
  for (const time of [rest.from, rest.to]) {
    if (time !== undefined && Number.isNaN(Date.parse(time)))
      throw new UnknownFilter(`“${time}” in the address is not a time, such as 2026-11-23T18:00:00Z. Choose one.`);
  }
  return { ...rest, ...(type && { type }) };
}

/** The address holds a filter that there is not. */
export class UnknownFilter extends Error {}
