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

/** What is asked how often it happened. */
export type Flow = (typeof FLOW_NAMES)[number];

/** What is asked how many there are. */
export type Stock = 'ACTIVE_KEYS' | 'ACCOUNTS_AT_LIMIT';

export type Metric = Flow | Stock;

interface Sum {
  table: string;
  /** What is added up. */
  figure: string;
}

export const FLOWS: Record<Flow, Sum> = {
  KEYS_CREATED: { table: 'activity_1_quarters', figure: 'created' },
  KEYS_DELETED: {
    table: 'activity_1_quarters',
    figure: 'deletedRequested + deletedRotated + deletedExpired + deletedLeaked',
  },
  KEYS_DELETED_REQUESTED: { table: 'activity_1_quarters', figure: 'deletedRequested' },
  KEYS_DELETED_ROTATED: { table: 'activity_1_quarters', figure: 'deletedRotated' },
  KEYS_DELETED_EXPIRED: { table: 'activity_1_quarters', figure: 'deletedExpired' },
  KEYS_DELETED_LEAKED: { table: 'activity_1_quarters', figure: 'deletedLeaked' },
  KEYS_ROTATED: { table: 'activity_1_quarters', figure: 'rotated' },
  CREATES_REFUSED: { table: 'activity_usage_1_quarters', figure: 'createsRefused' },
  VERIFICATIONS: { table: 'activity_usage_1_quarters', figure: 'verifications' },
};

/** `ending` counts what ends after one instant and before another: these ends are in the sums, and have not come. */
export const STOCKS: Record<Stock, Sum & { ending: string }> = {
  ACTIVE_KEYS: {
    table: 'activity_1_quarters',
    figure: 'activeChange',
    ending: 'SELECT count(*) FROM activity_1_keys WHERE endsAt > ? AND endsAt < ?',
  },
  ACCOUNTS_AT_LIMIT: {
    table: 'activity_1_quarters',
    figure: 'atLimitChange',
    ending: 'SELECT count(*) FROM activity_1_accounts WHERE atLimitSince IS NOT NULL AND atLimitUntil > ? AND atLimitUntil < ?',
  },
};

export function isStock(metric: Metric): metric is Stock {
  return metric in STOCKS;
}
