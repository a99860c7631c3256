import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Pseudonyms } from '../../domain/analytics/pseudonyms.js';
import { type ActivityProjections, activityProjections } from '../engine/all-projections.js';
import { type Opened, openProjections } from '../engine/database.js';
import { makeViews } from './analytics-views.js';

/** The name of the analysts' file in the data directory. */
export const ANALYTICS_FILE = 'analytics.db';

/** Opens the analysts' file, which processes on one machine share like that of the projections. */
export function openAnalytics(
  dataDirectory: string,
  pseudonyms: Pseudonyms,
  log: Pick<Logger, 'warn'>,
): Promise<Opened<ActivityProjections>> {
  return openProjections(join(dataDirectory, ANALYTICS_FILE), log, (database) => {
    const projections = activityProjections(database, pseudonyms);
    makeViews(database);
    return projections;
  });
}
