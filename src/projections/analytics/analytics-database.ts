import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Pseudonyms } from '../../domain/analytics/pseudonyms.js';
import { DATA_FILE } from '../../shared/data-files.js';
import { type ActivityProjections, activityProjections } from '../engine/all-projections.js';
import { type Opened, openProjections } from '../engine/database.js';
import { makeViews } from './analytics-views.js';

/** Opens the analytics file. Like the projections' file, it is shared by the processes of one machine. */
export function openAnalytics(
  dataDirectory: string,
  pseudonyms: Pseudonyms,
  log: Pick<Logger, 'warn'>,
): Promise<Opened<ActivityProjections>> {
  return openProjections(join(dataDirectory, DATA_FILE.analytics), log, (database) => {
    const projections = activityProjections(database, pseudonyms);
    makeViews(database);
    return projections;
  });
}
