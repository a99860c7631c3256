import { join } from 'node:path';
import type { Logger } from 'pino';
import { DATA_FILE } from '../../shared/data-files.js';
import type { AuditProjections } from '../all-projections.js';
import type { Connection } from '../engine/connection.js';
import { CheckpointFile } from './checkpoint-file.js';
import { Checkpoints } from './checkpoints.js';
import { KnownLog } from './known-log.js';
import { LogGuard, type LogGuardOptions } from './log-guard.js';
import { currentOrigin } from './origins.js';
import { RestoredMark } from './restored-mark.js';

export interface GuardedLogOptions extends Pick<LogGuardOptions, 'store' | 'treeRunner' | 'staleness' | 'holds'> {
  dataDirectory: string;
  /** The file of the projections. */
  database: Connection;
  projections: AuditProjections;
  /** The key that signs checkpoints: 32 bytes. Without it nothing is signed. */
  seed: Uint8Array | undefined;
  log: Logger;
}

/** What a data directory knows about its log, the guard that compares the store with it, and the signer of checkpoints. */
export interface GuardedLog {
  known: KnownLog;
  guard: LogGuard;
  checkpoints: Checkpoints;
}

/** Joins these parts for a data directory. They do nothing until they are started. */
export function guardLog({ dataDirectory, database, projections, seed, ...shared }: GuardedLogOptions): GuardedLog {
  const { history, transparency: tree } = projections;
  const { store, treeRunner, log } = shared;
  const known = new KnownLog({ database, history, tree });
  const file = new CheckpointFile(join(dataDirectory, DATA_FILE.checkpoints));
  const guard = new LogGuard({ ...shared, known, tree, checkpoints: file, restored: new RestoredMark(dataDirectory) });
  const checkpoints = new Checkpoints({
    tree,
    mismatch: () => guard.mismatch(),
    origin: async () => {
      const firstEventId = tree.firstEventId();
      return firstEventId === undefined ? undefined : currentOrigin(store, firstEventId);
    },
    onLost: () => guard.prove(),
    readsOn: () => treeRunner.readsOn(),
    file,
    seed,
    log,
  });
  return { known, guard, checkpoints };
}
