import { join } from 'node:path';
import { openLogKey } from '../../auth/log-key.js';
import type { Config } from '../../config.js';
import type { Checkpoint } from '../../domain/transparency/checkpoint.js';
import { isKnownName, originOf, type PastOrigin } from '../../domain/transparency/log-origin.js';
import { signCheckpoint } from '../../domain/transparency/sign-checkpoint.js';
import { CheckpointFile } from '../../projections/transparency/checkpoint-file.js';
import { lossOf, SHOWS } from '../../projections/transparency/log-difference.js';
import { openedOrigins } from '../../projections/transparency/origins.js';
import { countOf } from '../../shared/count-of.js';
import { DATA_FILE } from '../../shared/data-files.js';
import { messageOf } from '../../shared/message-of.js';
import type { EventStore } from '../../store/event-store.js';
import type { LastLine } from './history-line.js';

/** The tree of an export, to be signed. */
export interface ExportedTree {
  /** Undefined if the log is empty. */
  firstEventId: string | undefined;
  size: number;
  root: Buffer;
  /** Its root at the size of a kept checkpoint; undefined if it never had that size. */
  rootAt(size: number): Buffer | undefined;
  /** The missing event of an account; undefined if there is none. */
  gap?: string | undefined;
}

/**
 * Signs an exported tree, unless it does not extend what was signed on this machine before the export began. Checkpoints that a server has
 * signed meanwhile are not compared here: the server compares its next tree with this one, which is kept in the same file.
 */
export class LogSigner {
  private constructor(
    readonly seed: Buffer | undefined,
    /** The last checkpoints that were signed before the export began, under any name. */
    readonly kept: readonly Checkpoint[],
    /** The names under which the log had been continued by then. */
    readonly opened: readonly PastOrigin[],
    readonly file: CheckpointFile,
  ) {}

  static async open(config: Config, store: EventStore): Promise<LogSigner> {
    const file = new CheckpointFile(join(config.dataDirectory, DATA_FILE.checkpoints));
    return new LogSigner(await openLogKey(config), await file.last(), await openedOrigins(store), file);
  }

  /** The checkpoint of the tree, once it is kept, or the reason why there is none. */
  async sign({ firstEventId, size, root, rootAt, gap }: ExportedTree): Promise<LastLine> {
    const lost = this.#stranger(firstEventId) ?? this.#lost(firstEventId, rootAt);
    if (lost)
      return unsigned(
        `the log no longer holds the ${countOf(lost.size, 'event')} that a checkpoint covers: ${lossOf(size, lost.size)}. ${SHOWS}`,
      );
    if (gap !== undefined) return unsigned(`the log lacks events: ${gap}. Restore them to the store, and export again`);
    if (firstEventId === undefined) return unsigned('the log is empty');
    if (!this.seed) return unsigned('there is no key for signing: set KEYLEDGER_LOG_KEY');
    const { note } = signCheckpoint(this.seed, originOf(firstEventId, this.opened), size, root);
    try {
      await this.file.keep(note);
    } catch (error) {
      return unsigned(`the checkpoint could not be stored, and an unstored checkpoint is not given out: ${messageOf(error)}`);
    }
    return { checkpoint: note };
  }

  /** The last kept checkpoint, if it belongs to another log. */
  #stranger(firstEventId: string | undefined): Checkpoint | undefined {
    const last = this.kept.at(-1);
    if (!last || (firstEventId !== undefined && isKnownName(last.origin, firstEventId, this.opened))) return undefined;
    return last;
  }

  /** A checkpoint that was signed under the log's present name and does not hold. */
  #lost(firstEventId: string | undefined, rootAt: ExportedTree['rootAt']): Checkpoint | undefined {
    const name = firstEventId === undefined ? undefined : originOf(firstEventId, this.opened).name;
    return this.kept.find(({ origin, size, root }) => origin === name && !rootAt(size)?.equals(root));
  }
}

function unsigned(reason: string): LastLine {
  return { checkpoint: null, reason };
}
