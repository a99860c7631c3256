import type { Pseudonyms } from '../domain/analytics/pseudonyms.js';
import { ActivityProjection } from './analytics/activity.js';
import { ActivityUsageProjection } from './analytics/activity-usage.js';
import { HistoryProjection } from './audit/history.js';
import { ReadsProjection } from './audit/reads.js';
import type { Connection } from './engine/connection.js';
import type { Projection } from './engine/projection.js';
import { KeysProjection } from './keys/keys.js';
import { TransparencyProjection } from './transparency/transparency.js';
import { UsageProjection } from './usage/usage.js';

/**
 * All projections of `keys.db`. Mutations wait for it, so that no other projection writes to that file. Code that fills or replays
 * projections takes those of each file from here, so that none is forgotten.
 */
export function keysProjections(database: Connection) {
  return { keys: new KeysProjection(database) } satisfies Record<string, Projection>;
}

/** All projections of `projections.db`, likewise. */
export function auditProjections(database: Connection) {
  return {
    transparency: new TransparencyProjection(database),
    history: new HistoryProjection(database),
    reads: new ReadsProjection(database),
    usage: new UsageProjection(database),
  } satisfies Record<string, Projection>;
}

/** All projections of `analytics.db`, likewise. */
export function activityProjections(database: Connection, pseudonyms: Pseudonyms) {
  return {
    activity: new ActivityProjection(database, pseudonyms),
    activityUsage: new ActivityUsageProjection(database, pseudonyms),
  } satisfies Record<string, Projection>;
}

export type KeysProjections = ReturnType<typeof keysProjections>;
export type AuditProjections = ReturnType<typeof auditProjections>;
export type ActivityProjections = ReturnType<typeof activityProjections>;
