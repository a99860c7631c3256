import type { HistoryProjection } from '../../projections/audit/history.js';

/** The account versions that a request has created or has named as a minimum. Its later reads must include them. */
export class RequiredVersions {
  readonly #versions = new Map<string, number>();

  get isEmpty(): boolean {
    return this.#versions.size === 0;
  }

  add(account: string, version: number): void {
    this.#versions.set(account, Math.max(version, this.#versions.get(account) ?? 0));
  }

  areIn(history: Pick<HistoryProjection, 'version'>): boolean {
    return [...this.#versions].every(([account, version]) => history.version(account) >= version);
  }
}
