import { setImmediate as nextTurn } from 'node:timers/promises';
import { inParts } from '../../shared/in-parts.js';

/** How many feeds are woken in a turn of the event loop: each of them looks at the history at once. */
const PART = { count: 50 };

/** A feed that has seen everything so far. */
interface Waiting {
  account: string | undefined;
  /** The end of its time range, in milliseconds since 1970. */
  to: number | undefined;
  wake: () => void;
}

/**
 * The feeds that wait for news, by the account that they ask for. An event costs only what the feeds cost that it concerns. If these are
 * many, they are woken in parts, and other work has its turn in between.
 */
export class WaitingFeeds {
  /** Under `undefined`, the feeds of all accounts. */
  readonly #byAccount = new Map<string | undefined, Set<Waiting>>();
  readonly #withEnd = new Set<Waiting>();
  /** Those that are to be woken, in this order. */
  readonly #due = new Set<Waiting>();
  #isWaking = false;

  get isEmpty(): boolean {
    return this.#byAccount.size === 0;
  }

  /** Resolves when the feed is woken, or when the signal aborts. */
  async wait({ account, to }: Pick<Waiting, 'account' | 'to'>, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const waiting = {
        account,
        to,
        wake: () => {
          signal.removeEventListener('abort', waiting.wake);
          this.#remove(waiting);
          resolve();
        },
      };
      signal.addEventListener('abort', waiting.wake);
      this.#add(waiting);
    });
  }

  /** Wakes the feeds that events of these accounts can concern. */
  wake(accounts: Iterable<string>): void {
    for (const account of [undefined, ...accounts]) this.#plan(this.#byAccount.get(account) ?? []);
    void this.#wakeDue();
  }

  wakeAll(): void {
    for (const feeds of this.#byAccount.values()) this.#plan(feeds);
    void this.#wakeDue();
  }

  /** Wakes the feeds whose time range is over. */
  wakeEnded(isOver: (to: number | undefined) => boolean): void {
    this.#plan([...this.#withEnd].filter(({ to }) => isOver(to)));
    void this.#wakeDue();
  }

  #plan(feeds: Iterable<Waiting>): void {
    for (const waiting of feeds) this.#due.add(waiting);
  }

  /** The first part is woken at once. What is planned meanwhile is woken, too. */
  async #wakeDue(): Promise<void> {
    if (this.#isWaking) return;
    this.#isWaking = true;
    for (let [part] = inParts(this.#due, PART); part; [part] = inParts(this.#due, PART)) {
      for (const { wake } of part) wake();
      await nextTurn();
    }
    this.#isWaking = false;
  }

  #add(waiting: Waiting): void {
    const feeds = this.#byAccount.get(waiting.account) ?? new Set();
    this.#byAccount.set(waiting.account, feeds.add(waiting));
    if (waiting.to !== undefined) this.#withEnd.add(waiting);
  }

  #remove(waiting: Waiting): void {
    const feeds = this.#byAccount.get(waiting.account);
    feeds?.delete(waiting);
    if (feeds?.size === 0) this.#byAccount.delete(waiting.account);
    this.#withEnd.delete(waiting);
    this.#due.delete(waiting);
  }
}
