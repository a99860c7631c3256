import type { Category } from './event-store.js';

/**
 * Remembers stretches of the log that hold nothing of a category, because a follower has looked through them: a read that begins
 * there need not look through what others wrote since, which may be the uses of months.
 */
export class LookedThrough {
  readonly #stretches = new Map<Category, { after: number; to: number }>();

  /** There is nothing of the category after the one position, up to the other. */
  note(category: Category, after: number, to: number): void {
    if (to > Math.max(after, this.#stretches.get(category)?.to ?? 0)) this.#stretches.set(category, { after, to });
  }

  /** Nothing is known any more: the server may have another log now. */
  forget(category: Category): void {
    this.#stretches.delete(category);
  }

  /** Where a read of all that comes after that position may begin. */
  skip(category: Category, after: number): number {
    const stretch = this.#stretches.get(category);
    return stretch && stretch.after <= after && after < stretch.to ? stretch.to : after;
  }
}
