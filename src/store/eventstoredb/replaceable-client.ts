import type { EventStoreDBClient, StreamingRead } from '@eventstore/db-client';
import { withTimeout } from '../../shared/with-timeout.js';
import { connect } from './eventstoredb-client.js';
import { isStuck, unavailable } from './eventstoredb-errors.js';

/** A client of EventStoreDB that is replaced by a new one when it is stuck. */
export class ReplaceableClient {
  /** The time limit of a call, in milliseconds. */
  readonly callLimit: number;
  /** May contain a password. */
  readonly connectionString: string;
  readonly #replaced = new Set<EventStoreDBClient>();
  #client: EventStoreDBClient;

  constructor(connectionString: string, callLimit: number) {
    this.callLimit = callLimit;
    this.connectionString = connectionString;
    this.#client = connect(connectionString);
  }

  get current(): EventStoreDBClient {
    return this.#client;
  }

  /**
   * Reads with the present client, within the time limit of a call. A read that fails is cancelled.
   * @throws StoreUnavailable, or what `collect` throws for another reason
   */
  async read<Event, Result>(
    begin: (client: EventStoreDBClient) => StreamingRead<Event>,
    collect: (events: StreamingRead<Event>) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    const client = this.#client;
    const events = begin(client);
    try {
      return await withTimeout(collect(events), this.callLimit, signal);
    } catch (error) {
      events.cancel().catch(() => {});
      this.leaveStuck(client, error);
      throw this.unavailable(error);
    }
  }

  /** Replaces a client that is stuck. Its calls may still finish within their time limit, since a late answer is still an answer. */
  leaveStuck(client: EventStoreDBClient, error: unknown): void {
    if (!isStuck(error) || client !== this.#client) return;
    this.#client = connect(this.connectionString);
    this.#replaced.add(client);
    const dispose = () => client.dispose().finally(() => this.#replaced.delete(client));
    setTimeout(dispose, this.callLimit).unref();
  }

  /** Converts the error of a failed read for the caller. */
  unavailable(error: unknown): unknown {
    return unavailable(error, this.connectionString);
  }

  /** Closes all clients. Resolves when none has a stream left. */
  async dispose(): Promise<void> {
    await Promise.all([this.#client, ...this.#replaced].map((client) => client.dispose()));
  }
}
