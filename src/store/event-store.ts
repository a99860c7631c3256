/** The categories of streams: an account's keys, how keys are used, who read the history, and what became of the log itself. */
export const CATEGORIES = ['apiKeys', 'apiKeyUsage', 'apiKeyReads', 'apiKeyLog'] as const;
export type Category = (typeof CATEGORIES)[number];

/** Who caused an event, when, and in the course of what. */
export interface Metadata {
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  actor: string;
  correlationId: string;
  causationId?: string | undefined;
}

/** An event that is to be written. The id is a UUID, chosen once: a retry gives the same. */
export interface NewEvent {
  id: string;
  type: string;
  /** The shape of `data`, counted from 1 for each type. */
  schemaVersion: number;
  data: object;
  metadata: Metadata;
}

/** What is stored where an event of ours should be: torn JSON, or JSON of another shape. */
export interface Damage {
  /** Why it cannot be read. It repeats nothing of what is stored. */
  reason: string;
  /** What is stored, as text. */
  data: string;
  metadata: string;
}

/** An event as it is stored, before any upcasting. */
export interface RecordedEvent extends NewEvent {
  /** Set where data or metadata are not what is stored, but the part of it that could be read; nobody may rely on them. */
  damage?: Damage | undefined;
  stream: string;
  /** The event's place in its stream, from 1. */
  version: number;
  /** The event's place among all events of the store: ordered, with gaps, and of no other meaning. */
  position: number;
}

/** What the clock of a store's server showed. */
export interface ServerTime {
  /** In milliseconds since 1970. */
  time: number;
  /** When it showed that, by `performance.now()`. */
  at: number;
  /** How far off that may be, in milliseconds. */
  uncertainty: number;
}

/** The clock of a store's server. */
export interface ServerClock {
  /** Asks what it shows. Rejects where it cannot be asked. */
  ask(): Promise<ServerTime>;
  /** Has the listener told, from now on, what it showed when it stored an event of this process, once that is read back. */
  onAppended(listener: (time: ServerTime) => void): void;
}

/**
 * A ledger of streams. Every read yields pages, so that any number of events fits into memory.
 * Where a store cannot be reached, every method throws or rejects with `StoreUnavailable`.
 */
export interface EventStore {
  /** What kind of store this is; positions of different kinds do not compare. */
  readonly kind: string;

  /** Undefined where there is no server, and so no other clock than that of this process. */
  readonly serverClock?: ServerClock;

  /** Whether the log takes no more events, because it is being moved or was moved; undefined where no log ever is. */
  isSealed?(): boolean;

  /** The stream's events whose version is greater than `after`; none where there is no stream. `signal` ends the wait. */
  read(stream: string, after?: number, signal?: AbortSignal): AsyncIterable<RecordedEvent[]>;

  /** The category's events whose position is greater than `after`, in commit order; ends at the present. */
  readAll(category: Category, after?: number): AsyncIterable<RecordedEvent[]>;

  /**
   * `readAll`, then each new event, until the signal aborts, or the store drops the follower: then follow again from the last
   * position, once the log has been recognised. An empty page says that at this moment there was nothing further; an idle store
   * says so again and again, at least every few seconds.
   * @throws LogSealed once the log was moved to another store, LogMismatch once the file behind it was replaced
   */
  follow(category: Category, after: number, signal: AbortSignal): AsyncIterable<RecordedEvent[]>;

  /**
   * Appends all events or none, durably. `version` is how many events the stream must hold, 0 for no stream. The same
   * ids at the same version again succeed, and write nothing. `signal` ends the wait.
   * @returns the stream's new version
   * @throws VersionConflict, OutcomeUnknown, StoreUnavailable, LogSealed, LogMismatch
   */
  append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number>;

  /**
   * Removes what a stream of usage, or of a day's reads, holds, once nothing needs it and nobody appends to it any more. The store may take its
   * time: until then all of it can be read, or a beginning. No position is ever used again. `signal` ends the wait.
   * @throws StoreUnavailable, LogSealed, Error for a stream of any other category
   */
  prune(stream: string, signal?: AbortSignal): Promise<void>;

  /** Lets appends in flight finish, then lets the store go. */
  close(): Promise<void>;
}

const PRUNABLE = /^apiKeyUsage-|^apiKeyReads-\d{4}-\d{2}-\d{2}-/;

/** @throws Error where the stream is of a category of which nothing may ever be removed */
export function requirePrunable(stream: string): void {
  if (!PRUNABLE.test(stream)) throw new Error(`Stream ${stream} is never removed: it holds no usage, and no reads of a day.`);
}

/** The stream holds another number of events than the append was decided on; nothing was written. */
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

/** The store took the append, and nobody knows whether it kept it. Retry with the same ids at the same version. */
export class OutcomeUnknown extends Error {
  readonly code = 'OUTCOME_UNKNOWN';
  constructor(options?: ErrorOptions) {
    super(
      'The store did not say in time whether the change was made. Look at the keys before you try again; with the same idempotencyKey a second try makes no second key.',
      options,
    );
  }
}

/** The log was sealed before it was moved to another store; nothing was written, and nothing will be. */
export class LogSealed extends Error {
  readonly code = 'LOG_SEALED';
  constructor(options?: ErrorOptions) {
    super(
      'This log was moved to another store and takes no more events. Point KEYLEDGER_STORE at the new one and restart.',
      options,
    );
  }
}

/** The store holds another log than the one that is expected, or not all of it; nothing was written. */
export class LogMismatch extends Error {
  readonly code = 'LOG_MISMATCH';
  /** @param message for who runs the server; by default, what anybody may be told */
  constructor(
    message = "The event log lacks events, or is another log: nothing is verified and nothing is changed. The server's log says what is wrong, and what to do.",
  ) {
    super(message);
  }
}

/** The log is one that no release has written; nothing was read, and nothing was changed. */
export class OldFormat extends Error {
  readonly code = 'OLD_FORMAT';
  /** @param log what holds it, as a message begins: a file's path, or the server */
  constructor(log: string) {
    super(
      `${log} holds a log of format 1, from before the first release; this Keyledger reads format 2 only. Use an empty store, or the Keyledger that wrote this one.`,
    );
  }
}

/** The store cannot be reached or does not answer; an append that ends so has written nothing. */
export class StoreUnavailable extends Error {
  readonly code = 'STORE_UNAVAILABLE';
  constructor(options?: ErrorOptions) {
    super('The event store cannot be reached. Nothing was changed; try again later.', options);
  }
}
