/** Remembers at least the last `limit` ids and at most twice as many. Memory is bounded: about 20 MB. */
export class RecentIds {
  readonly #limit: number;
  #older = new Set<string>();
  #newer = new Set<string>();

  constructor(limit = 100_000) {
    this.#limit = limit;
  }

  /**
   * Remembers the id.
   * @returns false if it was remembered already
   */
  add(id: string): boolean {
    if (this.#newer.has(id) || this.#older.has(id)) return false;
    if (this.#newer.size === this.#limit) {
      this.#older = this.#newer;
      this.#newer = new Set();
    }
    this.#newer.add(id);
    return true;
  }
}
