import type { Logger } from 'pino';
import { type Checkpoint, formatCheckpoint } from '../domain/checkpoint.js';
import { logOrigin } from '../domain/exported-event.js';
import { formatVerifierKey, noteSigner, signNote } from '../domain/signed-note.js';
import type { CheckpointFile } from './checkpoint-file.js';
import type { TransparencyProjection } from './transparency.js';

/** How often a checkpoint is signed while the tree grows, in milliseconds. */
const INTERVAL = 10_000;

/** The newest statement of what the log holds. */
export interface SignedCheckpoint extends Checkpoint {
  /** The signed note (C2SP tlog-checkpoint). */
  note: string;
  /** The key that signed it, as verifiers take it (C2SP signed-note). */
  verifierKey: string;
}

/** Why there is no checkpoint to be had. */
export class NoCheckpoint extends Error {
  readonly code = 'NO_CHECKPOINT';
}

export interface CheckpointsOptions {
  tree: TransparencyProjection;
  /** Resolves with true once the tree holds all that the log holds now; with false when that is not to be expected any more. */
  readsOn: () => Promise<boolean>;
  file: CheckpointFile;
  /** 32 bytes; without it nothing is signed. */
  seed: Uint8Array | undefined;
  log: Pick<Logger, 'error' | 'info'>;
}

/**
 * Signs what the tree holds, at most every ten seconds, and keeps each checkpoint in a file before anybody sees it. A tree
 * that does not extend those that were signed before is not signed: somebody has rewritten the log.
 */
export class Checkpoints {
  readonly #options: CheckpointsOptions;
  #newest: SignedCheckpoint | undefined;
  #refusal = 'The log is empty, or no checkpoint was signed yet. Try again in a moment.';
  #timer: NodeJS.Timeout | undefined;
  #signing: Promise<void> = Promise.resolve();

  constructor(options: CheckpointsOptions) {
    this.#options = options;
    if (!options.seed) this.#refusal = 'This process has no key to sign checkpoints with. Set KEYLEDGER_LOG_KEY.';
  }

  /** Signs now, and from now on whenever the tree has grown. The tree must have caught up with the log. */
  start(): void {
    if (!this.#options.seed || this.#timer) return;
    this.#timer = setInterval(() => this.sign(), INTERVAL);
    this.sign();
  }

  /** Signs a last time. */
  async stop(): Promise<void> {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    await this.sign();
  }

  /** @throws NoCheckpoint */
  newest(): SignedCheckpoint {
    if (!this.#newest) throw new NoCheckpoint(this.#refusal);
    return this.#newest;
  }

  /** Signs the tree as it is, unless it was signed at that size already. It never rejects: what it refuses, it says aloud. */
  sign(): Promise<void> {
    this.#signing = this.#signing.then(() => this.#sign()).catch((error: Error) => this.#refuse(error));
    return this.#signing;
  }

  async #sign(): Promise<void> {
    const { tree, file, seed } = this.#options;
    if (!seed || (this.#newest && this.#newest.size === tree.size())) return;
    if (!(await this.#extendsKept())) return;
    const first = tree.firstEventId();
    if (first === undefined) return;
    const signer = noteSigner(logOrigin(first), seed);
    const size = tree.size();
    const checkpoint = { origin: signer.name, size, root: tree.root(size) };
    const note = signNote(formatCheckpoint(checkpoint), [signer]);
    await file.keep(note);
    this.#newest = { ...checkpoint, note, verifierKey: formatVerifierKey(signer) };
  }

  /**
   * Whether the tree extends what was signed before; false where that cannot be known, because the process stops.
   * @throws NoCheckpoint where it does not
   */
  async #extendsKept(): Promise<boolean> {
    const { tree, file, readsOn } = this.#options;
    const kept = await file.newest();
    // An export may have signed what this tree does not hold yet.
    const isAhead = kept.some(({ size }) => size > tree.size());
    if (isAhead && !(await readsOn())) return false;
    const lost = kept.find(({ size, root }) => size > tree.size() || !tree.root(size).equals(root));
    if (!lost) return true;
    throw new NoCheckpoint(
      `The log no longer holds the ${lost.size} events that a checkpoint was signed for. Nothing is signed: compare the log with a copy of it.`,
    );
  }

  #refuse(error: Error): void {
    this.#newest = undefined;
    if (this.#refusal !== error.message) this.#options.log.error({ err: error }, 'no checkpoint is signed');
    this.#refusal = error.message;
  }
}
