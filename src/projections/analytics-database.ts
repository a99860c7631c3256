import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { Logger } from 'pino';
import type { Pseudonyms } from '../domain/pseudonyms.js';
import { type ActivityProjections, activityProjections } from './all-projections.js';
import { makeViews } from './analytics-views.js';
import { openProjections } from './database.js';
import { ProgressTable } from './progress.js';

/** The name of the analysts' file in the data directory. */
export const ANALYTICS_FILE = 'analytics.db';

/** The analysts' file, and the projections that fill it. */
export interface AnalyticsDatabase {
  database: Database;
  projections: ActivityProjections;
}

/** Opens the analysts' file, which processes on one machine share like that of the projections. */
export function openAnalytics(dataDirectory: string, pseudonyms: Pseudonyms, log: Pick<Logger, 'warn'>): AnalyticsDatabase {
  const database = openProjections(join(dataDirectory, ANALYTICS_FILE), log);
  const projections = activityProjections(database, pseudonyms);
  new ProgressTable(database);
  makeViews(database);
  return { database, projections };
}
