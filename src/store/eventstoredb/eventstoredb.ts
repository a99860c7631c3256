import {
  type AppendResult,
  type EventStoreDBClient,
  NO_STREAM,
  type ResolvedEvent,
  type StreamingRead,
  StreamNotFoundError,
  UnknownError,
} from '@eventstore/db-client';
import { unlessAborted } from '../../shared/unless-aborted.js';
import { withTimeout } from '../../shared/with-timeout.js';
import { type Batch, BatchSize, sizeOfEvent } from '../batch.js';
import {
  type Category,
  type EventStore,
  type FollowedPage,
  type NewEvent,
  OutcomeUnknown,
  type RecordedEvent,
  requirePrunable,
  StoreUnavailable,
} from '../event-store.js';
import { CategoryFeeds } from './category-feeds.js';
import { CategoryReader } from './category-reader.js';
import { EventStoreDbClock } from './eventstoredb-clock.js';
import { fromEventStoreDb, toEventStoreDb } from './eventstoredb-codec.js';
import { refusal, StreamRemoved } from './eventstoredb-errors.js';
import { PAGE } from './eventstoredb-subscription.js';
import { LeaderProof } from './leader-proof.js';
import { LeaderReads } from './leader-reads.js';
import { LogEndReader } from './log-end.js';
import { ReplaceableClient } from './replaceable-client.js';
import { ServerSupport } from './server-support.js';

/** The maximum age of the events of a pruned stream, in seconds (`$maxAge`). */
const PRUNED_AGE = 1;

/** Its metadata are written to prove that a node leads. It has no events, and the server shows only its last metadata. */
const LEADER_STREAM = 'keyledgerLeader';

/** The time limit of a call, in milliseconds. Without it, a frozen server would hold an append for some 20 s. */
const CALL_LIMIT = 4000;

/** After this silence, in milliseconds, a follower checks whether it has missed anything. A small `staleness` shortens it. */
const PROBE_INTERVAL = 2000;

export interface EventStoreDbOptions {
  /** The maximum time, in milliseconds, between a follower's proofs that it has missed nothing. */
  staleness?: number | undefined;
  /** The time limit of a call, in milliseconds. */
  callLimit?: number | undefined;
}

/**
 * The event log in an EventStoreDB cluster. Every call requires the leader, since a follower's answers may be outdated; those of a former
 * leader may, too, so see `requireLeader`. A process may have only one store: the client shares pending appends across its whole module.
 */
export class EventStoreDbEventStore implements EventStore {
  static #open: EventStoreDbEventStore | undefined;

  readonly kind = 'eventstoredb';
  readonly serverClock: EventStoreDbClock;
  readonly #client: ReplaceableClient;
  readonly #pending = new Set<Promise<void>>();
  readonly #reader: CategoryReader;
  readonly #end: LogEndReader;
  readonly #feeds: CategoryFeeds;
  readonly #support: ServerSupport;
  readonly #leader = new LeaderProof(() => this.#writeAsLeader());

  /**
   * @param connectionString `esdb://…` or `esdb+discover://…`; the constructor does not connect
   * @throws Error if the process has another one that is not closed
   */
  constructor(
    connectionString: string,
    { staleness = Number.POSITIVE_INFINITY, callLimit = CALL_LIMIT }: EventStoreDbOptions = {},
  ) {
    if (EventStoreDbEventStore.#open) {
      throw new Error(
        "This process has an open EventStoreDB store already. Close that one first: two stores would reject each other's appends.",
      );
    }
    this.#client = new ReplaceableClient(connectionString, callLimit);
    this.#support = new ServerSupport(this.#client);
    this.serverClock = new EventStoreDbClock(connectionString, () => this.#client.current);
    // Leaves time for two probes with slow answers.
    const probeInterval = Math.min(PROBE_INTERVAL, staleness / 4);
    const leader = new LeaderReads(this.#client, () => this.requireLeader());
    this.#end = new LogEndReader({ client: this.#client, leader, sharedFor: probeInterval / 2 });
    this.#reader = new CategoryReader({
      client: this.#client,
      onStored: (id, created) => this.serverClock.stored(id, created),
      leader,
      end: this.#end,
      probeInterval,
    });
    this.#feeds = new CategoryFeeds(this.#reader);
    EventStoreDbEventStore.#open = this;
  }

  /**
   * Checks whether this program can work with the server and its log. If the server does not answer, the check happens before the first
   * event is read or written.
   * @throws UnsupportedServer, OldFormat
   */
  async check(): Promise<void> {
    await this.#support.require().catch((error: unknown) => {
      if (!(error instanceof StoreUnavailable)) throw error;
    });
  }

  async *read(stream: string, after = 0, signal?: AbortSignal): AsyncGenerator<RecordedEvent[]> {
    for (let from = after; ; ) {
      const { items: page, isLast } = await this.#readPage(stream, from, signal);
      if (page.length > 0) yield page;
      if (isLast) return;
      from = page.at(-1)?.version ?? from;
    }
  }

  async *readAll(category: Category, after = 0): AsyncGenerator<RecordedEvent[]> {
    await this.#support.require();
    yield* this.#reader.toPresent(category, after);
  }

  async *follow(category: Category, after: number, signal: AbortSignal): AsyncGenerator<FollowedPage> {
    await this.#support.require();
    yield* this.#feeds.follow(category, after, signal);
  }

  async lastEvent(): Promise<string | undefined> {
    await this.#support.require();
    return (await this.#end.read())?.name;
  }

  /** It leads if a majority stores what it is sent. */
  async requireLeader(signal?: AbortSignal): Promise<void> {
    await this.#support.require(signal);
    await (signal ? unlessAborted(this.#leader.require(), signal) : this.#leader.require()).catch((error: unknown) => {
      throw this.#client.unavailable(error);
    });
  }

  async append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number> {
    await this.#support.require(signal);
    if (signal?.aborted) throw this.#client.unavailable(signal.reason);
    const client = this.#client.current;
    const acknowledge = this.serverClock.sending(events);
    const call = client.appendToStream(stream, events.map(toEventStoreDb), {
      expectedRevision: version === 0 ? NO_STREAM : BigInt(version - 1),
      requiresLeader: true,
    });
    const result = await this.#written(client, call, signal).catch((error: unknown) => {
      throw refusal(stream, version, error, this.#client.connectionString);
    });
    acknowledge();
    if (!result.success) throw new OutcomeUnknown();
    return newVersion(stream, version + events.length, result);
  }

  /** The server hides the stream's events at once and removes them when it scavenges. */
  async prune(stream: string, signal?: AbortSignal): Promise<void> {
    requirePrunable(stream);
    await this.#support.require(signal);
    const client = this.#client.current;
    try {
      const asked = client.getStreamMetadata(stream, { requiresLeader: true });
      const { metadata } = await withTimeout(asked, this.#client.callLimit, signal);
      if (metadata?.maxAge === PRUNED_AGE) return;
      const call = client.setStreamMetadata(stream, { ...metadata, maxAge: PRUNED_AGE }, { requiresLeader: true });
      await this.#written(client, call, signal);
    } catch (error) {
      this.#client.leaveStuck(client, error);
      throw this.#client.unavailable(error);
    }
  }

  async close(): Promise<void> {
    await withTimeout(Promise.all(this.#pending), this.#client.callLimit).catch(() => {});
    await withTimeout(this.#client.dispose(), this.#client.callLimit).catch(() => {});
    if (EventStoreDbEventStore.#open === this) EventStoreDbEventStore.#open = undefined;
  }

  /** Awaits a sent append. The store is not closed before it ends. */
  async #written(client: EventStoreDBClient, call: Promise<AppendResult>, signal?: AbortSignal): Promise<AppendResult> {
    const settled: Promise<void> = call.catch(() => {}).then(() => void this.#pending.delete(settled));
    this.#pending.add(settled);
    try {
      return await withTimeout(call, this.#client.callLimit, signal);
    } catch (error) {
      await this.#mend(client, error, signal);
      throw error;
    }
  }

  async #readPage(stream: string, from: number, signal?: AbortSignal): Promise<Batch<RecordedEvent>> {
    await this.#support.require(signal);
    const options = { fromRevision: BigInt(from), maxCount: PAGE, requiresLeader: true };
    return this.#client.read((client) => client.readStream(stream, options), collect, signal);
  }

  async #writeAsLeader(): Promise<void> {
    const client = this.#client.current;
    await this.#written(client, client.setStreamMetadata(LEADER_STREAM, {}, { requiresLeader: true }));
    if (client !== this.#client.current) throw new StoreUnavailable({ cause: new Error('The client was replaced meanwhile.') });
  }

  /** Restores a client with which an append can succeed. */
  async #mend(client: EventStoreDBClient, error: unknown, signal: AbortSignal | undefined): Promise<void> {
    this.#client.leaveStuck(client, error);
    if (error instanceof UnknownError) await this.#findLeader(signal);
  }

  /** A refused read makes the client look for the new leader; a refused append does not. */
  async #findLeader(signal: AbortSignal | undefined): Promise<void> {
    await this.#readPage('$keyledger-leader', 0, signal).catch(() => {});
  }
}

/** If an operator has deleted the stream, the append succeeds and continues its old numbering. */
function newVersion(stream: string, expected: number, { nextExpectedRevision }: AppendResult): number {
  const actual = Number(nextExpectedRevision) + 1;
  if (actual !== expected) {
    throw new StreamRemoved(
      `Stream ${stream} continues with version ${actual} instead of ${expected}: it was deleted or truncated. Restore it from a backup.`,
    );
  }
  return actual;
}

/**
 * Collects up to a page of a read, then cancels the rest. Events that arrive before the cancellation takes effect are read and dropped: a
 * stream with unread events never ends, and the client's `dispose` waits for its end. Empty if the stream does not exist.
 */
async function collect(events: StreamingRead<ResolvedEvent>): Promise<Batch<RecordedEvent>> {
  const items: RecordedEvent[] = [];
  const size = new BatchSize(PAGE);
  try {
    for await (const { event } of events) {
      if (size.isFull) continue;
      const recorded = fromEventStoreDb(event);
      items.push(recorded);
      size.add(sizeOfEvent(recorded));
      if (size.isFull) events.cancel().catch(() => {});
    }
  } catch (error) {
    if (!(error instanceof StreamNotFoundError)) throw error;
  }
  return { items, isLast: !size.isFull };
}
