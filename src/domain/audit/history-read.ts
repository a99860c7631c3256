import { IDENTIFIER } from '../keys/identifier.js';
import type { Timestamp } from '../keys/model.js';
import { SECRET_PATTERN } from '../keys/secret.js';

/** A reader read the history, once or several times within a moment. */
export interface HistoryRead {
  type: 'HistoryRead';
  data: {
    /** The API field or the command that was used. */
    what: string;
    filter: ReadFilter;
    times: number;
  };
}

/** A read with its time (the first, if there were several) and its reader. */
export type PastRead = HistoryRead & { at: Timestamp; actor: string };

/** Access records were removed because of their age: all that were dated before a day. */
export interface ReadsRemoved {
  type: 'ReadsRemoved';
  data: {
    /** The first day, in UTC, whose records were kept, such as `2026-11-23`. */
    before: string;
    records: number;
  };
}

/** A removal with its time and its actor. */
export type PastReadsRemoved = ReadsRemoved & { at: Timestamp; actor: string };

/** The actor that removes records older than the retention allows. */
export const RETENTION_ACTOR = 'system:retention';

/** What can be read: API fields first, then commands. */
export type Readable =
  | 'events'
  | 'Account.history'
  | 'ApiKey.history'
  | 'DeletedKey.history'
  | 'Account.asOf'
  | 'Account.deletedKeys'
  | 'couldAuthenticate'
  | 'node'
  | 'Subscription.events'
  | 'reads'
  | 'export'
  | 'export --usage'
  | 'asof';

/** The arguments of a read; only those that were given. Times are in milliseconds since 1970. */
export interface Asked {
  account?: string | undefined;
  keyId?: string | undefined;
  type?: string | undefined;
  actor?: string | undefined;
  from?: number | undefined;
  to?: number | undefined;
  at?: number | undefined;
}

/** The arguments as they are recorded; times as in RFC 3339. */
export type ReadFilter = { [Name in keyof Asked]: string | undefined };

const NAMES = ['account', 'keyId', 'type', 'actor', 'from', 'to', 'at'] as const;

/**
 * Makes the arguments fit for a permanent log: `?` replaces a value that contains a secret, or that is not an identifier (such as an
 * e-mail address).
 */
export function toReadFilter(asked: Asked): ReadFilter {
  const filter: ReadFilter = {};
  for (const name of NAMES) {
    const value = asked[name];
    if (value !== undefined) filter[name] = typeof value === 'number' ? new Date(value).toISOString() : kept(value);
  }
  return filter;
}

function kept(value: string): string {
  return IDENTIFIER.test(value) && !SECRET_PATTERN.test(value) ? value : '?';
}
