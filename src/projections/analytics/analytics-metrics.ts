import { ACTIVITY, ACTIVITY_USAGE } from '../engine/names.js';

export const FLOW_NAMES = [
  'KEYS_CREATED',
  'KEYS_DELETED',
  'KEYS_DELETED_REQUESTED',
  'KEYS_DELETED_ROTATED',
  'KEYS_DELETED_EXPIRED',
  'KEYS_DELETED_LEAKED',
  'KEYS_DELETED_REVOKED',
  'KEYS_ROTATED',
  'KEYS_DISABLED',
  'KEYS_ENABLED',
  'CREATES_REFUSED',
  'VERIFICATIONS',
] as const;

/** Metrics that count how often something happened. */
export type Flow = (typeof FLOW_NAMES)[number];

/** Metrics that count how many there are at an instant. */
export type Stock = 'ACTIVE_KEYS' | 'ACCOUNTS_AT_LIMIT';

export type Metric = Flow | Stock;

interface Sum {
  table: string;
  /** The figure that is added up. */
  figure: string;
}

const QUARTERS = `${ACTIVITY}_quarters`;
const USAGE_QUARTERS = `${ACTIVITY_USAGE}_quarters`;

const DELETED = 'deletedRequested + deletedRotated + deletedExpired + deletedLeaked + deletedRevoked';

/** True if an account is at its limit at the instant `@at`. */
export const IS_AT_LIMIT = 'atLimitSince IS NOT NULL AND (atLimitUntil IS NULL OR atLimitUntil > @at)';

export const FLOWS: Record<Flow, Sum> = {
  KEYS_CREATED: { table: QUARTERS, figure: 'created' },
  KEYS_DELETED: { table: QUARTERS, figure: DELETED },
  KEYS_DELETED_REQUESTED: { table: QUARTERS, figure: 'deletedRequested' },
  KEYS_DELETED_ROTATED: { table: QUARTERS, figure: 'deletedRotated' },
  KEYS_DELETED_EXPIRED: { table: QUARTERS, figure: 'deletedExpired' },
  KEYS_DELETED_LEAKED: { table: QUARTERS, figure: 'deletedLeaked' },
  KEYS_DELETED_REVOKED: { table: QUARTERS, figure: 'deletedRevoked' },
  KEYS_ROTATED: { table: QUARTERS, figure: 'rotated' },
  KEYS_DISABLED: { table: QUARTERS, figure: 'disabled' },
  KEYS_ENABLED: { table: QUARTERS, figure: 'enabled' },
  CREATES_REFUSED: { table: USAGE_QUARTERS, figure: 'createsRefused' },
  VERIFICATIONS: { table: USAGE_QUARTERS, figure: 'verifications' },
};

/** `present` counts how many there are at `@at`, in the quarter of an hour that begins at `@quarter`, whatever clock dated the events. */
export const STOCKS: Record<Stock, Sum & { present: string }> = {
  ACTIVE_KEYS: {
    table: QUARTERS,
    figure: 'activeChange',
    present: `SELECT (SELECT ifnull(sum(created - (${DELETED}) - disabledChange), 0) FROM ${QUARTERS})
      - (SELECT ifnull(sum(held), 0) FROM ${ACTIVITY}_expiries WHERE start < @quarter)
      - (SELECT count(*) FROM ${ACTIVITY}_keys WHERE deletedAt IS NULL AND disabledAt IS NULL AND endsAt >= @quarter AND endsAt <= @at)`,
  },
  ACCOUNTS_AT_LIMIT: {
    table: QUARTERS,
    figure: 'atLimitChange',
    present: `SELECT count(*) FROM ${ACTIVITY}_accounts WHERE ${IS_AT_LIMIT}`,
  },
};

export function isStock(metric: Metric): metric is Stock {
  return metric in STOCKS;
}
