import { type AccountKeys, isActive, type Key, slots } from './model.js';
import { KEY_LIMIT } from './refusals.js';

/** Which accounts to find. An account must match everything that is given. Times are in milliseconds since 1970. */
export interface AccountCriteria {
  /** A part of the account's id, or of the id or the name of one of its keys; upper and lower case are the same. */
  search?: string | undefined;
  frozen?: boolean | undefined;
  /** It has an active key that expires until then. */
  expiringUntil?: number | undefined;
  /** It has an active key that was created before then, and was not used since. */
  unusedSince?: number | undefined;
  /** Whether all its slots are taken. */
  atLimit?: boolean | undefined;
}

/** What the criteria are compared with. */
export interface AccountFacts {
  accountId: string;
  state: Pick<AccountKeys, 'keys' | 'frozenAt'>;
  now: number;
  /** When the key was last used, in milliseconds since 1970; undefined if it never was. */
  lastUsedAt: (keyId: string) => number | undefined;
}

/** Whether the account matches. If an expiry and a use are asked for, one key must match both. */
export function matches(criteria: AccountCriteria, { accountId, state, now, lastUsedAt }: AccountFacts): boolean {
  const { search, frozen, atLimit, expiringUntil, unusedSince } = criteria;
  const keys = [...state.keys.values()];
  if (frozen !== undefined && frozen !== (state.frozenAt !== undefined)) return false;
  if (atLimit !== undefined && atLimit !== slots(state, now).length >= KEY_LIMIT) return false;
  if (search !== undefined && !isIn(search, [accountId, ...keys.flatMap(({ keyId, name }) => [keyId, name])])) return false;
  if (expiringUntil === undefined && unusedSince === undefined) return true;
  return keys.some(
    (key) => isActive(key, now) && expiresUntil(key, expiringUntil) && isUnusedSince(key, unusedSince, lastUsedAt),
  );
}

function isIn(search: string, texts: string[]): boolean {
  const wanted = search.toLowerCase();
  return texts.some((text) => text.toLowerCase().includes(wanted));
}

function expiresUntil({ expiresAt }: Key, until: number | undefined): boolean {
  return until === undefined || (expiresAt !== undefined && expiresAt <= until);
}

function isUnusedSince({ keyId, createdAt }: Key, since: number | undefined, lastUsedAt: AccountFacts['lastUsedAt']): boolean {
  return since === undefined || (createdAt < since && (lastUsedAt(keyId) ?? createdAt) < since);
}
