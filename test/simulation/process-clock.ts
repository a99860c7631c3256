import { EPOCH } from './globals.js';

/** The clock readings of a process from some moment on. */
export interface Readings {
  least: number;
  most: number;
}

/** A fault of a clock. */
interface Disturbance {
  /** How many milliseconds the clock is ahead now because of it. */
  ahead: () => number;
  onRead: () => void;
}

/** The clock of a process. It is right unless it is disturbed. */
export class ProcessClock {
  readonly #now: () => number;
  readonly #disturbances = new Set<Disturbance>();
  readonly #watching = new Set<Readings>();

  /** @param now the true time, in milliseconds since the start of the simulation */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The time by this clock, in milliseconds since 1970. */
  time(): number {
    return EPOCH + Math.floor([...this.#disturbances].reduce((time, { ahead }) => time + ahead(), this.#now()));
  }

  /** The time, for the code under test. */
  read(): number {
    const time = this.time();
    for (const { ahead, onRead } of this.#disturbances) if (Math.abs(ahead()) >= 1) onRead();
    for (const readings of this.#watching) {
      readings.least = Math.min(readings.least, time);
      readings.most = Math.max(readings.most, time);
    }
    return time;
  }

  /**
   * Makes the clock wrong until the returned function is called.
   * @param ahead by how many milliseconds it is ahead
   * @param onRead called with each reading that is wrong because of it
   */
  disturb(ahead: () => number, onRead: () => void): () => void {
    const disturbance = { ahead, onRead };
    this.#disturbances.add(disturbance);
    return () => this.#disturbances.delete(disturbance);
  }

  /** Notes which times are read from now on. */
  watch(): Readings {
    const readings = { least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY };
    this.#watching.add(readings);
    return readings;
  }

  unwatch(readings: Readings): void {
    this.#watching.delete(readings);
  }

  unwatchAll(): void {
    this.#watching.clear();
  }
}
