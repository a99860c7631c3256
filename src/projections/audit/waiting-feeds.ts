/** A feed that has seen everything so far. */
interface Waiting {
  account: string | undefined;
  /** The end of its time range, in milliseconds since 1970. */
  to: number | undefined;
  wake: () => void;
}

/** The feeds that wait for news, by the account that they ask for. An event costs only what the feeds cost that it concerns. */
export class WaitingFeeds {
  /** Under `undefined`, the feeds of all accounts. */
  readonly #byAccount = new Map<string | undefined, Set<Waiting>>();
  readonly #withEnd = new Set<Waiting>();

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
    for (const account of [undefined, ...accounts]) for (const { wake } of this.#byAccount.get(account) ?? []) wake();
  }

  wakeAll(): void {
    for (const feeds of this.#byAccount.values()) for (const { wake } of feeds) wake();
  }

  /** Wakes the feeds whose time range is over. */
  wakeEnded(isOver: (to: number | undefined) => boolean): void {
    for (const { to, wake } of this.#withEnd) if (isOver(to)) wake();
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
  }
}
