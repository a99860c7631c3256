import {
  type Category,
  type EventStore,
  type FollowedPage,
  type NewEvent,
  OutcomeUnknown,
  type RecordedEvent,
  StoreUnavailable,
  VersionConflict,
} from '../../src/store/event-store.js';

/** A store that passes everything on to another one, for tests that disturb a call. */
export class StoreDouble implements EventStore {
  constructor(protected readonly store: EventStore) {}

  get kind(): string {
    return this.store.kind;
  }

  isSealed(): boolean {
    return this.store.isSealed?.() ?? false;
  }

  read(stream: string, after?: number, signal?: AbortSignal): AsyncIterable<RecordedEvent[]> {
    return this.store.read(stream, after, signal);
  }

  readAll(category: Category, after?: number): AsyncIterable<RecordedEvent[]> {
    return this.store.readAll(category, after);
  }

  follow(category: Category, after: number, signal: AbortSignal): AsyncIterable<FollowedPage> {
    return this.store.follow(category, after, signal);
  }

  lookAgain(): void {
    this.store.lookAgain?.();
  }

  get requireLeader(): EventStore['requireLeader'] {
    return this.store.requireLeader && (async (signal) => this.store.requireLeader?.(signal));
  }

  append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number> {
    return this.store.append(stream, version, events, signal);
  }

  prune(stream: string, signal?: AbortSignal): Promise<void> {
    return this.store.prune(stream, signal);
  }

  close(): Promise<void> {
    return this.store.close();
  }
}

/**
 * A store whose appends nobody gives up. The last write of a process that stops has a time limit, which a busy machine may exceed: for
 * tests of what is written.
 */
export class PatientAppends extends StoreDouble {
  override append(stream: string, version: number, events: NewEvent[]): Promise<number> {
    return super.append(stream, version, events);
  }
}

/** A store whose feed can be stopped: later appends are acknowledged but not followed until it goes on. */
export class StoppableFeed extends StoreDouble {
  stopped = false;
  readonly #held: (() => void)[] = [];

  goOn(): void {
    this.stopped = false;
    for (const release of this.#held.splice(0)) release();
  }

  override async *follow(category: Category, after: number, signal: AbortSignal): AsyncGenerator<FollowedPage> {
    for await (const page of this.store.follow(category, after, signal)) {
      if (this.stopped && !signal.aborted) {
        await new Promise<void>((resolve) => {
          this.#held.push(resolve);
          signal.addEventListener('abort', () => resolve());
        });
      }
      if (signal.aborted) return;
      yield page;
    }
  }
}

/**
 * A leader that was paused, and does not know that it leads no longer: its streams end where they ended before, until somebody requires the
 * leader. Only requests are answered so; the reads of the log guard have no signal.
 */
export class FormerLeader extends StoreDouble {
  /** How many events of each stream it shows; undefined once the new leader is found. */
  shown: number | undefined;

  override get requireLeader() {
    return async () => {
      if (this.shown === undefined) return;
      // The next try finds the new one.
      this.shown = undefined;
      throw new StoreUnavailable();
    };
  }

  override async *read(stream: string, after?: number, signal?: AbortSignal): AsyncGenerator<RecordedEvent[]> {
    const end = (signal && this.shown) ?? Number.POSITIVE_INFINITY;
    for await (const page of this.store.read(stream, after, signal)) {
      const shown = page.filter(({ version }) => version <= end);
      if (shown.length > 0) yield shown;
    }
  }

  override async append(stream: string, version: number, events: NewEvent[]): Promise<number> {
    if (this.shown !== undefined && version < this.shown) throw new VersionConflict(stream, version, this.shown);
    return this.store.append(stream, version, events);
  }
}

/** A leader that was paused, and lacks the newest events: the stream of one account. The new leader is found once it is required. */
export class PausedLeader extends StoreDouble {
  lacks: string | undefined;

  override get requireLeader() {
    return async () => {
      this.lacks = undefined;
    };
  }

  override read(stream: string, after?: number): AsyncIterable<RecordedEvent[]> {
    return this.#shown(super.read(stream, after));
  }

  override readAll(category: Category, after?: number): AsyncIterable<RecordedEvent[]> {
    return this.#shown(super.readAll(category, after));
  }

  async *#shown(pages: AsyncIterable<RecordedEvent[]>): AsyncGenerator<RecordedEvent[]> {
    for await (const page of pages) yield page.filter(({ stream }) => stream !== this.lacks);
  }
}

/** A store that loses answers: the append is made, and the caller gets an error. */
export class LosingAnswers extends StoreDouble {
  /** The errors of the next appends, thrown after the append or instead of it. */
  readonly faults: { error: Error; written: boolean }[] = [];
  /** The ids and version of every attempted append. */
  readonly tried: { ids: string[]; version: number }[] = [];
  /** Called before each attempted append, with their number so far. */
  onTried: (tries: number) => Promise<void> = async () => {};

  override async append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number> {
    this.tried.push({ ids: events.map(({ id }) => id), version });
    await this.onTried(this.tried.length);
    const fault = this.faults.shift();
    if (!fault) return this.store.append(stream, version, events, signal);
    if (fault.written) await this.store.append(stream, version, events, signal);
    throw fault.error;
  }
}

/** A store whose appends to streams with that prefix hang until they are released or the caller gives up. */
export class HangingAppends extends StoreDouble {
  /** How many appends have hung. */
  tried = 0;
  release: () => void = () => {};
  readonly #released = new Promise<void>((resolve) => {
    this.release = resolve;
  });

  constructor(
    store: EventStore,
    private readonly prefix = '',
  ) {
    super(store);
  }

  override async append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number> {
    if (stream.startsWith(this.prefix)) await this.#hang(signal);
    return this.store.append(stream, version, events, signal);
  }

  async #hang(signal: AbortSignal | undefined): Promise<void> {
    this.tried += 1;
    const gaveUp = new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new OutcomeUnknown())));
    await Promise.race([this.#released, gaveUp]);
  }
}

/** All events of a stream. */
export async function eventsOf(store: EventStore, stream: string): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of store.read(stream)) events.push(...page);
  return events;
}
