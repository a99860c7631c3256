import type { Logger } from 'pino';
import type { LogOrigin } from '../../domain/transparency/log-origin.js';
import { type SignedCheckpoint, signCheckpoint } from '../../domain/transparency/sign-checkpoint.js';
import { countOf } from '../../shared/count-of.js';
import { errorCodeOf } from '../../shared/error-codes.js';
import { messageOf } from '../../shared/message-of.js';
import { untilUnlocked } from '../../shared/until-unlocked.js';
import { LogMismatch } from '../../store/event-store.js';
import { findLost } from './checkpoint-comparison.js';
import type { CheckpointFile } from './checkpoint-file.js';
import { lossOf, SHOWS } from './log-difference.js';
import type { TransparencyProjection } from './transparency.js';

/** How often a checkpoint is signed while the tree grows, in milliseconds. */
const INTERVAL = 10_000;

/** There is no checkpoint. The message says why. */
export class NoCheckpoint extends Error {
  readonly code = 'NO_CHECKPOINT';
}

/** The public message for errors that are meant for the operator, since those may name files. */
const FAILED =
  "The server could not sign the log, or could not read its stored checkpoints. Ask its operator: the server's log says why.";

export interface CheckpointsOptions {
  tree: TransparencyProjection;
  /** Why nothing may be signed or shown, whatever the tree holds; undefined if it may. */
  mismatch: () => LogMismatch | undefined;
  /** The name under which the log is signed now; undefined while it is empty. */
  origin: () => Promise<LogOrigin | undefined>;
  /** Called if the log does not hold what was signed before. */
  onLost: () => void;
  /** Resolves to true once the tree holds all that the log holds now; to false if it no longer will. */
  readsOn: () => Promise<boolean>;
  file: CheckpointFile;
  /** 32 bytes. Without it nothing is signed. */
  seed: Uint8Array | undefined;
  log: Pick<Logger, 'error' | 'info'>;
}

/**
 * Signs the tree, at most every ten seconds, and keeps each checkpoint in a file before anybody sees it. Does not sign a tree that does
 * not extend the earlier checkpoints: somebody has rewritten the log.
 */
export class Checkpoints {
  readonly #options: CheckpointsOptions;
  #newest: SignedCheckpoint | undefined;
  #origin: LogOrigin | undefined;
  #refusal = 'The log is empty, or no checkpoint was signed yet. Try again in a moment.';
  /** The last message that was logged. */
  #reported: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #signing: Promise<void> = Promise.resolve();

  constructor(options: CheckpointsOptions) {
    this.#options = options;
    if (!options.seed) this.#refusal = 'This process has no key for signing checkpoints. Set KEYLEDGER_LOG_KEY.';
  }

  /** Signs now, and from now on whenever the tree has grown. The tree must have caught up with the log. */
  start(): void {
    if (!this.#options.seed || this.#timer) return;
    this.#timer = setInterval(() => this.sign(), INTERVAL);
    this.sign();
  }

  /** Signs a last time, and stops. */
  async stop(): Promise<void> {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    await this.sign();
  }

  /**
   * The newest checkpoint. Never older than what another process on this data directory has shown: its file is read every time.
   * @throws NoCheckpoint
   */
  async newest(): Promise<SignedCheckpoint> {
    if (this.#newest) await untilUnlocked(() => this.#adopt()).catch((error: unknown) => this.#refuse(error));
    if (this.#options.mismatch()) throw new NoCheckpoint(new LogMismatch().message);
    if (!this.#newest) throw new NoCheckpoint(this.#refusal);
    return this.#newest;
  }

  /** Signs the present tree, unless it was signed at that size already. Never rejects: a refusal is logged. */
  sign(): Promise<void> {
    const signed = this.#signing.then(() => untilUnlocked(() => this.#sign()));
    this.#signing = signed.catch((error: unknown) => this.#refuse(error));
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
    this.#reported = undefined;
  }

  /** Adopts a checkpoint that another process has signed since, if this one would sign the very same. */
  async #adopt(): Promise<void> {
    const { tree, file } = this.#options;
    tree.requireComplete();
    const kept = (await file.newest(this.#newest?.origin ?? '')).findLast(({ size }) => size <= tree.size());
    if (!kept || !this.#newest || kept.size <= this.#newest.size) return;
    const signed = this.#signedAt(kept.size);
    if (signed?.note !== kept.note) return;
    // The other process may have written it without having made it durable yet.
    await file.keep(signed.note);
    if (this.#newest) this.#newest = signed;
  }

  /** Signs the tree's first `size` events; undefined if there are no events or no key. */
  #signedAt(size: number): SignedCheckpoint | undefined {
    const { tree, seed } = this.#options;
    if (!seed || !this.#origin || size === 0) return undefined;
    return signCheckpoint(seed, this.#origin, size, tree.root(size));
  }

  /**
   * True if the tree extends what was signed before; false if that cannot be known because the process stops.
   * @throws NoCheckpoint if it does not
   */
  async #extendsKept({ name }: LogOrigin): Promise<boolean> {
    const { tree, file, readsOn, onLost } = this.#options;
    const kept = await file.newest(name);
    // An export may have signed events that this tree does not hold yet.
    const isAhead = kept.some(({ size }) => size > tree.size());
    if (isAhead && !(await readsOn())) return false;
    const lost = findLost(kept, tree);
    if (!lost) return true;
    onLost();
    throw new NoCheckpoint(
      `The log no longer holds the ${countOf(lost.size, 'event')} that a checkpoint covers: ${lossOf(tree.size(), lost.size)}. Nothing is signed. ${SHOWS}, or compare the log with a backup.`,
    );
  }

  #refuse(error: unknown): void {
    const message = messageOf(error);
    this.#newest = undefined;
    if (this.#reported !== message) this.#options.log.error({ err: error }, 'no checkpoint is signed');
    this.#reported = message;
    this.#refusal = errorCodeOf(error) === undefined ? FAILED : message;
  }
}
