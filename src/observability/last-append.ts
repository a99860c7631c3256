import type { ErrorCode } from '../shared/error-codes.js';
import type { Observer, Outcome } from './observer.js';

/** How long a failed append counts if no other follows, in milliseconds: usage is written every ten seconds. */
const MEMORY = 15_000;

/** The error code for each outcome of a failed append. */
const FAILURES: Partial<Record<Outcome, ErrorCode>> = { unavailable: 'STORE_UNAVAILABLE', unknown: 'OUTCOME_UNKNOWN' };

/** Remembers whether the store took the last append. Reads do not show it: a full disk can still be read. */
export class LastAppend {
  #failure: { code: ErrorCode; at: number } | undefined;

  /** Why the store did not take it; undefined if it did, or if that was long ago. */
  failure(): ErrorCode | undefined {
    return this.#failure && performance.now() - this.#failure.at <= MEMORY ? this.#failure.code : undefined;
  }

  readonly observe: Observer = (operation) => ({
    within: (work) => work(),
    end: (outcome) => {
      if (operation === 'append') this.#record(outcome);
    },
  });

  #record(outcome: Outcome): void {
    const code = FAILURES[outcome];
    if (code) this.#failure = { code, at: performance.now() };
    else if (outcome === 'ok' || outcome === 'conflict') this.#failure = undefined;
  }
}
