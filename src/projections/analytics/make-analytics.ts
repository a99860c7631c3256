import type { Pseudonyms } from '../../domain/analytics/pseudonyms.js';
import { type ActivityProjections, activityProjections } from '../all-projections.js';
import type { Connection } from '../engine/connection.js';
import { makeViews } from './analytics-views.js';

/** Creates the projections and the views of the analytics file over a database. */
export function makeAnalytics(pseudonyms: Pseudonyms): (database: Connection) => ActivityProjections {
  return (database) => {
    const projections = activityProjections(database, pseudonyms);
    makeViews(database);
    return projections;
  };
}
