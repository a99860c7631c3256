import type { Frequency } from '../../domain/analytics/distribution.js';
import type { Connection } from '../engine/connection.js';
import { ACTIVITY, ACTIVITY_USAGE } from '../engine/names.js';
import { IS_AT_LIMIT } from './analytics-metrics.js';

/** The metrics that have a distribution. */
export type DistributionMetric =
  | 'KEY_AGE'
  | 'LIFETIME'
  | 'TIME_TO_FIRST_USE'
  | 'TIME_UNUSED'
  | 'TIME_TO_EXPIRY'
  | 'KEYS_PER_ACCOUNT';

/** Greater than any pseudonym: their digits are hexadecimal. */
const AFTER_ALL = 'g';

const IS_ACTIVE = '(deletedAt IS NULL AND disabledAt IS NULL AND (endsAt IS NULL OR endsAt > @at))';
const HAS_ENDED = '(deletedAt IS NOT NULL OR endsAt <= @at)';

/**
 * Selects each value of the metric, as `value`. Times are in whole seconds, and never negative, whatever clock dated the events. The casts
 * are needed because a bound number counts as real.
 */
const VALUES: Record<DistributionMetric, string> = {
  KEY_AGE: `SELECT max(0, CAST(@at AS INTEGER) - createdAt) / 1000 AS value FROM ${ACTIVITY}_keys WHERE ${IS_ACTIVE}`,
  LIFETIME: `SELECT max(0, endsAt - createdAt) / 1000 AS value FROM ${ACTIVITY}_keys WHERE ${HAS_ENDED}`,
  TIME_TO_FIRST_USE: `SELECT max(0, firstUsedAt - createdAt) / 1000 AS value
    FROM ${ACTIVITY}_keys AS made CROSS JOIN ${ACTIVITY_USAGE}_keys AS used ON used.key = made.key WHERE @at IS NOT NULL`,
  TIME_UNUSED: `SELECT max(0, CAST(@at AS INTEGER) - ifnull(lastUsedAt, createdAt)) / 1000 AS value
    FROM ${ACTIVITY}_keys AS made LEFT JOIN ${ACTIVITY_USAGE}_keys AS used ON used.key = made.key WHERE ${IS_ACTIVE}`,
  TIME_TO_EXPIRY: `SELECT (endsAt - CAST(@at AS INTEGER)) / 1000 AS value FROM ${ACTIVITY}_keys WHERE ${IS_ACTIVE} AND endsAt IS NOT NULL`,
  KEYS_PER_ACCOUNT: `SELECT ifnull(active, 0) AS value FROM ${ACTIVITY}_accounts LEFT JOIN
    (SELECT account, count(*) AS active FROM ${ACTIVITY}_keys WHERE ${IS_ACTIVE} GROUP BY account) USING (account)`,
};

const FUNNEL = `
  SELECT
    count(*) AS created,
    count(replacedBy) AS rotated,
    count(*) FILTER (WHERE replacedBy IS NOT NULL AND reason IS NOT 'ROTATED') AS withOverlap,
    count(used.key) AS successorUsed,
    count(used.key) FILTER (WHERE ${HAS_ENDED}) AS completed
  FROM ${ACTIVITY}_keys AS made LEFT JOIN ${ACTIVITY_USAGE}_keys AS used ON used.key = made.replacedBy`;

/** An account at its limit, by its pseudonym. Times are in milliseconds since 1970. */
export interface AccountAtLimit {
  account: string;
  since: number;
  /** When one of its keys expires; null if none will. */
  until: number | null;
}

/** The progress of rotations: of the keys created, how many were replaced; of these, how many have a successor that was used. */
export interface RotationFunnel {
  created: number;
  rotated: number;
  withOverlap: number;
  successorUsed: number;
  /** The keys with a used successor that no longer authenticate. */
  completed: number;
}

/**
 * Selects a part of the accounts, in the order of their pseudonyms. Both bounds are exclusive; `backward` takes the last ones, in
 * descending order.
 */
export interface AccountPage {
  after?: string | undefined;
  before?: string | undefined;
  limit: number;
  backward?: boolean;
}

/** How often each value of the metric occurs at that instant, in ascending order. */
export function frequenciesOf(database: Connection, metric: DistributionMetric, at: number): Frequency[] {
  const sql = `SELECT value, count(*) AS count FROM (${VALUES[metric]}) GROUP BY value ORDER BY value`;
  return database.prepare<{ at: number }, Frequency>(sql).all({ at });
}

/** How far rotations had come at that instant, in milliseconds since 1970. */
export function rotationFunnel(database: Connection, at: number): RotationFunnel {
  const funnel = database.prepare<{ at: number }, RotationFunnel>(FUNNEL).get({ at });
  if (!funnel) throw new Error('A count of rows gave none.');
  return funnel;
}

/** A page of the accounts that were at their limit at that instant (milliseconds since 1970), in the order of their pseudonyms. */
export function accountsAtLimit(
  database: Connection,
  at: number,
  { after = '', before = AFTER_ALL, limit, backward = false }: AccountPage,
): AccountAtLimit[] {
  return database
    .prepare<{ at: number; after: string; before: string; limit: number }, AccountAtLimit>(
      `SELECT account, min(atLimitSince, @at) AS since, atLimitUntil AS until FROM ${ACTIVITY}_accounts
       WHERE ${IS_AT_LIMIT} AND account > @after AND account < @before
       ORDER BY account ${backward ? 'DESC' : 'ASC'} LIMIT @limit`,
    )
    .all({ at, after, before, limit });
}
