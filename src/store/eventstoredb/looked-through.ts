import type { Category } from '../event-store.js';

/**
 * Remembers stretches of the log in which a follower found no event of a category. A read that begins there can skip them, though others
 * may have written months of usage in between.
 */
export class LookedThrough {
  readonly #stretches = new Map<Category, { after: number; to: number }>();

  /** Records that there is nothing of the category after the first position, up to the second. */
  record(category: Category, after: number, to: number): void {
    if (to > Math.max(after, this.#stretches.get(category)?.to ?? 0)) this.#stretches.set(category, { after, to });
  }

  /** Forgets everything: the server may have another log now. */
  forget(category: Category): void {
    this.#stretches.delete(category);
  }

  /** Where a read of all events after that position may begin. */
  skip(category: Category, after: number): number {
    const stretch = this.#stretches.get(category);
    return stretch && stretch.after <= after && after < stretch.to ? stretch.to : after;
  }
}
