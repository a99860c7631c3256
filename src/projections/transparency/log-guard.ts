import type { Logger } from 'pino';
import { isKnownName, isOriginOf } from '../../domain/transparency/log-origin.js';
import { countOf } from '../../shared/count-of.js';
import { unlessAborted } from '../../shared/unless-aborted.js';
import { untilUnlocked } from '../../shared/until-unlocked.js';
import { LogMismatch, StoreUnavailable } from '../../store/event-store.js';
import { NotCaughtUp } from '../engine/caught-up.js';
import { eventAt, type FirstEvent, firstEvent } from '../engine/position.js';
import type { Recognition } from '../engine/recognition.js';
import { CheckpointComparison, type CheckpointComparisonOptions } from './checkpoint-comparison.js';
import type { KeptNote } from './checkpoint-file.js';
import type { KnownLog } from './known-log.js';
import { anotherLog, confirmedByLeader, findMismatch, lacking } from './log-difference.js';
import { openedOrigins } from './origins.js';
import type { RestoredMark } from './restored-mark.js';

/** How often the log is checked while the process runs, in milliseconds. A small `staleness` shortens it. */
const INTERVAL = 2000;

/**
 * For how long a comparison holds if nothing was written since, in milliseconds. Without a write, EventStoreDB hides the events of a stream
 * that reach its `$maxAge`, if an operator has set one.
 */
const HOLDS = 60_000;

export interface LogGuardOptions extends CheckpointComparisonOptions {
  known: KnownLog;
  restored: RestoredMark;
  log: Pick<Logger, 'error' | 'info' | 'warn'>;
  /** How long a process continues to verify keys when its store does not answer, in milliseconds. */
  staleness: number;
  /** For how long a comparison holds if nothing was written since, in milliseconds. */
  holds?: number;
}

/**
 * Knows whether the store holds the log that this data directory belongs to. If it is another log, lacks events at its end, or has another
 * root than was signed, the process is closed: it verifies nothing, changes nothing, and logs once why and what to do.
 */
export class LogGuard implements Recognition {
  readonly #options: LogGuardOptions;
  readonly #comparison: CheckpointComparison;
  /** Resolves when the log was recognised for the first time and matches its checkpoints. */
  readonly opened: Promise<void>;
  #recordOpened: () => void = () => {};
  first: FirstEvent | undefined;
  /** The mismatch that the events or the mark show. */
  #mismatch: LogMismatch | undefined;
  /** The mismatch that the kept checkpoints show. */
  #unsigned: LogMismatch | undefined;
  #isProven = false;
  /** How often the connection to the store was lost; and that number at the start of the last check that found nothing wrong. */
  #doubts = 0;
  #trustedAt = -1;
  /** What the last comparison that found nothing wrong rests on, if the store can tell that nothing was written since. */
  #basis: { text: string; at: number } | undefined;
  #reported = '';
  #looking: Promise<void> = Promise.resolve();
  #nextLook: Promise<void> | undefined;
  #proving: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LogGuardOptions) {
    this.#options = options;
    this.#comparison = new CheckpointComparison(options);
    this.opened = new Promise((resolve) => {
      this.#recordOpened = resolve;
    });
  }

  /** Checks again and again from now on: a store may be exchanged while the process runs. */
  start(): void {
    this.#timer ??= setInterval(() => this.confirm().catch(() => {}), Math.min(INTERVAL, this.#options.staleness / 4));
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking.catch(() => {});
    await this.#proving;
  }

  /** Why the process is closed; undefined if it is not. */
  mismatch(): LogMismatch | undefined {
    return this.#mismatch ?? this.#unsigned;
  }

  /** True if answers may rely on the log. */
  isOpen(): boolean {
    return this.#isProven && this.mismatch() === undefined;
  }

  /**
   * Call it before an answer. Details of what is wrong go only to the process's log.
   * @throws LogMismatch, NotCaughtUp if that is not known yet
   */
  requireOpen(): void {
    if (this.mismatch()) throw new LogMismatch();
    if (!this.#isProven) throw new NotCaughtUp();
  }

  requireSame(): void {
    if (this.#mismatch) throw this.#mismatch;
  }

  doubt(): void {
    this.#doubts += 1;
  }

  /** A call during a check waits for the next one: its doubt may have arisen after the check began. */
  confirm(): Promise<void> {
    this.#nextLook ??= this.#looking
      .catch(() => {})
      .then(() => {
        this.#nextLook = undefined;
        this.#looking = this.#look();
        return this.#looking;
      });
    return this.#nextLook;
  }

  /**
   * Await it before anything is appended. `signal` cancels the wait.
   * @throws LogMismatch, NotCaughtUp, StoreUnavailable
   */
  async requireTrusted(signal?: AbortSignal): Promise<void> {
    this.requireOpen();
    if (this.#trustedAt === this.#doubts) return;
    const confirmed = this.confirm().catch(unlessMismatch);
    await (signal ? unlessGivenUp(confirmed, signal) : confirmed);
    this.requireOpen();
  }

  /** Compares the tree with the kept checkpoints. Never rejects: what it finds is logged. */
  prove(): Promise<void> {
    this.#proving ??= untilUnlocked(() => this.#prove())
      .catch((err: unknown) => this.#options.log.error({ err }, 'the kept checkpoints could not be compared'))
      .finally(() => {
        this.#proving = undefined;
      });
    return this.#proving;
  }

  async #look(): Promise<void> {
    const doubts = this.#doubts;
    try {
      this.#settle(await this.#find());
    } catch (error) {
      if (!(error instanceof LogMismatch)) throw error;
      this.#settle(error);
    }
    this.requireSame();
    this.#trustedAt = doubts;
    if (!this.#isProven) this.prove();
  }

  async #find(): Promise<LogMismatch | undefined> {
    const { store, restored } = this.#options;
    return restored.mismatch() ?? confirmedByLeader(store, () => this.#compare());
  }

  async #compare(): Promise<LogMismatch | undefined> {
    const { store, known, checkpoints, holds = HOLDS } = this.#options;
    const at = performance.now();
    // Read before the log: what is signed meanwhile may cover events that an answer of the store does not hold yet. Other content of the
    // file is ignored here; the signer reports it.
    const newest = (await checkpoints.readable()).at(-1);
    // Read before the log, too. A store to which the connection was lost is compared in any case.
    const last = this.#trustedAt === this.#doubts ? await store.lastEvent?.() : undefined;
    const text = last === undefined ? undefined : await untilUnlocked(() => basisOf(last, newest, known));
    if (text !== undefined && text === this.#basis?.text && at - this.#basis.at < holds) return undefined;
    this.#basis = undefined;
    const mismatch = (await untilUnlocked(() => findMismatch(store, known))) ?? (await this.#compareNames(newest));
    if (!mismatch && text !== undefined) this.#basis = { text, at };
    return mismatch;
  }

  /** Compares the log's names with the one that the newest checkpoint was signed under. */
  async #compareNames(newest: KeptNote | undefined): Promise<LogMismatch | undefined> {
    await this.#readFirst();
    if (!newest) return undefined;
    if (!this.first) return lacking(newest.size, 'all of them', 0);
    const opened = await openedOrigins(this.#options.store);
    return isKnownName(newest.origin, this.first.id, opened) ? undefined : unknownOrigin(newest, this.first);
  }

  async #readFirst(): Promise<void> {
    const { store } = this.#options;
    // If the log is known, its first event may be missing: its account is then refused individually.
    const known = this.#options.known.first();
    const first = known ?? this.first;
    const isFirst = known || (first && (await eventAt(store, first.stream, 1))?.id === first.id);
    this.first = isFirst ? first : await firstEvent(store);
  }

  #settle(mismatch: LogMismatch | undefined): void {
    this.#mismatch = mismatch;
    if (mismatch) this.#isProven = false;
    this.#report();
  }

  async #prove(): Promise<void> {
    const found = await this.#comparison.compare(this.first);
    if (found === 'behind') return;
    this.#unsigned = found === 'holds' ? undefined : found;
    this.#isProven = this.#unsigned === undefined && this.#mismatch === undefined;
    this.#report();
    if (this.isOpen()) this.#recordOpened();
  }

  #report(): void {
    const mismatch = this.mismatch();
    const { log } = this.#options;
    if (mismatch && this.#reported !== mismatch.message) log.error({ code: mismatch.code }, mismatch.message);
    if (!mismatch && this.#reported !== '' && this.#isProven) log.info('the event log is complete again');
    if (mismatch || this.#isProven) this.#reported = mismatch?.message ?? '';
  }
}

/** All that the comparison of a log is made with, and the log's last event. */
function basisOf(last: string, newest: KeptNote | undefined, known: KnownLog): string {
  return JSON.stringify([last, newest?.note, known.first(), known.witnesses()]);
}

/** A mismatch is stored, and `requireOpen` throws it. */
function unlessMismatch(error: unknown): void {
  if (!(error instanceof LogMismatch)) throw error;
}

/** @throws StoreUnavailable if the signal aborts first */
async function unlessGivenUp(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    await unlessAborted(promise, signal);
  } catch (error) {
    throw signal.aborted && error === signal.reason ? new StoreUnavailable({ cause: error }) : error;
  }
}

function unknownOrigin({ origin, size }: KeptNote, first: FirstEvent): LogMismatch {
  if (!isOriginOf(origin, first.id)) return anotherLog(first, { id: origin.split('/')[1] ?? origin });
  return new LogMismatch(
    `The event log lacks the record of the origin ${origin}, under which a checkpoint of ${countOf(size, 'event')} was signed. Restore the newest backup, or run \`keyledger recover --accept-loss\`.`,
  );
}
