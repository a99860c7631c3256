/** How often the counter changes, in milliseconds. */
const INTERVAL = 100;

/** Counts events on standard error, where a person is looking. */
export class Progress {
  #count = 0;
  #shown = 0;

  add(events: number): void {
    this.#count += events;
    if (!process.stderr.isTTY || performance.now() - this.#shown < INTERVAL) return;
    this.#shown = performance.now();
    process.stderr.write(`\r${this.#count.toLocaleString('en')} events`);
  }

  /** Leaves the last count standing. */
  end(): void {
    if (process.stderr.isTTY) process.stderr.write(`\r${this.#count.toLocaleString('en')} events\n`);
  }
}
