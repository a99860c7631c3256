import type { Logger } from 'pino';
import type { Clock } from '../../shared/clock.js';
import { unlessAborted } from '../../shared/unless-aborted.js';
import { type ServerClock, type ServerTime, StoreUnavailable } from '../../store/event-store.js';

/** How often the server is asked for its time, in milliseconds. */
const INTERVAL = 10_000;

/** How long an answer is valid without a newer one, in milliseconds. */
const MEMORY = 60_000;

/** The clocks of this process and of the event store differ too much. A decision that depends on the time could be wrong. */
class ClockSkewed extends Error {
  readonly code = 'CLOCK_SKEW';
  /** @param ahead by how many milliseconds this clock is ahead; negative if it is behind */
  constructor(ahead: number) {
    const seconds = Math.round(Math.abs(ahead) / 1000);
    super(
      `The clock of this server is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} that of its event store. Nothing was changed. Try another server, or try again after the clock is corrected.`,
    );
  }
}

export interface ClockGuardOptions {
  serverClock: ServerClock;
  clock: Clock;
  /** How much the clocks may differ, in milliseconds. */
  tolerance: number;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** How often the server is asked, in milliseconds; ten seconds by default. */
  interval?: number;
}

/** The difference between this clock and the server's, in milliseconds. */
interface Skew {
  /** Negative if this clock is behind. */
  ahead: number;
  uncertainty: number;
}

/**
 * Compares the clock of this process with that of its store's server, and refuses commands while they differ too much. The server's time
 * is extrapolated with the monotonic clock, so a step of this process's clock is noticed at the next command. If the server does not tell
 * its time, nothing is refused; only the times that it gives to this process's own appends are then known.
 */
export class ClockGuard {
  readonly #options: ClockGuardOptions;
  #reading: ServerTime | undefined;
  #first: Promise<void> | undefined;
  #asking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** What was logged last. */
  #reported = { isAskable: true, isSkewed: false };

  constructor(options: ClockGuardOptions) {
    this.#options = options;
    options.serverClock.onAppended((reading) => this.#recordReading(reading));
  }

  /** Asks the server now, and repeatedly from now on. */
  start(): void {
    this.#first ??= this.#ask();
    this.#timer ??= setInterval(() => this.#ask(), this.#options.interval ?? INTERVAL).unref();
  }

  /** Resolves when no question is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#asking;
  }

  /**
   * Resolves at once if the clock is right as far as is known. Asks the server once more before it refuses.
   * @param signal cancels the wait for the server's answer
   * @throws ClockSkewed
   */
  async require(signal: AbortSignal): Promise<void> {
    this.#first ??= this.#ask();
    await orAborted(this.#first, signal);
    if (!this.isSkewed()) return;
    await orAborted(this.#ask(), signal);
    const skew = this.#skew();
    if (skew && this.isSkewed()) throw new ClockSkewed(skew.ahead);
  }

  /** By how many milliseconds this clock is ahead of the server's; negative if it is behind, undefined if that is not known. */
  ahead(): number | undefined {
    return this.#skew()?.ahead;
  }

  /** True if commands are refused, as far as is known without asking. */
  isSkewed(): boolean {
    const skew = this.#skew();
    const isSkewed = skew !== undefined && Math.abs(skew.ahead) - skew.uncertainty > this.#options.tolerance;
    if (isSkewed !== this.#reported.isSkewed) this.#reportSkew(isSkewed, skew);
    return isSkewed;
  }

  #skew(): Skew | undefined {
    const now = performance.now();
    if (!this.#reading || now - this.#reading.at > MEMORY) return undefined;
    const { time, at, uncertainty } = this.#reading;
    return { ahead: this.#options.clock() - (time + now - at), uncertainty };
  }

  #ask(): Promise<void> {
    this.#asking ??= this.#options.serverClock
      .ask()
      .then((reading) => {
        this.#recordReading(reading);
        this.#reportAskable(true);
      })
      .catch((error: unknown) => {
        // A store that does not answer at all is reported by the projections.
        if (!(error instanceof StoreUnavailable)) this.#reportAskable(false, error);
      })
      .finally(() => {
        this.#asking = undefined;
      });
    return this.#asking;
  }

  /** An append may be read back long after it was made. */
  #recordReading(reading: ServerTime): void {
    if (this.#reading && reading.at < this.#reading.at) return;
    this.#reading = reading;
    this.isSkewed();
  }

  #reportSkew(isSkewed: boolean, skew: Skew | undefined): void {
    const { log, tolerance } = this.#options;
    this.#reported.isSkewed = isSkewed;
    const milliseconds = skew && Math.round(skew.ahead);
    if (isSkewed) {
      log.error(
        { milliseconds, tolerance },
        'the clock of this process differs from that of the event store: correct it; until then changes are refused (CLOCK_SKEW) and verification continues',
      );
    } else {
      log.info(
        { milliseconds, tolerance },
        'the clock of this process is not known to be wrong any more: changes are accepted',
      );
    }
  }

  #reportAskable(isAskable: boolean, error?: unknown): void {
    if (isAskable === this.#reported.isAskable) return;
    this.#reported.isAskable = isAskable;
    const { log } = this.#options;
    if (isAskable) log.info('the clock of the event store can be read again');
    else
      log.warn(
        { err: error },
        'the clock of the event store cannot be read over HTTP: the clock of this process is compared only with the times of its own appends',
      );
  }
}

async function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  await unlessAborted(work, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
