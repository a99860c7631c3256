import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { Connection } from './connection.js';
import { whenUnlocked } from './database.js';
import type { PositionTable, SavedPosition } from './position.js';
import type { Projection } from './projection.js';

export interface GiveUpOptions {
  database: Connection;
  projection: Projection;
  positions: PositionTable;
  log: Pick<Logger, 'warn'>;
  /** True if another file can take the place of this one. */
  isReplaceable: boolean;
}

/**
 * Gives up the tables of a projection, which were filled from another log: empties them, unless another file can take their place. Does
 * nothing if another process has filled them from this log in the meantime.
 * @param saved the position at which they were found; undefined if they were never filled
 * @param reason why they do not belong to this log
 */
export function giveUpTables(
  { database, projection, positions, log, isReplaceable }: GiveUpOptions,
  { saved, reason }: { saved: SavedPosition | undefined; reason: string | undefined },
  signal: AbortSignal,
): Promise<void> {
  return whenUnlocked(
    database,
    () => {
      if (!isDeepStrictEqual(positions.read(projection.name), saved)) return;
      if (saved)
        log.warn(
          { projection: projection.name, reason },
          'the tables of the projection do not belong to this log; they are rebuilt',
        );
      if (!isReplaceable) projection.clear();
      positions.forget(projection.name);
    },
    signal,
  );
}
