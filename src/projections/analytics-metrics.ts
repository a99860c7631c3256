/** What can be asked over time: of the first, how often it happened; of the second, how many there are at the end. */
export const FLOWS = {
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
} as const;

/** `ending` counts what ends after one instant and before another: these ends are in the sums, and have not come. */
export const STOCKS = {
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
} as const;

export type Flow = keyof typeof FLOWS;
export type Stock = keyof typeof STOCKS;
export type Metric = Flow | Stock;

export function isStock(metric: Metric): metric is Stock {
  return metric in STOCKS;
}
