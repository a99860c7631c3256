import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';

/** The time limit for the last write when the process stops, in milliseconds. */
const LAST_WRITE = 2000;

export interface TimedWriterOptions {
  /** How long things are collected before they are written, in milliseconds. */
  interval: number;
  /** True if nothing waits to be written. */
  isEmpty: () => boolean;
  /** Writes what waits, and reports what it could not write. The signal aborts when the time limit of the last write is over. */
  write: (signal: AbortSignal) => Promise<void>;
  log: Pick<Logger, 'warn' | 'error'>;
  /** The log messages: too much waits, and everything is recorded again. */
  messages: { full: string; recovered: string };
}

/** Writes what a caller collects in memory, together and after some time, so that nobody waits for the store. */
export class TimedWriter {
  readonly #options: TimedWriterOptions;
  readonly #giveUp = new AbortController();
  /** Ends the wait for the next write. */
  #hurry = new AbortController();
  #dropped = 0;
  #running: Promise<void> | undefined;
  #isStopping = false;

  constructor(options: TimedWriterOptions) {
    this.#options = options;
  }

  /** True if the process is about to end: what waits is written for the last time. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Call it when something waits to be written. Starts the wait for the next write, unless that is under way. */
  begin(): void {
    this.#running ??= this.#run();
  }

  /** Ends the wait for the next write. Does nothing if nothing waits. */
  hurry(): void {
    if (this.#running) this.#hurry.abort();
  }

  /** Writes everything at once. Resolves when it is written. */
  async flush(): Promise<void> {
    this.hurry();
    await this.#running;
  }

  /** Flushes for the last time. Also resolves when the time limit is over. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#hurry.abort();
    const timer = setTimeout(() => this.#giveUp.abort(), LAST_WRITE);
    await this.#running;
    clearTimeout(timer);
  }

  /** Records that things are lost because too many wait. */
  drop(count: number, waiting: number): void {
    if (this.#dropped === 0) this.#options.log.error({ waiting }, this.#options.messages.full);
    this.#dropped += count;
  }

  async #run(): Promise<void> {
    const { interval, isEmpty, write, log, messages } = this.#options;
    while (!isEmpty()) {
      await delay(interval, undefined, { signal: this.#hurry.signal }).catch(() => {});
      if (!this.#isStopping) this.#hurry = new AbortController();
      await write(this.#giveUp.signal);
      if (this.#dropped > 0) log.warn({ lost: this.#dropped }, messages.recovered);
      this.#dropped = 0;
    }
    this.#running = undefined;
  }
}
