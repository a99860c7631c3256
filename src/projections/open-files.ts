import { DATA_FILE } from '../shared/data-files.js';
import { auditProjections, keysProjections } from './all-projections.js';
import type { Connection } from './engine/connection.js';
import type { Opened } from './engine/database.js';
import type { Projection } from './engine/projection.js';

/** Opens a file of projections, given its name in the data directory and what creates its projections. */
export type OpenFile = <P extends Record<string, Projection>>(
  file: string,
  make: (database: Connection) => P,
) => Promise<Opened<P>>;

/** Opens the files of all projections except the analysts', for which a key is needed. The caller closes both. */
export async function openFiles(open: OpenFile) {
  const keys = await open(DATA_FILE.keys, keysProjections);
  const audit = await open(DATA_FILE.projections, auditProjections);
  return { keys, audit, projections: { ...keys.projections, ...audit.projections } };
}
