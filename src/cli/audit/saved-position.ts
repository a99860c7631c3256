import { join } from 'node:path';
import type { Config } from '../../config.js';
import { HISTORY } from '../../projections/engine/names.js';
import { positionsIn } from '../../projections/engine/position.js';
import { DATA_FILE } from '../../shared/data-files.js';
import { isThere } from '../../shared/is-there.js';
import Database from '../../shared/sqlite.js';
import type { EventStore } from '../../store/event-store.js';

/**
 * The position in this log up to which a server on this machine has read it; an estimate of how far there is to read. Undefined if there
 * is none or if the projections cannot be read, since here nothing depends on them.
 */
export function savedPosition({ dataDirectory }: Config, { kind }: EventStore): number | undefined {
  const file = join(dataDirectory, DATA_FILE.projections);
  if (!isThere(file)) return undefined;
  try {
    const database = new Database(file, { readonly: true });
    try {
      const saved = positionsIn(database, 'main').get(HISTORY);
      return saved?.kind === kind ? saved.position : undefined;
    } finally {
      database.close();
    }
  } catch {
    return undefined;
  }
}
