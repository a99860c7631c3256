import type { RecordedEvent } from '../../store/event-store.js';
import { accountOf } from '../../store/streams.js';

/** Lets commands wait until their account's events are projected: for a version, never for a time. */
export class ReadYourWrites {
  readonly #projected: (account: string) => number;
  readonly #watches = new Map<string, Set<Watch>>();

  /** @param projected returns the version of the account's stream that has been projected so far */
  constructor(projected: (account: string) => number) {
    this.#projected = projected;
  }

  /** Watches the account from now on. Begin before you append: then nothing has to be looked up afterwards. End it in any case. */
  watch(account: string): Watch {
    const watches = this.#watches.get(account) ?? new Set();
    const watch = new Watch(() => {
      if (watches.delete(watch) && watches.size === 0) this.#watches.delete(account);
    });
    this.#watches.set(account, watches.add(watch));
    return watch;
  }

  /** Notifies of events that are in the tables now; with none, that others may have put some there. */
  record(events: RecordedEvent[]): void {
    if (this.#watches.size === 0) return;
    for (const { stream, version } of events)
      for (const watch of this.#watches.get(accountOf(stream)) ?? []) watch.note(version);
    if (events.length > 0) return;
    for (const [account, watches] of this.#watches) {
      const waiting = [...watches].filter(({ isAwaited }) => isAwaited);
      if (waiting.length === 0) continue;
      const version = this.#projected(account);
      for (const watch of waiting) watch.note(version);
    }
  }
}

interface Waiter {
  version: number;
  resolve(): void;
}

/** Tells a command which of its account's events are projected. */
export class Watch {
  readonly #leave: () => void;
  #projected = 0;
  #waiters: Waiter[] = [];
  #isEnded = false;

  constructor(leave: () => void) {
    this.#leave = leave;
  }

  get isAwaited(): boolean {
    return this.#waiters.length > 0;
  }

  /** Records that the account's events up to that version are projected. */
  note(version: number): void {
    if (version <= this.#projected) return;
    this.#projected = version;
    const waiters = this.#waiters;
    if (waiters.length === 0) return;
    this.#waiters = waiters.filter((waiter) => waiter.version > version);
    for (const waiter of waiters) if (waiter.version <= version) waiter.resolve();
    this.#leaveIfOver();
  }

  /** Resolves once that version of the account's stream is projected, also if that is after the end. */
  reached(version: number): Promise<void> {
    if (version <= this.#projected) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ version, resolve }));
  }

  /** Call it when nobody will wait for a further version. */
  end(): void {
    this.#isEnded = true;
    this.#leaveIfOver();
  }

  #leaveIfOver(): void {
    if (this.#isEnded && this.#waiters.length === 0) this.#leave();
  }
}
