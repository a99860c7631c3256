import type { LeftOut } from './file-in-filling.js';
import type { Projection, Unread } from './projection.js';

/** Counts the events that projections leave out while they are filled. Those of accounts in quarantine are not left out for good. */
export class LeftOutCounts {
  readonly #counts = new Map<string, number>();

  add({ name, quarantine }: Projection, unread: readonly Unread[]): void {
    if (!quarantine) this.#counts.set(name, (this.#counts.get(name) ?? 0) + unread.length);
  }

  clear(): void {
    this.#counts.clear();
  }

  /** @param isFromZero whether a projection, given its name, was filled from event zero */
  of(projections: readonly Projection[], isFromZero: (projection: string) => boolean): LeftOut[] {
    return projections.map(({ name }) => ({ projection: name, events: this.#counts.get(name) ?? 0, ofAll: isFromZero(name) }));
  }
}
