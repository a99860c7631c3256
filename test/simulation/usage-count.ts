import type { UsageProjection } from '../../src/projections/usage/usage.js';
import { Violation } from './violation.js';

/** How often keys were used, as the clients know it. */
export class UsageCount {
  readonly #uses = new Map<string, number>();

  record(keyId: string): void {
    this.#uses.set(keyId, (this.#uses.get(keyId) ?? 0) + 1);
  }

  /**
   * Compares the counts of a projection that has read the whole log.
   * @param mayLack true if a process died before it had written what it had counted, or has said that it could not write it
   */
  require(usage: UsageProjection, mayLack: boolean): void {
    for (const [keyId, uses] of this.#uses) {
      const counted = usage.daily(keyId, '2000-01-01', '2100-01-01').reduce((sum, { count }) => sum + count, 0);
      if (counted > uses) throw new Violation('no use is counted twice', `${keyId}: ${counted} instead of ${uses}`);
      if (counted < uses && !mayLack) throw new Violation('no use is lost', `${keyId}: ${counted} instead of ${uses}`);
    }
  }
}
