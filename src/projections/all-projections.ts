import type { Database } from 'better-sqlite3';
import { HistoryProjection } from './history.js';
import { KeysProjection } from './keys.js';
import type { Projection } from './projection.js';
import { ReadsProjection } from './reads.js';
import { TransparencyProjection } from './transparency.js';
import { UsageProjection } from './usage.js';

/** Every projection there is, over one database: who fills or replays them takes them from here, so that none is forgotten. */
export function allProjections(database: Database) {
  return {
    keys: new KeysProjection(database),
    transparency: new TransparencyProjection(database),
    history: new HistoryProjection(database),
    reads: new ReadsProjection(database),
    usage: new UsageProjection(database),
  } satisfies Record<string, Projection>;
}
