import { isWatched, sayPlainly } from './output.js';

/** How often the line changes, in milliseconds. */
const INTERVAL = 100;
/** The bar's width, in characters. */
const WIDTH = 24;
/** Clears what an earlier, longer line has left behind (ECMA-48, EL). */
const CLEAR = '\x1b[K';

export interface ProgressOptions {
  /** How far there is to go, in any unit; undefined where nobody knows. */
  total?: number | undefined;
}

/** Counts events on standard error, where a person is looking; with a bar, where the total is known. */
export class Progress {
  readonly #total: number | undefined;
  readonly #start = performance.now();
  #count = 0;
  #shown = 0;

  constructor({ total }: ProgressOptions = {}) {
    this.#total = total;
  }

  /** @param reached how far that is, in the total's unit; where nothing is said, as many as the events */
  add(events: number, reached = this.#count + events): void {
    this.#count += events;
    if (!isWatched() || performance.now() - this.#shown < INTERVAL) return;
    this.#shown = performance.now();
    sayPlainly(`\r${this.#bar(reached)}${this.#counted()}${this.#remaining(reached)}${CLEAR}`);
  }

  /** Leaves the last count standing. */
  end(): void {
    if (isWatched()) sayPlainly(`\r${this.#counted()}${CLEAR}\n`);
  }

  #counted(): string {
    return `${this.#count.toLocaleString('en')} events`;
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

  /** From 0 to 1; a log may have grown beyond the total. */
  #part(reached: number): number | undefined {
    return this.#total ? Math.min(1, reached / this.#total) : undefined;
  }
}
