import type { RecordedEvent } from '../../store/event-store.js';
import { accountOf } from '../../store/streams.js';

interface Waiter {
  version: number;
  resolve(): void;
}

/** Lets callers wait until an account's events are projected: for a version, never for a time. */
export class ReadYourWrites {
  readonly #projected: (account: string) => number;
  readonly #waiters = new Map<string, Set<Waiter>>();

  /** @param projected returns the version of the account's stream that has been projected so far */
  constructor(projected: (account: string) => number) {
    this.#projected = projected;
  }

  /** Resolves once that version of the account's stream is projected. */
  reached(account: string, version: number): Promise<void> {
    if (this.#isProjected(account, version)) return Promise.resolve();
    return new Promise((resolve) => {
      const waiters = this.#waiters.get(account) ?? new Set();
      this.#waiters.set(account, waiters.add({ version, resolve }));
    });
  }

  /** Notifies of events that are in the tables now; with none, that others may have put some there. */
  record(events: RecordedEvent[]): void {
    if (this.#waiters.size === 0) return;
    for (const { stream, version } of events) this.#settle(accountOf(stream), version);
    if (events.length > 0) return;
    for (const account of this.#waiters.keys()) this.#settle(account, this.#projected(account));
  }

  /** If it cannot be known now, the next `note` decides. The caller's events are already written, so its wait must not fail. */
  #isProjected(account: string, version: number): boolean {
    try {
      return this.#projected(account) >= version;
    } catch {
      return false;
    }
  }

  #settle(account: string, version: number): void {
    const waiters = this.#waiters.get(account);
    if (!waiters) return;
    for (const waiter of waiters) {
      if (waiter.version > version) continue;
      waiters.delete(waiter);
      waiter.resolve();
    }
    if (waiters.size === 0) this.#waiters.delete(account);
  }
}
