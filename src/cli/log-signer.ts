import { join } from 'node:path';
import { openLogKey } from '../auth/log-key.js';
import type { Config } from '../config.js';
import { type Checkpoint, formatCheckpoint } from '../domain/checkpoint.js';
import { logOrigin } from '../domain/exported-event.js';
import { lastCheckpointIn } from '../domain/note-file.js';
import { noteSigner, signNote } from '../domain/signed-note.js';
import type { LastLine } from './history-line.js';
import { readTail } from './lines.js';

/** More than the longest note, so that the end of the file holds the last one, whole. */
const TAIL = 4096;

/** A tree that is to be signed. */
export interface GrownTree {
  /** Undefined where the log is empty. */
  firstEventId: string | undefined;
  size: number;
  root: Buffer;
  /** Its root when it had the size of the last checkpoint that was signed; undefined where it never had. */
  earlierRoot: Buffer | undefined;
}

/** The seed of the log's key (32 bytes), which a single machine makes where there is none. */
export function openSeed({ logKey, dataDirectory, store }: Config): Promise<Buffer | undefined> {
  return openLogKey({ seed: logKey, file: join(dataDirectory, 'log.key'), mayCreate: store.kind === 'sqlite' });
}

/** Signs an exported tree, unless it does not extend the last one that the server signed on this machine. */
export class LogSigner {
  private constructor(
    readonly seed: Buffer | undefined,
    /** The last checkpoint that was signed before the export began. */
    readonly last: Checkpoint | undefined,
  ) {}

  static async open(config: Config): Promise<LogSigner> {
    const tail = await readTail(join(config.dataDirectory, 'checkpoints'), TAIL).catch(nothingThere);
    return new LogSigner(await openSeed(config), lastCheckpointIn(tail.toString()));
  }

  /** The checkpoint of the tree, or why there is none. */
  sign({ firstEventId, size, root, earlierRoot }: GrownTree): LastLine {
    if (this.last && !earlierRoot?.equals(this.last.root)) {
      return unsigned(`the log no longer holds the ${this.last.size} events that the last checkpoint was signed for`);
    }
    if (firstEventId === undefined) return unsigned('the log is empty');
    if (!this.seed) return unsigned('there is no key to sign with: set KEYLEDGER_LOG_KEY');
    const signer = noteSigner(logOrigin(firstEventId), this.seed);
    return { checkpoint: signNote(formatCheckpoint({ origin: signer.name, size, root }), [signer]) };
  }
}

function unsigned(reason: string): LastLine {
  return { checkpoint: null, reason };
}

function nothingThere(error: NodeJS.ErrnoException): Buffer {
  if (error.code !== 'ENOENT') throw error;
  return Buffer.alloc(0);
}
