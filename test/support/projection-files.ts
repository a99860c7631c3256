import { removeLog } from './restorable.js';

/** The files of projections in a data directory. */
export const PROJECTION_FILES = ['keys.db', 'projections.db', 'analytics.db'] as const;
export type ProjectionFile = (typeof PROJECTION_FILES)[number];

/** The file that holds the tables of a projection, given its name with or without a number. */
export function fileOf(projection: string): ProjectionFile {
  if (projection.startsWith('activity')) return 'analytics.db';
  return projection.startsWith('keys') ? 'keys.db' : 'projections.db';
}

/** Makes a data directory like that of a machine that fills everything from the log. */
export function removeProjections(dataDirectory: string): void {
  for (const name of PROJECTION_FILES) removeLog(dataDirectory, name);
}
