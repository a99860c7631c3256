import type { Logger } from 'pino';
import type { Clock } from '../../shared/clock.js';
import type { ServerClock, ServerTime } from '../../store/event-store.js';

/** How often the server is asked for its time, in milliseconds. */
const INTERVAL = 10_000;

/** For how long an answer counts while there is no other, in milliseconds. */
const MEMORY = 60_000;

/** The clock of this process differs from the event store's by too much: a decision that rests on it could be wrong. */
export class ClockSkewed extends Error {
  readonly code = 'CLOCK_SKEW';
  /** @param ahead by how many milliseconds this clock is ahead; less than 0 where it is behind */
  constructor(ahead: number) {
    const seconds = Math.round(Math.abs(ahead) / 1000);
    super(
      `The clock of this server is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} that of its event store. Nothing was changed. Try another server, or again once the clock is set right.`,
    );
  }
}

export interface ClockGuardOptions {
  serverClock: ServerClock;
  clock: Clock;
  /** By how much the clocks may differ, in milliseconds. */
  tolerance: number;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** How often the server is asked, in milliseconds; every ten seconds where nothing is said. */
  interval?: number;
}

/** How far this clock is from the server's, in milliseconds. */
interface Skew {
  /** Less than 0 where this clock is behind. */
  ahead: number;
  uncertainty: number;
}

/**
 * Compares the clock of this process with that of its store's server, and refuses commands while they differ by too much. What the
 * server showed is carried on with a clock that nobody sets, so that a step of this process's clock is seen at the next command.
 * Where the server does not tell its time, nothing is refused: then only what it says of the process's own appends is known.
 */
export class ClockGuard {
  readonly #options: ClockGuardOptions;
  #reading: ServerTime | undefined;
  #first: Promise<void> | undefined;
  #asking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** What the log was told last. */
  #told = { isAskable: true, isSkewed: false };

  constructor(options: ClockGuardOptions) {
    this.#options = options;
    options.serverClock.onAppended((reading) => this.#note(reading));
  }

  /** Asks the server now, and from now on again and again. */
  start(): void {
    this.#first ??= this.#ask();
    this.#timer ??= setInterval(() => this.#ask(), this.#options.interval ?? INTERVAL).unref();
  }

  /** Resolves when nothing is asked any more. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#asking;
  }

  /**
   * Resolves at once as long as the clock is right, as far as that is known. Before it refuses, it asks once more.
   * @param signal ends the wait for what the server says
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

  /** By how many milliseconds this clock is ahead of the server's; less than 0 where it is behind, undefined where that is not known. */
  ahead(): number | undefined {
    return this.#skew()?.ahead;
  }

  /** Whether commands are refused, as far as is known without asking. */
  isSkewed(): boolean {
    const skew = this.#skew();
    const isSkewed = skew !== undefined && Math.abs(skew.ahead) - skew.uncertainty > this.#options.tolerance;
    if (isSkewed !== this.#told.isSkewed) this.#reportSkew(isSkewed, skew);
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
        this.#note(reading);
        this.#reportAskable(true);
      })
      .catch((error: unknown) => this.#reportAskable(false, error))
      .finally(() => {
        this.#asking = undefined;
      });
    return this.#asking;
  }

  /** An append may be read back long after it was made. */
  #note(reading: ServerTime): void {
    if (this.#reading && reading.at < this.#reading.at) return;
    this.#reading = reading;
    this.isSkewed();
  }

  #reportSkew(isSkewed: boolean, skew: Skew | undefined): void {
    const { log, tolerance } = this.#options;
    this.#told.isSkewed = isSkewed;
    const milliseconds = skew && Math.round(skew.ahead);
    if (isSkewed) {
      log.error(
        { milliseconds, tolerance },
        'the clock of this process differs from that of the event store: set it right; until then changes are refused (CLOCK_SKEW), and verification goes on',
      );
    } else {
      log.info({ milliseconds, tolerance }, 'the clock of this process is no longer known to be wrong: changes are accepted');
    }
  }

  #reportAskable(isAskable: boolean, error?: unknown): void {
    if (isAskable === this.#told.isAskable) return;
    this.#told.isAskable = isAskable;
    const { log } = this.#options;
    if (isAskable) log.info('the event store tells its time again');
    else
      log.warn(
        { err: error },
        'the event store does not tell its time over HTTP: whether the clock of this process is right is known from its own appends at most',
      );
  }
}

async function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  let end: () => void = () => {};
  const aborted = new Promise<void>((resolve) => {
    end = resolve;
    signal.addEventListener('abort', end);
  });
  await Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', end));
}
