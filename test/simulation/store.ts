import {
  type Category,
  type EventStore,
  type FollowedPage,
  type NewEvent,
  OutcomeUnknown,
  type RecordedEvent,
  requirePrunable,
  type ServerClock,
  type ServerTime,
  StoreUnavailable,
} from '../../src/store/event-store.js';
import type { Faults } from './faults.js';
import type { SimulatedLog } from './log.js';
import type { Random } from './random.js';
import type { Actor, Scheduler } from './scheduler.js';

/** In milliseconds. The limit of a call is that of the adapter for EventStoreDB. */
const CALL_LIMIT = 4000;
const LATENCY = { usual: 8, late: 6000, notification: 8000 };
const HEARTBEAT = { least: 1000, most: 3000 };
/** Before or after the first retry. */
const LATE_WRITES = [30, 8000];

export interface SimulatedStoreOptions {
  log: SimulatedLog;
  scheduler: Scheduler;
  random: Random;
  faults: Faults;
  /** The process that uses it, and its number. */
  actor: Actor;
  process: number;
  /** The store's own actor. */
  leader: Actor;
  /** Kills the process. */
  crash: () => void;
  /** The clock of the store's server, in milliseconds since 1970; undefined if it does not tell its time. */
  serverTime: (() => number) | undefined;
}

/** A call that travels to the leader and back. */
interface Call<T> {
  label: string;
  /** What the leader does when the request arrives. */
  serve: () => T;
  /** For how long the answer waits there, in milliseconds. */
  heldFor?: () => number;
  /** The error if no answer comes, or the caller gives up. */
  lost: () => Error;
  signal?: AbortSignal | undefined;
}

/** One process's connection to the log. The scheduler decides when each request and answer arrives, and the faults whether. */
export class SimulatedStore implements EventStore {
  readonly kind = 'eventstoredb';
  readonly serverClock?: ServerClock;
  readonly #options: SimulatedStoreOptions;
  readonly #idle = new Set<() => void>();

  constructor(options: SimulatedStoreOptions) {
    this.#options = options;
    const { serverTime } = options;
    if (serverTime) this.serverClock = { ask: () => this.#askTime(serverTime), onAppended: () => {} };
  }

  async *read(stream: string, after = 0, signal?: AbortSignal): AsyncGenerator<RecordedEvent[]> {
    const { log } = this.#options;
    for (let from = after; ; ) {
      const { events, isLast } = await this.#query(`read ${stream} after ${from}`, () => log.ofStream(stream, from), signal);
      if (events.length > 0) yield events;
      if (isLast) return;
      from = events.at(-1)?.version ?? from;
    }
  }

  async *readAll(category: Category, after = 0): AsyncGenerator<RecordedEvent[]> {
    const { log } = this.#options;
    for (let from = after; ; ) {
      const { events, isLast } = await this.#query(`read all ${category} after ${from}`, () => log.ofCategory(category, from));
      if (events.length > 0) yield events;
      if (isLast) return;
      from = events.at(-1)?.position ?? from;
    }
  }

  async *follow(category: Category, after: number, signal: AbortSignal): AsyncGenerator<FollowedPage> {
    const { log, faults, process } = this.#options;
    let isLive = false;
    for (let from = after; !signal.aborted; ) {
      const look = () => ({ ...log.ofCategory(category, from), at: performance.now() });
      const { events, isLast, at } = await this.#query(`follow ${category} after ${from}`, look, signal);
      if (faults.hits('follower is dropped', process)) throw new StoreUnavailable();
      if (isLive && events.length > 0 && faults.hits('notifications come twice', process)) yield { events };
      yield { events, provenAt: isLast ? at : undefined };
      from = events.at(-1)?.position ?? from;
      if (!isLast) continue;
      isLive = true;
      await this.#news(category, from, signal);
    }
  }

  async append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number> {
    if (signal?.aborted) throw new StoreUnavailable({ cause: signal.reason });
    const { log, faults, process, scheduler, random, leader, actor } = this.#options;
    const label = `append to ${stream} at ${version}: ${events.map(({ type }) => type)}`;
    const write = () => log.append(stream, version, events);
    const lost = () => new OutcomeUnknown();
    if (faults.hits('append fails before the write', process)) {
      await this.#travel(`${label} fails`);
      throw new StoreUnavailable();
    }
    if (faults.hits('request of an append is lost', process)) {
      await this.#travel(`${label} is lost`);
      throw lost();
    }
    if (faults.isDue('append is written late', process)) {
      // It arrives at last, whether or not it is still the next.
      const arrive = () => {
        if (log.version(stream) === version) faults.count('append is written late');
        attempt(write);
      };
      scheduler.schedule(random.next() * random.pick(LATE_WRITES), `${label}, late`, arrive, leader);
      await this.#travel(`${label} is late`);
      throw lost();
    }
    const serve = () => {
      const written = write();
      if (!actor.isDead && faults.hits('crash between write and answer', process)) this.#options.crash();
      return written;
    };
    const answer = await this.#call({ label, serve, heldFor: () => log.hiddenFor(), lost, signal });
    if (faults.hits('answer of an append is lost', process)) throw lost();
    return answer;
  }

  async prune(stream: string, signal?: AbortSignal): Promise<void> {
    requirePrunable(stream);
    await this.#query(`prune ${stream}`, () => this.#options.log.prune(stream), signal);
  }

  lookAgain(): void {
    for (const wake of this.#idle) wake();
  }

  async close(): Promise<void> {}

  async #askTime(serverTime: () => number): Promise<ServerTime> {
    const asked = performance.now();
    const time = await this.#query('ask for the time', serverTime);
    const uncertainty = (performance.now() - asked) / 2;
    return { time, at: asked + uncertainty, uncertainty };
  }

  async #query<T>(label: string, serve: () => T, signal?: AbortSignal): Promise<T> {
    const { faults, process } = this.#options;
    if (faults.hits('read fails', process)) {
      await this.#travel(`${label} fails`);
      throw new StoreUnavailable();
    }
    return this.#call({ label, serve, lost: () => new StoreUnavailable(), signal });
  }

  #call<T>({ label, serve, heldFor = () => 0, lost, signal }: Call<T>): Promise<T> {
    const { scheduler, actor, leader, faults, process } = this.#options;
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        signal?.removeEventListener('abort', abort);
        limit.isCancelled = true;
        settle();
      };
      const abort = () => end(() => reject(lost()));
      const limit = scheduler.schedule(CALL_LIMIT, `no answer: ${label}`, abort, actor);
      signal?.addEventListener('abort', abort);
      if (signal?.aborted) return abort();
      if (faults.hits('store cannot be reached', process)) return;
      const arrive = () => {
        const answer = attempt(serve);
        const back = this.#latency() + heldFor();
        scheduler.schedule(
          back,
          `answer: ${label}`,
          () => end(() => (answer.ok ? resolve(answer.value) : reject(answer.error))),
          actor,
        );
      };
      scheduler.schedule(this.#latency(), label, arrive, leader);
    });
  }

  #travel(label: string): Promise<void> {
    return this.#options.scheduler.pause(this.#latency(), label, this.#options.actor);
  }

  #latency(): number {
    const { faults, random, process, actor } = this.#options;
    const isLate = faults.isDue('answers are late', process);
    const latency = random.next() * (isLate ? LATENCY.late : LATENCY.usual);
    // A process that has died waits for nothing.
    if (latency > LATENCY.usual && !actor.isDead) faults.count('answers are late');
    return latency;
  }

  /** Waits until there may be events after that position, or it is time to look anyway. */
  #news(category: Category, from: number, signal: AbortSignal): Promise<void> {
    const { log, scheduler, random, faults, actor, process } = this.#options;
    const isLate = faults.isDue('notifications are late', process);
    const delay = () => random.next() * (isLate ? LATENCY.notification : LATENCY.usual);
    return new Promise((resolve) => {
      const wake = () => {
        forget();
        this.#idle.delete(wake);
        heartbeat.isCancelled = true;
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const wakeLate = () => {
        if (this.#idle.has(wake)) faults.count('notifications are late');
        wake();
      };
      const notify = () => {
        const after = delay();
        const isPast = after > LATENCY.usual;
        scheduler.schedule(log.hiddenFor() + after, `news of ${category}`, isPast ? wakeLate : wake, actor);
      };
      const forget = log.onCommit((written) => {
        if (written.some(({ event }) => event.stream.startsWith(`${category}-`))) notify();
      });
      const heartbeat = scheduler.schedule(
        isLate ? LATENCY.notification : random.between(HEARTBEAT.least, HEARTBEAT.most),
        `look at ${category}`,
        isLate ? wakeLate : wake,
        actor,
      );
      this.#idle.add(wake);
      signal.addEventListener('abort', wake);
      if (signal.aborted) wake();
      // What was committed since the last look, and was not visible then.
      else if (log.end(category) > from) notify();
    });
  }
}

type Answer<T> = { ok: true; value: T } | { ok: false; error: unknown };

function attempt<T>(serve: () => T): Answer<T> {
  try {
    return { ok: true, value: serve() };
  } catch (error) {
    return { ok: false, error };
  }
}
