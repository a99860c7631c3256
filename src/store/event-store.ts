/** The categories of streams: the accounts' keys, usage of keys, reads of the history, and events about the log itself. */
export const CATEGORIES = ['apiKeys', 'apiKeyUsage', 'apiKeyReads', 'apiKeyLog'] as const;
export type Category = (typeof CATEGORIES)[number];

/** An event's time, actor and correlation. */
export interface Metadata {
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  actor: string;
  correlationId: string;
  causationId?: string | undefined;
}

/** Metadata as a store holds them: any member may be missing or of another type. */
export type StoredMetadata = { [Name in keyof Metadata]?: unknown };

/** The event's time in milliseconds since 1970; NaN if it has none. */
export function timeOf({ metadata: { at } }: { metadata: StoredMetadata }): number {
  return typeof at === 'string' ? Date.parse(at) : Number.NaN;
}

/** An event to be written. The id is a UUID that is chosen once; a retry uses the same one. */
export interface NewEvent {
  id: string;
  type: string;
  /** The version of the shape of `data`, counted from 1 for each type. */
  schemaVersion: number;
  data: object;
  metadata: StoredMetadata;
}

/** Stored content that is not a valid event: torn JSON, or JSON of another shape. */
interface Damage {
  /** Why it cannot be read. Does not quote the stored content. */
  reason: string;
  /** The stored content, as text. */
  data: string;
  metadata: string;
}

/** What a follower of a log receives. */
export interface FollowedPage {
  /** The next events, in commit order. */
  events: RecordedEvent[];
  /**
   * Set if the log held nothing after these events at some moment after this instant, by `performance.now()`. That is older than the page
   * by the time that the page waited for its follower.
   */
  provenAt?: number | undefined;
  /** True if the log was moved and ends with these events. What is appended to the log's new place is not known here. */
  isMoved?: boolean | undefined;
}

/** An event as it is stored, before any upcasting. */
export interface RecordedEvent extends NewEvent {
  /**
   * Set if the stored data or metadata are malformed. `data` and `metadata` then hold only the readable part and must not be relied on.
   */
  damage?: Damage | undefined;
  stream: string;
  /** The event's version: its place in its stream, from 1. */
  version: number;
  /** The event's position among all events of the store: ordered, with gaps, otherwise opaque. */
  position: number;
  /** When the store committed it, by the store's clock, in milliseconds since 1970; undefined if the store does not keep that. */
  committedAt?: number | undefined;
}

/** A reading of the clock of a store's server. */
export interface ServerTime {
  /** The time that the clock showed, in milliseconds since 1970. */
  time: number;
  /** When the clock showed it, by `performance.now()`. */
  at: number;
  /** The possible error of the reading, in milliseconds. */
  uncertainty: number;
}

/** The clock of a store's server. */
export interface ServerClock {
  /** Reads the clock. Rejects if the server does not tell its time. */
  ask(): Promise<ServerTime>;
  /** Calls the listener, from now on, with the server's time of each event that this process appended, once the event is read back. */
  onAppended(listener: (time: ServerTime) => void): void;
}

/**
 * A ledger of streams. Reads yield pages, so memory does not limit the number of events. If the store cannot be reached, every method
 * throws or rejects with `StoreUnavailable`.
 */
export interface EventStore {
  /** The kind of store. Positions of different kinds cannot be compared. */
  readonly kind: string;

  /** Undefined if there is no server, so that the only clock is that of this process. */
  readonly serverClock?: ServerClock;

  /** True if the log takes no more events because it is being moved or was moved. Undefined for stores whose logs are never moved. */
  isSealed?(): boolean;

  /** Reads the stream's events with a version greater than `after`; none if the stream does not exist. `signal` cancels the read. */
  read(stream: string, after?: number, signal?: AbortSignal): AsyncIterable<RecordedEvent[]>;

  /** Reads the category's events with a position greater than `after`, in commit order. Ends at the present. */
  readAll(category: Category, after?: number): AsyncIterable<RecordedEvent[]>;

  /**
   * Like `readAll`, then yields each new event, until the signal aborts or the store drops the follower. If it is dropped, recognise the
   * log again, then follow from the last position. An idle store proves at least every few seconds that there is nothing further.
   * @throws LogSealed after the last event if the log was moved to another store, LogMismatch if the file behind it was replaced
   */
  follow(category: Category, after: number, signal: AbortSignal): AsyncIterable<FollowedPage>;

  /**
   * Names the last event of the whole log, of any category, as of a moment ago. As long as the name is the same, and the connection was not
   * lost, nothing was written. Resolves to undefined if it cannot be named now; the method is undefined for a store whose reads cost little.
   * @throws StoreUnavailable
   */
  lastEvent?(): Promise<string | undefined>;

  /** Makes idle followers look at the log at once. Undefined if a look costs too much. */
  lookAgain?(): void;

  /**
   * Resolves once the node that answers reads has shown, after this call, that it leads the store's cluster: then reads give all that was
   * acknowledged before the call. A leader that was paused answers as of before, until it notices that the others have elected another.
   * Undefined for a store without a cluster.
   * @throws StoreUnavailable
   */
  requireLeader?(signal?: AbortSignal): Promise<void>;

  /**
   * Appends all events or none, durably. `version` is the number of events that the stream must hold, 0 for no stream. Appending the same
   * ids at the same version again succeeds and writes nothing. `signal` cancels the wait.
   * @returns the stream's new version
   * @throws VersionConflict, OutcomeUnknown, StoreUnavailable, LogSealed, LogMismatch
   */
  append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number>;

  /**
   * Removes the events of a stream of usage or of one day's reads. Call it only if nothing needs them and nobody appends to the stream any
   * more. The store may remove them later; until then, all of them or the first ones can be read. Positions are never reused. `signal`
   * cancels the wait.
   * @throws StoreUnavailable, LogSealed, Error for a stream of any other category
   */
  prune(stream: string, signal?: AbortSignal): Promise<void>;

  /** Waits for appends in flight, then closes the store. */
  close(): Promise<void>;
}

/** Pages of a reader, as pages of a follower that do not tell whether there is anything further. */
export async function* unproven(pages: AsyncIterable<RecordedEvent[]>): AsyncGenerator<FollowedPage> {
  for await (const events of pages) yield { events };
}

const PRUNABLE = /^apiKeyUsage-|^apiKeyReads-\d{4}-\d{2}-\d{2}-/;

/** @throws Error if the stream is of a category from which nothing may be removed */
export function requirePrunable(stream: string): void {
  if (!PRUNABLE.test(stream)) throw new Error(`Stream ${stream} cannot be removed: only usage and daily access records can.`);
}

/** The stream's version is not the one that the append was decided on. Nothing was written. */
export class VersionConflict extends Error {
  readonly code = 'VERSION_CONFLICT';
  constructor(
    readonly stream: string,
    readonly expected: number,
    readonly actual: number,
  ) {
    super(`Stream ${stream} is at version ${actual}, not ${expected}.`);
  }
}

/** The append was sent, but it is unknown whether it was stored. Retry with the same ids at the same version. */
export class OutcomeUnknown extends Error {
  readonly code = 'OUTCOME_UNKNOWN';
  constructor(options?: ErrorOptions) {
    super(
      'The store did not say in time whether the change was made. Look at the keys before you try again. With the same idempotencyKey, a second try creates no second key.',
      options,
    );
  }
}

/** The log was sealed before it was moved to another store. Nothing was written, and nothing will be. */
export class LogSealed extends Error {
  readonly code = 'LOG_SEALED';
  constructor(options?: ErrorOptions) {
    super(
      'This log was moved to another store and takes no more events. Point KEYLEDGER_STORE at the new one and restart.',
      options,
    );
  }
}

/** The store holds another log than expected, or only a part of it. Nothing was written. */
export class LogMismatch extends Error {
  readonly code = 'LOG_MISMATCH';
  /** @param message for the operator; the default may be shown to anybody */
  constructor(
    message = "The event log lacks events, was changed, or is another log, so no key is verified and nothing is changed. The server's log says what is wrong and what to do.",
  ) {
    super(message);
  }
}

/** The log has a format that no release has written. Nothing was read and nothing was changed. */
export class OldFormat extends Error {
  readonly code = 'OLD_FORMAT';
  /** @param log the file's path or the server, as the start of the message */
  constructor(log: string) {
    super(
      `${log} holds a log of format 1, from before the first release. This Keyledger reads format 2 only. Use an empty store, or the Keyledger that wrote the log.`,
    );
  }
}

/** The store cannot be reached or does not answer. An append that fails with it has written nothing. */
export class StoreUnavailable extends Error {
  readonly code = 'STORE_UNAVAILABLE';
  /** Which store it is, why it does not answer, and what to do. It is for the operator, and is never shown to clients. */
  readonly detail: string | undefined;
  constructor({ detail, ...options }: ErrorOptions & { detail?: string } = {}) {
    super('The event store cannot be reached. Nothing was changed. Try again later.', options);
    this.detail = detail;
  }
}
