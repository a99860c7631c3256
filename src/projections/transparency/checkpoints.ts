import type { Logger } from 'pino';
import type { LogOrigin } from '../../domain/transparency/log-origin.js';
import { type SignedCheckpoint, signCheckpoint } from '../../domain/transparency/sign-checkpoint.js';
import { errorCodeOf } from '../../shared/error-codes.js';
import { untilUnlocked } from '../../shared/until-unlocked.js';
import { LogMismatch } from '../../store/event-store.js';
import type { CheckpointFile } from './checkpoint-file.js';
import { findLost } from './log-guard.js';
import type { TransparencyProjection } from './transparency.js';

/** How often a checkpoint is signed while the tree grows, in milliseconds. */
const INTERVAL = 10_000;

/** Why there is no checkpoint to be had. */
export class NoCheckpoint extends Error {
  readonly code = 'NO_CHECKPOINT';
}

/** What anybody is told of an error that is for the operator: it may name files. */
const FAILED =
  "The server could not sign the log, or could not read the checkpoints that it has kept. Ask its operator: the server's log says why.";

export interface CheckpointsOptions {
  tree: TransparencyProjection;
  /** Why nothing may be signed or shown, whatever the tree holds; undefined where it may. */
  mismatch: () => LogMismatch | undefined;
  /** Under which name the log is signed now; undefined while it is empty. */
  origin: () => Promise<LogOrigin | undefined>;
  /** Told when the log does not hold what was signed before. */
  onLost: () => void;
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
  #origin: LogOrigin | undefined;
  #refusal = 'The log is empty, or no checkpoint was signed yet. Try again in a moment.';
  /** What the log was told last. */
  #told: string | undefined;
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

  /**
   * Never older than what another process on this data directory has shown: its file is looked at every time.
   * @throws NoCheckpoint
   */
  async newest(): Promise<SignedCheckpoint> {
    if (this.#newest) await untilUnlocked(() => this.#adopt()).catch((error: Error) => this.#refuse(error));
    if (this.#options.mismatch()) throw new NoCheckpoint(new LogMismatch().message);
    if (!this.#newest) throw new NoCheckpoint(this.#refusal);
    return this.#newest;
  }

  /** Signs the tree as it is, unless it was signed at that size already. It never rejects: what it refuses, it says aloud. */
  sign(): Promise<void> {
    this.#signing = this.#signing.then(() => untilUnlocked(() => this.#sign())).catch((error: Error) => this.#refuse(error));
    return this.#signing;
  }

  async #sign(): Promise<void> {
    const { tree, file, seed, mismatch } = this.#options;
    if (mismatch()) return;
    tree.requireComplete();
    const origin = await this.#options.origin();
    const { size, origin: name } = this.#newest ?? {};
    if (!seed || !origin || (size === tree.size() && name === origin.name)) return;
    if (!(await this.#extendsKept(origin))) return;
    this.#origin = origin;
    const signed = this.#signedAt(tree.size());
    if (!signed) return;
    await file.keep(signed.note);
    this.#newest = signed;
    this.#told = undefined;
  }

  /** Takes over what another process has signed since, where this one signs the very same. */
  async #adopt(): Promise<void> {
    const { tree, file } = this.#options;
    tree.requireComplete();
    const kept = (await file.newest(this.#newest?.origin ?? '')).findLast(({ size }) => size <= tree.size());
    if (!kept || !this.#newest || kept.size <= this.#newest.size) return;
    const signed = this.#signedAt(kept.size);
    if (signed?.note !== kept.note) return;
    // The other process may have written it, and not yet made it durable.
    await file.keep(signed.note);
    if (this.#newest) this.#newest = signed;
  }

  /** The tree's first so many events; undefined where there is nothing to sign, or to sign with. */
  #signedAt(size: number): SignedCheckpoint | undefined {
    const { tree, seed } = this.#options;
    if (!seed || !this.#origin || size === 0) return undefined;
    return signCheckpoint(seed, this.#origin, size, tree.root(size));
  }

  /**
   * Whether the tree extends what was signed before; false where that cannot be known, because the process stops.
   * @throws NoCheckpoint where it does not
   */
  async #extendsKept({ name }: LogOrigin): Promise<boolean> {
    const { tree, file, readsOn, onLost } = this.#options;
    const kept = await file.newest(name);
    // An export may have signed what this tree does not hold yet.
    const isAhead = kept.some(({ size }) => size > tree.size());
    if (isAhead && !(await readsOn())) return false;
    const lost = findLost(kept, tree);
    if (!lost) return true;
    onLost();
    throw new NoCheckpoint(
      `The log no longer holds the ${lost.size} events that a checkpoint was signed for. Nothing is signed: compare the log with a copy of it.`,
    );
  }

  #refuse(error: Error): void {
    this.#newest = undefined;
    if (this.#told !== error.message) this.#options.log.error({ err: error }, 'no checkpoint is signed');
    this.#told = error.message;
    this.#refusal = errorCodeOf(error) === undefined ? FAILED : error.message;
  }
}
