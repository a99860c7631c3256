import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { asError } from '../../shared/as-error.js';
import { Backoff } from '../../shared/backoff.js';
import { unlessAborted } from '../../shared/unless-aborted.js';
import { untilUnlocked } from '../../shared/until-unlocked.js';
import type { EventStore, RecordedEvent } from '../../store/event-store.js';
import { BATCH, inBatches } from './batches.js';
import { CaughtUp, NotCaughtUp } from './caught-up.js';
import type { Connection } from './connection.js';
import { Expectations } from './expectations.js';
import { giveUpTables } from './give-up-tables.js';
import { Healing } from './healing.js';
import { Obstacle } from './obstacle.js';
import type { Outage } from './outage.js';
import { difference } from './position.js';
import type { Projection } from './projection.js';
import type { ProjectionStatus } from './projection-status.js';
import { MANY, type Projector } from './projector.js';
import type { Readable } from './readable.js';
import { AnyLog, type Recognition } from './recognition.js';
import type { Replaceable } from './replaceable.js';
import { Rest } from './rest.js';
import { SharedPosition } from './shared-position.js';
import { type Taken, takeTurn } from './turn.js';

/** The waits after failures. */
const BACKOFF = { first: 50, longest: 1000 };

export interface RunnerOptions<P extends Projection> {
  database: Connection;
  store: EventStore;
  projection: P;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Logs that the store does not answer. Projections of the same store share it. */
  outage?: Outage;
  /** By default, any log is accepted. */
  recognition?: Recognition;
  /**
   * Called with events once they are in the tables, whichever process put them there; called with none when the tables hold all that the
   * log holds.
   */
  onProjected?: (events: RecordedEvent[]) => void;
  /** Called with the same events, except those with which the tables are being filled. */
  onLive?: (projection: string, events: RecordedEvent[]) => void;
  /** The projection's file, if another can take its place. */
  file?: Replaceable | undefined;
  /** Applies many events elsewhere, if the projection has a file of its own. Without it, this thread applies all. */
  projector?: Projector | undefined;
  /** How long to rest after events with which it has caught up, in milliseconds. Events that arrive meanwhile share a transaction. */
  rest?: number;
}

/** Keeps one projection filled for as long as the process lives. Events and position are saved in one transaction. */
export class ProjectionRunner<P extends Projection> implements Readable<P> {
  readonly #options: RunnerOptions<P>;
  readonly #recognition: Recognition;
  readonly #position: SharedPosition;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  readonly #caughtUp = new CaughtUp();
  readonly #expectations = new Expectations();
  readonly #resting = new Rest();
  readonly #obstacle: Obstacle;
  readonly #healing: Healing;

  constructor(options: RunnerOptions<P>) {
    this.#options = options;
    this.#recognition = options.recognition ?? new AnyLog(options.store);
    this.#position = new SharedPosition({ ...options, onLost: () => this.#lose() });
    this.#obstacle = new Obstacle(options.projection.name, options.log, options.outage);
    this.#healing = new Healing({ ...options, positions: this.#position.table, onHealed: () => this.#announce([]) });
    options.file?.onLost(() => this.#lose());
    options.file?.onFilled((leftOut) => this.#healing.recordFilled(leftOut));
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
    this.#resting.end();
    await Promise.all([this.#running, this.#healing.ended()]);
    this.#caughtUp.end();
  }

  /** Resolves to true once it holds, or has held before, all that the log holds; to false if it stops before that. */
  async catchesUp(): Promise<boolean> {
    return this.#caughtUp.isReached || this.#caughtUpTo(Number.NEGATIVE_INFINITY);
  }

  /** Resolves to true once it has read on, from now, to the end of the log; to false if it stops before that. */
  readsOn(): Promise<boolean> {
    return this.#caughtUpTo(performance.now());
  }

  filled(): P {
    this.#position.notice();
    if (!this.#caughtUp.isReached) throw new NotCaughtUp();
    return this.#options.projection;
  }

  async once(holds: (projection: P) => boolean, signal: AbortSignal): Promise<P> {
    const { projection } = this.#options;
    const met = this.#expectations.meet(() => this.#caughtUp.isReached && holds(projection), signal);
    this.#resting.end();
    try {
      await met;
      return projection;
    } catch (error) {
      throw signal.aborted ? new NotCaughtUp() : error;
    }
  }

  /** True if it held all that the log held at some moment of the last `within` milliseconds. */
  isFresh(within: number): boolean {
    this.#position.notice();
    const { age } = this.#caughtUp;
    return age !== undefined && age <= within;
  }

  status(): ProjectionStatus {
    const { name } = this.#options.projection;
    const { quarantined, leftOut } = this.#healing;
    const { code: failure } = this.#obstacle;
    return { name, position: this.#position.reached, age: this.#caughtUp.age, failure, quarantined, leftOut };
  }

  async #run(): Promise<void> {
    const backoff = new Backoff(BACKOFF);
    const goesOn = () => {
      this.#obstacle.end();
      backoff.reset();
    };
    while (!this.#stop.signal.aborted) {
      try {
        const isSound = await this.#recognise();
        if (isSound && !this.#options.file?.isStandIn) await this.#follow(goesOn);
        else await this.#refill();
        this.#recognition.doubt();
      } catch (error) {
        this.#recognition.doubt();
        if (!this.#stop.signal.aborted) this.#obstacle.meet(asError(error));
        await backoff.wait(this.#stop.signal);
      }
    }
  }

  /**
   * Gives the tables up if they do not match this log: empties them, unless another file can take their place.
   * @returns whether they can be filled further
   */
  async #recognise(): Promise<boolean> {
    const { database, store, projection, log, file } = this.#options;
    await this.#recognition.confirm();
    const saved = await this.#unlocked(() => this.#position.table.read(projection.name));
    const reason = saved && (await difference({ store, first: this.#recognition.first }, projection, saved));
    const isFilled = () => this.#position.table.filledTo(projection.name) !== undefined;
    if (reason === undefined && (await this.#unlocked(isFilled))) return true;
    this.#caughtUp.lose();
    const given = { database, projection, positions: this.#position.table, log, isReplaceable: file !== undefined };
    await giveUpTables(given, { saved, reason }, this.#stop.signal);
    return file === undefined;
  }

  async #follow(onBatch: () => void): Promise<void> {
    const { store, projection, file } = this.#options;
    const { signal } = this.#stop;
    this.#position.reached = await this.#unlocked(() => this.#position.read());
    await this.#healing.recount(signal);
    let [isLive, hasNews] = [false, false];
    const pages = store.follow(projection.category, this.#position.reached, signal);
    for await (const { events, provenAt, isMoved } of inBatches(pages, BATCH.transaction)) {
      this.#recognition.requireSame();
      file?.look(this.#log());
      isLive ||= provenAt !== undefined;
      hasNews ||= events.length > 0;
      if (file && !isLive) return this.#position.reached === 0 ? this.#refill() : this.#catchUp(file);
      await this.#project(events);
      if (signal.aborted) return;
      if (!isMoved) onBatch();
      if (provenAt === undefined) continue;
      this.#caughtUp.mark(provenAt, isMoved);
      this.#announce([]);
      if (!hasNews) continue;
      await this.#rest();
      hasNews = false;
    }
  }

  /** Others have emptied the tables, or the file is damaged. Looks at once whether the tables are full again. */
  #lose(): void {
    this.#caughtUp.lose();
    this.#options.store.lookAgain?.();
  }

  /** Has the projection's file filled elsewhere: the log is long, or the tables cannot be used. */
  async #refill(): Promise<void> {
    const { file, projection } = this.#options;
    this.#caughtUp.lose();
    const { signal } = this.#stop;
    if (file) await unlessAborted(file.refill(projection.name, this.#log(), signal), signal);
  }

  /** Has the tables brought to the end of the log elsewhere: it holds many more events. */
  async #catchUp(file: Replaceable): Promise<void> {
    const { signal } = this.#stop;
    await unlessAborted(file.catchUp(this.#log(), signal), signal);
  }

  #log() {
    return { store: this.#options.store, first: this.#recognition.first };
  }

  /**
   * Applies the next events, except those that another process on the same file has applied. Yields to other work between transactions;
   * ends early when the runner stops.
   */
  async #project(events: RecordedEvent[]): Promise<void> {
    const { projection, onLive } = this.#options;
    if (events.length >= MANY) await this.#applyElsewhere(events);
    for (let rest = events; ; await nextTurn()) {
      const { taken, unread } = await this.#unlocked(() => this.#take(rest));
      this.#healing.record(unread);
      const last = taken.at(-1);
      if (!last) return;
      this.#position.reached = last.position;
      this.#announce(taken);
      if (this.#caughtUp.isReached) onLive?.(projection.name, taken);
      rest = rest.slice(taken.length);
      if (rest.length === 0 || this.#stop.signal.aborted) return;
    }
  }

  /** As far as that is possible. */
  async #applyElsewhere(events: RecordedEvent[]): Promise<void> {
    const { projector, projection, file } = this.#options;
    const [upTo, inUse] = [events.at(-1)?.position, file?.inUse];
    if (!projector || !inUse || upTo === undefined) return;
    const request = { ...inUse, projection: projection.name, upTo, first: this.#recognition.first };
    this.#healing.recordFilled(await projector.project(request));
  }

  #take(events: RecordedEvent[]): Taken {
    const { database, projection, file } = this.#options;
    const atOnce = !file && !this.#caughtUp.isReached;
    const options = { database, projection, positions: this.#position.table, source: this.#log(), atOnce };
    return takeTurn(events, (all) => this.#position.unseen(all), options);
  }

  /** Rests, unless somebody waits for the next events. */
  async #rest(): Promise<void> {
    const { rest = 0 } = this.#options;
    const isAwaited = this.#caughtUp.isAwaited || !this.#expectations.isEmpty;
    if (rest === 0 || isAwaited || this.#stop.signal.aborted) return;
    await this.#resting.take(rest);
  }

  /** Announces that the tables have changed, or may have. */
  #announce(events: RecordedEvent[]): void {
    this.#options.onProjected?.(events);
    this.#expectations.look();
  }

  /** Resolves to true once it holds all that the log held at that instant; to false if it stops before that. */
  #caughtUpTo(since: number): Promise<boolean> {
    if (this.#stop.signal.aborted) return Promise.resolve(false);
    const caughtUp = this.#caughtUp.to(since);
    this.#resting.end();
    this.#options.store.lookAgain?.();
    return caughtUp;
  }

  #unlocked<T>(attempt: () => T): Promise<T> {
    return untilUnlocked(attempt, this.#stop.signal);
  }
}
