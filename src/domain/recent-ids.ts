/** Ids of the last events, as many as fit into flat memory (some 10 MB). */
export class RecentIds {
  readonly #ids = new Set<string>();
  readonly #limit: number;

  constructor(limit = 100_000) {
    this.#limit = limit;
  }

  /** Remembers the id. @returns false where it is remembered already */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size <= this.#limit) return true;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      break;
    }
    return true;
  }
}
