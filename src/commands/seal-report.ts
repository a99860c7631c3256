import type { Logger } from 'pino';
import { type EventStore, LogSealed } from '../store/event-store.js';

/** How often to look, in milliseconds. */
const INTERVAL = 2000;

export interface SealReportOptions {
  store: Pick<EventStore, 'isSealed'>;
  log: Pick<Logger, 'info' | 'warn'>;
}

/** Logs once that the log is sealed, for all parts that find it so, and once that it takes events again. */
export class SealReport {
  readonly #options: SealReportOptions;
  #isSealed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SealReportOptions) {
    this.#options = options;
  }

  /** Looks now, and again and again from now on. Does nothing if the store's logs are never moved. */
  start(): void {
    if (!this.#options.store.isSealed) return;
    this.#timer ??= setInterval(() => this.look(), INTERVAL).unref();
    this.look();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  look(): void {
    const { store, log } = this.#options;
    const isSealed = sealOf(store) ?? this.#isSealed;
    if (isSealed && !this.#isSealed) log.warn({ code: 'LOG_SEALED' }, new LogSealed().message);
    if (!isSealed && this.#isSealed) log.info('the event log takes events again');
    this.#isSealed = isSealed;
  }
}

/** Undefined if the log cannot be read. Its followers report that. */
function sealOf(store: Pick<EventStore, 'isSealed'>): boolean | undefined {
  try {
    return store.isSealed?.();
  } catch {
    return undefined;
  }
}
