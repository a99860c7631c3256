import { IDENTIFIER } from '../keys/identifier.js';
import type { Timestamp } from '../keys/model.js';
import { SECRET_PATTERN } from '../keys/secret.js';

/** Somebody read the history, as often as it says within a moment. */
export interface HistoryRead {
  type: 'HistoryRead';
  data: {
    /** The field of the API, or the command, that was used. */
    what: string;
    filter: ReadFilter;
    times: number;
  };
}

/** A read with its time, the first where there were several, and with who read. */
export type PastRead = HistoryRead & { at: Timestamp; actor: string };

/** Records of reads were removed because of their age: all that were dated before a day. */
export interface ReadsRemoved {
  type: 'ReadsRemoved';
  data: {
    /** The first day, in UTC, of which nothing was removed, such as `2026-11-23`. */
    before: string;
    /** How many records were removed. */
    records: number;
  };
}

/** A removal with its time, and with who removed. */
export type PastReadsRemoved = ReadsRemoved & { at: Timestamp; actor: string };

/** Who removes what is older than the retention allows. */
export const RETENTION_ACTOR = 'system:retention';

/** What can be read: fields of the API, then commands. */
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

/** What was asked for: only what was given. Times are in milliseconds since 1970. */
export interface Asked {
  account?: string | undefined;
  keyId?: string | undefined;
  type?: string | undefined;
  actor?: string | undefined;
  from?: number | undefined;
  to?: number | undefined;
  at?: number | undefined;
}

/** What was asked for, as it is recorded: times as in RFC 3339. */
export type ReadFilter = { [Name in keyof Asked]: string | undefined };

const NAMES = ['account', 'keyId', 'type', 'actor', 'from', 'to', 'at'] as const;

/**
 * What was asked for, fit for a log that is forever: `?` stands where it was no identifier, such as an e-mail address, or held a
 * secret.
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
