import type { Database } from 'better-sqlite3';
import type { Pseudonyms } from '../../domain/analytics/pseudonyms.js';
import { ActivityProjection } from '../analytics/activity.js';
import { ActivityUsageProjection } from '../analytics/activity-usage.js';
import { HistoryProjection } from '../audit/history.js';
import { ReadsProjection } from '../audit/reads.js';
import { KeysProjection } from '../keys/keys.js';
import { TransparencyProjection } from '../transparency/transparency.js';
import { UsageProjection } from '../usage/usage.js';
import type { Projection } from './projection.js';

/** Every projection of `projections.db`: who fills or replays them takes them from here, so that none is forgotten. */
export function allProjections(database: Database) {
  return {
    keys: new KeysProjection(database),
    transparency: new TransparencyProjection(database),
    history: new HistoryProjection(database),
    reads: new ReadsProjection(database),
    usage: new UsageProjection(database),
  } satisfies Record<string, Projection>;
}

/** Likewise every projection of `analytics.db`. */
export function activityProjections(database: Database, pseudonyms: Pseudonyms) {
  return {
    activity: new ActivityProjection(database, pseudonyms),
    activityUsage: new ActivityUsageProjection(database, pseudonyms),
  } satisfies Record<string, Projection>;
}

export type ActivityProjections = ReturnType<typeof activityProjections>;
