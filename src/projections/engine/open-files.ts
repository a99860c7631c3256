import { join } from 'node:path';
import { DATA_FILE } from '../../shared/data-files.js';
import { auditProjections, keysProjections } from './all-projections.js';
import { openProjections } from './database.js';

/** Opens the files of all projections except the analysts', for which a key is needed. The caller closes both. */
export async function openFiles(dataDirectory: string, log: Parameters<typeof openProjections>[1]) {
  const keys = await openProjections(join(dataDirectory, DATA_FILE.keys), log, keysProjections);
  const audit = await openProjections(join(dataDirectory, DATA_FILE.projections), log, auditProjections);
  return { keys, audit, projections: { ...keys.projections, ...audit.projections } };
}
