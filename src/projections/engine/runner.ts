import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Database } from 'better-sqlite3';
import type { Logger } from 'pino';
import { Backoff } from '../../shared/backoff.js';
import { type ErrorCode, errorCodeOf } from '../../shared/error-codes.js';
import { untilUnlocked } from '../../shared/until-unlocked.js';
import { BatchSize, sizeOfText } from '../../store/batch.js';
import { type EventStore, LogMismatch, type RecordedEvent } from '../../store/event-store.js';
import { storedText } from '../../store/stored-json.js';
import { CaughtUp, NotCaughtUp } from './caught-up.js';
import { whenUnlocked } from './database.js';
import { Expectations } from './expectations.js';
import { Healing } from './healing.js';
import { difference, PositionTable } from './position.js';
import type { Projection, Unread } from './projection.js';
import type { Readable } from './readable.js';
import { AnyLog, type Recognition } from './recognition.js';
import { isEmpty } from './tables.js';
import { takeTurn } from './turn.js';

/** The waits after failures. */
const BACKOFF = { first: 50, longest: 1000 };

/**
 * The maximum number of events in a transaction until the projection has caught up. It is large because ids are random and each commit
 * writes every page that they touch.
 */
const CATCH_UP_BATCH = 6000;

/** The state of a running projection. */
export interface ProjectionStatus {
  name: string;
  /** The position of the last applied event. */
  position: number;
  /** How many milliseconds ago it held all that the log held; undefined before the first time. */
  age: number | undefined;
  /** Why it does not go on; undefined while it does. The process's log has details. */
  failure: ErrorCode | undefined;
  /** The number of accounts in quarantine. */
  quarantined: number;
  /** The number of unreadable events that this process has left out. */
  leftOut: number;
}

export interface RunnerOptions<P extends Projection> {
  database: Database;
  store: EventStore;
  projection: P;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** By default, any log is accepted. */
  recognition?: Recognition;
  /**
   * Called with events once they are in the tables, whichever process put them there; called with none when the tables hold all that the
   * log holds.
   */
  onProjected?: (events: RecordedEvent[]) => void;
  /** Called with the same events, except those with which the tables are being filled. */
  onLive?: (projection: string, events: RecordedEvent[]) => void;
  /** How long to rest after it has caught up, in milliseconds. Events that arrive meanwhile share a transaction. */
  rest?: number;
}

/** The events that are in the tables now, and those among them that could not be read. */
interface Taken {
  taken: RecordedEvent[];
  unread: Unread[];
}

/** Another process emptied the tables that this one was filling. */
class PositionLost extends Error {}

/** Keeps one projection filled for as long as the process lives. Events and position are saved in one transaction. */
export class ProjectionRunner<P extends Projection> implements Readable<P> {
  readonly #options: RunnerOptions<P>;
  readonly #recognition: Recognition;
  readonly #positions: PositionTable;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  readonly #caughtUp = new CaughtUp();
  readonly #expectations = new Expectations();
  #wake: () => void = () => {};
  /** The position up to which this process has seen everything projected. */
  #reached = 0;
  #error: Error | undefined;
  readonly #healing: Healing;

  constructor(options: RunnerOptions<P>) {
    this.#options = options;
    this.#recognition = options.recognition ?? new AnyLog(options.store);
    this.#positions = new PositionTable(options.database);
    this.#healing = new Healing({ ...options, positions: this.#positions, onHealed: () => this.#announce([]) });
  }

  /** Resolves when the projection holds, for the first time since the start, all that the log holds. */
  get caughtUp(): Promise<void> {
    return this.#caughtUp.first;
  }

  start(): void {
    this.#running ??= this.#run();
    this.#healing.start(this.#stop.signal);
  }

  /** Resolves when no work is under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await Promise.all([this.#running, this.#healing.ended()]);
    this.#caughtUp.end();
  }

  /** Resolves to true once it holds, or has held before, all that the log holds; to false if it stops before that. */
  async catchesUp(): Promise<boolean> {
    return this.#caughtUp.isReached || this.#nextCaughtUp();
  }

  /** Resolves to true once it has read on, from now, to the end of the log; to false if it stops before that. */
  async readsOn(): Promise<boolean> {
    // The pass that ends first may have looked at the log before now.
    return (await this.#nextCaughtUp()) && this.#nextCaughtUp();
  }

  filled(): P {
    if (!this.#caughtUp.isReached) throw new NotCaughtUp();
    return this.#options.projection;
  }

  async once(holds: (projection: P) => boolean, signal: AbortSignal): Promise<P> {
    const { projection } = this.#options;
    const met = this.#expectations.meet(() => this.#caughtUp.isReached && holds(projection), signal);
    this.#wake();
    try {
      await met;
      return projection;
    } catch (error) {
      throw signal.aborted ? new NotCaughtUp() : error;
    }
  }

  /** True if it held all that the log held at some moment of the last `within` milliseconds. */
  isFresh(within: number): boolean {
    const { age } = this.#caughtUp;
    return age !== undefined && age <= within;
  }

  status(): ProjectionStatus {
    const { name } = this.#options.projection;
    const { quarantined, leftOut } = this.#healing;
    const failure = this.#error && (errorCodeOf(this.#error) ?? 'INTERNAL_SERVER_ERROR');
    return { name, position: this.#reached, age: this.#caughtUp.age, failure, quarantined, leftOut };
  }

  async #run(): Promise<void> {
    const backoff = new Backoff(BACKOFF);
    while (!this.#stop.signal.aborted) {
      try {
        await this.#recognise();
        await this.#follow(() => backoff.reset());
        this.#recognition.doubt();
      } catch (error) {
        this.#recognition.doubt();
        this.#report(error as Error);
        await backoff.wait(this.#stop.signal);
      }
    }
  }

  /** Empties the tables if they do not match this log. */
  async #recognise(): Promise<void> {
    const { database, store, projection, log } = this.#options;
    await this.#recognition.confirm();
    const saved = await this.#unlocked(() => this.#positions.read(projection.name));
    const reason = saved && (await difference({ store, first: this.#recognition.first }, projection, saved));
    if (reason === undefined && (saved || (await this.#unlocked(() => isEmpty(database, projection.name))))) return;
    this.#caughtUp.lose();
    await whenUnlocked(
      database,
      () => {
        // Another process may have emptied and filled them while this one was reading the log.
        if (!isDeepStrictEqual(this.#positions.read(projection.name), saved)) return;
        if (saved)
          log.warn(
            { projection: projection.name, reason },
            'the tables of the projection do not belong to this log; they are rebuilt',
          );
        projection.clear();
        this.#positions.forget(projection.name);
      },
      this.#stop.signal,
    );
  }

  async #follow(onPage: () => void): Promise<void> {
    const { store, projection } = this.#options;
    this.#reached = await this.#unlocked(() => this.#position());
    let batch: RecordedEvent[] = [];
    let size = new BatchSize(CATCH_UP_BATCH);
    let live = false;
    for await (const events of store.follow(projection.category, this.#reached, this.#stop.signal)) {
      this.#recognition.requireSame();
      batch.push(...events);
      live ||= events.length === 0;
      if (!live) for (const event of events) size.add(sizeOfText(storedText(event)));
      if (!live && !size.isFull) continue;
      await this.#project(batch);
      batch = [];
      size = new BatchSize(CATCH_UP_BATCH);
      if (this.#stop.signal.aborted) return;
      if (events.length === 0) {
        this.#caughtUp.mark();
        this.#announce([]);
      }
      this.#recordPosition();
      onPage();
      if (events.length === 0) await this.#rest();
    }
  }

  /**
   * Applies the next events, except those that another process on the same file has applied. Yields to other work between transactions;
   * ends early when the runner stops.
   */
  async #project(events: RecordedEvent[]): Promise<void> {
    const { projection, onLive } = this.#options;
    for (let rest = events; ; await nextTurn()) {
      const { taken, unread } = await this.#unlocked(() => this.#take(rest));
      this.#healing.record(unread);
      const last = taken.at(-1);
      if (!last) return;
      this.#reached = last.position;
      this.#announce(taken);
      if (this.#caughtUp.isReached) onLive?.(projection.name, taken);
      rest = rest.slice(taken.length);
      if (rest.length === 0 || this.#stop.signal.aborted) return;
    }
  }

  /**
   * Takes the first events, as many as fit into one transaction. Checks first, and asks for the write lock only if no other process has
   * applied them all.
   */
  #take(events: RecordedEvent[]): Taken {
    const { database } = this.#options;
    if (this.#unseen(events).length === 0) return { taken: events, unread: [] };
    return database.transaction(() => this.#apply(events, this.#unseen(events))).immediate();
  }

  #apply(events: RecordedEvent[], unseen: RecordedEvent[]): Taken {
    const { projection, store } = this.#options;
    const { count, unread } = this.#caughtUp.isReached
      ? takeTurn(projection, unseen)
      : { count: unseen.length, unread: projection.apply(unseen) };
    this.#positions.save(projection, { store, first: this.#recognition.first }, unseen.slice(0, count));
    return { taken: events.slice(0, events.length - unseen.length + count), unread };
  }

  /** Those of the events that the tables do not hold. */
  #unseen(events: RecordedEvent[]): RecordedEvent[] {
    const position = this.#requirePosition();
    return events.filter((event) => event.position > position);
  }

  /** The position of the tables. Throws if it is behind what this process has seen. */
  #requirePosition(): number {
    const position = this.#position();
    if (position >= this.#reached) return position;
    this.#caughtUp.lose();
    throw new PositionLost('Another process has emptied the tables. They are filled again.');
  }

  /** Rests, unless somebody waits for the next events. */
  async #rest(): Promise<void> {
    const { rest = 0 } = this.#options;
    const isAwaited = this.#caughtUp.isAwaited || !this.#expectations.isEmpty;
    if (rest === 0 || isAwaited || this.#stop.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, rest);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #recordPosition(): void {
    if (this.#error !== undefined)
      this.#options.log.info({ projection: this.#options.projection.name }, 'the projection continues');
    this.#error = undefined;
  }

  /** Announces that the tables have changed, or may have. */
  #announce(events: RecordedEvent[]): void {
    this.#options.onProjected?.(events);
    this.#expectations.look();
  }

  #nextCaughtUp(): Promise<boolean> {
    if (this.#stop.signal.aborted) return Promise.resolve(false);
    const next = this.#caughtUp.next();
    this.#wake();
    this.#options.store.lookAgain?.();
    return next;
  }

  #unlocked<T>(attempt: () => T): Promise<T> {
    return untilUnlocked(attempt, this.#stop.signal);
  }

  #position(): number {
    return this.#positions.read(this.#options.projection.name)?.position ?? 0;
  }

  #report(error: Error): void {
    if (this.#stop.signal.aborted) return;
    // Another log is reported once for all projections, by the part that found it.
    if (this.#error?.message !== error.message && !(error instanceof LogMismatch))
      this.#options.log.error(
        { projection: this.#options.projection.name, err: error },
        'the projection is stuck; the next attempt follows',
      );
    this.#error = error;
  }
}
