export const FLOW_NAMES = [
  'KEYS_CREATED',
  'KEYS_DELETED',
  'KEYS_DELETED_REQUESTED',
  'KEYS_DELETED_ROTATED',
  'KEYS_DELETED_EXPIRED',
  'KEYS_DELETED_LEAKED',
  'KEYS_ROTATED',
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

const DELETED = 'deletedRequested + deletedRotated + deletedExpired + deletedLeaked';

/** True if an account is at its limit at the instant `@at`. */
export const IS_AT_LIMIT = 'atLimitSince IS NOT NULL AND (atLimitUntil IS NULL OR atLimitUntil > @at)';

export const FLOWS: Record<Flow, Sum> = {
  KEYS_CREATED: { table: 'activity_3_quarters', figure: 'created' },
  KEYS_DELETED: {
    table: 'activity_3_quarters',
    figure: DELETED,
  },
  KEYS_DELETED_REQUESTED: { table: 'activity_3_quarters', figure: 'deletedRequested' },
  KEYS_DELETED_ROTATED: { table: 'activity_3_quarters', figure: 'deletedRotated' },
  KEYS_DELETED_EXPIRED: { table: 'activity_3_quarters', figure: 'deletedExpired' },
  KEYS_DELETED_LEAKED: { table: 'activity_3_quarters', figure: 'deletedLeaked' },
  KEYS_ROTATED: { table: 'activity_3_quarters', figure: 'rotated' },
  CREATES_REFUSED: { table: 'activity_usage_2_quarters', figure: 'createsRefused' },
  VERIFICATIONS: { table: 'activity_usage_2_quarters', figure: 'verifications' },
};

/** `present` counts how many there are at `@at`, in the quarter of an hour that begins at `@quarter`, whatever clock dated the events. */
export const STOCKS: Record<Stock, Sum & { present: string }> = {
  ACTIVE_KEYS: {
    table: 'activity_3_quarters',
    figure: 'activeChange',
    present: `SELECT (SELECT ifnull(sum(created - (${DELETED})), 0) FROM activity_3_quarters)
      - (SELECT ifnull(sum(held), 0) FROM activity_3_expiries WHERE start < @quarter)
      - (SELECT count(*) FROM activity_3_keys WHERE deletedAt IS NULL AND endsAt >= @quarter AND endsAt <= @at)`,
  },
  ACCOUNTS_AT_LIMIT: {
    table: 'activity_3_quarters',
    figure: 'atLimitChange',
    present: `SELECT count(*) FROM activity_3_accounts WHERE ${IS_AT_LIMIT}`,
  },
};

export function isStock(metric: Metric): metric is Stock {
  return metric in STOCKS;
}
