import type { Category, FollowedPage, RecordedEvent } from '../event-store.js';
import { CategorySubscription, isDropped, toPresent } from './eventstoredb-subscription.js';
import type { LeaderReads } from './leader-reads.js';
import type { LogEndReader } from './log-end.js';
import { LookedThrough } from './looked-through.js';
import type { ReplaceableClient } from './replaceable-client.js';

export interface CategoryReaderOptions {
  client: ReplaceableClient;
  /** Called for each event that is read, with the time at which the server says it stored it. */
  onStored: (id: string, created: Date) => void;
  leader: LeaderReads;
  end: LogEndReader;
  /** After this silence, in milliseconds, check whether a live subscription has missed anything. */
  probeInterval: number;
}

/** Reads the events of a category in commit order, each time with a subscription. */
export class CategoryReader {
  readonly #options: CategoryReaderOptions;
  readonly #lookedThrough = new LookedThrough();

  constructor(options: CategoryReaderOptions) {
    this.#options = options;
  }

  /** Yields the events up to the present. Ends early if the signal aborts. */
  async *toPresent(category: Category, after: number, signal?: AbortSignal): AsyncGenerator<RecordedEvent[]> {
    const { client } = this.#options;
    for (let from = this.#lookedThrough.skip(category, after); !signal?.aborted; ) {
      const { current } = client;
      const subscription = this.#subscribe(category, from);
      const close = () => subscription.close();
      signal?.addEventListener('abort', close);
      try {
        yield* toPresent(subscription, client.callLimit);
        return;
      } catch (error) {
        if (signal?.aborted) return;
        client.leaveStuck(current, error);
        if (!isDropped(error)) throw client.unavailable(error);
      } finally {
        from = subscription.position;
        signal?.removeEventListener('abort', close);
        close();
      }
    }
  }

  /** Yields the events up to the present, and then the proof that there was nothing further. Ends early if the signal aborts. */
  async *proven(category: Category, after: number, signal?: AbortSignal): AsyncGenerator<FollowedPage> {
    const ended = await this.#options.leader.begin();
    for await (const events of this.toPresent(category, after, signal)) yield { events };
    const provenAt = signal?.aborted ? undefined : ended();
    if (provenAt !== undefined) yield { events: [], provenAt };
  }

  /**
   * Yields new events, and proofs that there were none, until the signal aborts or the subscription has to begin again.
   * @param provenAt when the caller began the read that found nothing after that position
   */
  async *live(category: Category, after: number, provenAt: number, signal: AbortSignal): AsyncGenerator<FollowedPage> {
    const subscription = this.#subscribe(category, after);
    const close = () => subscription.close();
    signal.addEventListener('abort', close);
    let from = after;
    try {
      for await (const page of this.#watched(subscription, category, provenAt)) {
        const events = page.events.filter(({ position }) => position > from);
        from = events.at(-1)?.position ?? from;
        this.#lookedThrough.record(category, from, subscription.position);
        if (events.length > 0 || page.provenAt !== undefined) yield { ...page, events };
      }
    } catch (error) {
      if (!signal.aborted && !isDropped(error)) throw this.#options.client.unavailable(error);
    } finally {
      this.#lookedThrough.forget(category);
      signal.removeEventListener('abort', close);
      close();
    }
  }

  /**
   * Yields what a live subscription delivers and, every few seconds, what a read from there returns, if anything was written to the log
   * since the read before: a subscription that died unnoticed is as silent as a healthy one. Ends when its client is replaced.
   */
  async *#watched(subscription: CategorySubscription, category: Category, provenAt: number): AsyncGenerator<FollowedPage> {
    const { client, end, probeInterval } = this.#options;
    const { current } = client;
    /** The log's end before the last read that returned all up to the present. */
    let readTo: string | undefined;
    for (let proven = provenAt; current === client.current; ) {
      const rest = proven + probeInterval - performance.now();
      const news = rest > 0 ? await subscription.next(rest) : 'silence';
      if (typeof news !== 'string') yield { events: news };
      if (news !== 'silence') continue;
      const found = await end.read();
      if (!found) return;
      if (found.name === readTo) {
        proven = found.provenAt;
        yield { events: [], provenAt: proven };
        continue;
      }
      for await (const page of this.proven(category, subscription.position)) {
        proven = page.provenAt ?? proven;
        yield page;
      }
      readTo = found.name;
    }
  }

  #subscribe(category: Category, after: number): CategorySubscription {
    const { client, onStored } = this.#options;
    return new CategorySubscription(client.current, [category], after, onStored);
  }
}
