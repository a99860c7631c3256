import { isWatched, sayPlainly } from './output.js';

/** How often the line is updated, in milliseconds. */
const INTERVAL = 100;
/** The bar's width, in characters. */
const WIDTH = 24;
/** Clears the rest of an earlier, longer line (ECMA-48, EL). */
const CLEAR = '\x1b[K';

export interface ProgressOptions {
  /** The total, in any unit; undefined if it is unknown. */
  total?: number | undefined;
  /** What is counted. */
  unit?: string;
}

/** Shows a count on standard error if that is a terminal; with a bar if the total is known. */
export class Progress {
  readonly #total: number | undefined;
  readonly #unit: string;
  readonly #start = performance.now();
  #count = 0;
  #shown = Number.NEGATIVE_INFINITY;

  constructor({ total, unit = 'event' }: ProgressOptions = {}) {
    this.#total = total;
    this.#unit = unit;
  }

  /** @param reached the progress in the total's unit; by default the count */
  add(count: number, reached = this.#count + count): void {
    this.#count += count;
    if (!isWatched() || performance.now() - this.#shown < INTERVAL) return;
    this.#shown = performance.now();
    sayPlainly(`\r${this.#bar(reached)}${this.#counted()}${this.#remaining(reached)}${CLEAR}`);
  }

  /** Ends the line, with the last count in it. */
  end(): void {
    if (isWatched()) sayPlainly(`\r${this.#counted()}${CLEAR}\n`);
  }

  #counted(): string {
    return `${this.#count.toLocaleString('en')} ${this.#unit}${this.#count === 1 ? '' : 's'}`;
  }

  #bar(reached: number): string {
    const part = this.#part(reached);
    if (part === undefined) return '';
    const done = Math.floor(part * WIDTH);
    return `[${'#'.repeat(done)}${' '.repeat(WIDTH - done)}] ${Math.floor(100 * part)} %, `;
  }

  #remaining(reached: number): string {
    const part = this.#part(reached);
    if (!part) return '';
    const seconds = ((performance.now() - this.#start) * (1 / part - 1)) / 1000;
    return seconds < 100 ? `, ${Math.ceil(seconds)} s left` : `, ${Math.ceil(seconds / 60)} min left`;
  }

  /** From 0 to 1: a log may have grown beyond the total. */
  #part(reached: number): number | undefined {
    return this.#total ? Math.min(1, reached / this.#total) : undefined;
  }
}
