import type { KeyCommand, PastKeyEvent } from '../../domain/keys/model.js';
import { KeyLimitReached } from '../../domain/keys/refusals.js';
import type { Mention } from '../../projections/keys/key-rows.js';
import type { KeysProjection } from '../../projections/keys/keys.js';
import type { ReadYourWrites } from '../../projections/keys/read-your-writes.js';
import type { Verification } from '../../projections/keys/verification.js';
import type { Clock } from '../../shared/clock.js';
import { type EventStore, StoreUnavailable } from '../../store/event-store.js';
import { retryUnknownOutcome } from '../../store/retry-unknown-outcome.js';
import type { RefusalLog } from '../usage/refusal-log.js';
import { type Caller, type Decided, handle, type Ledger } from './handle.js';

export interface PerformOptions {
  store: EventStore;
  keys: KeysProjection;
  readYourWrites: ReadYourWrites;
  verification: Verification;
  clock: Clock;
  /** Rejects while the clock is known to be wrong. */
  requireClock?: Ledger['requireClock'];
  /** The time limit of a command, in milliseconds since its request came. */
  deadline: number;
  /** Called for every key that the limit refuses. */
  refusals?: Pick<RefusalLog, 'record'>;
}

/**
 * Performs commands. Each answers once its events are durable and in the keys projection. If the projection does not get there within the
 * deadline, it answers from the decided state, once the events are durable; this process then refuses the keys that they end.
 */
export class Performer {
  readonly #options: PerformOptions;

  constructor(options: PerformOptions) {
    this.#options = options;
  }

  /** @throws the refusals of `decide`, and what `handle` throws */
  async perform(caller: Caller, command: KeyCommand): Promise<Decided> {
    const { store, clock, requireClock, keys, readYourWrites, refusals } = this.#options;
    return this.#inTime(caller.since, async (signal, passed) => {
      const watch = readYourWrites.watch(caller.account);
      try {
        const reached = (version: number) => watch.reached(version);
        const onRead = (events: PastKeyEvent[]) => this.#refuseEnded(events, reached);
        const ledger: Ledger = { store, clock, requireClock, onRead };
        const known = keys.load(caller.account, mentions(command));
        watch.note(known.version);
        const decided = await handle(ledger, caller, command, known, signal);
        const projected = reached(decided.state.version);
        this.#refuseEnded(decided.events, () => projected);
        await Promise.race([projected, passed]);
        return decided;
      } catch (error) {
        if (error instanceof KeyLimitReached) refusals?.record(caller.account, clock());
        throw error;
      } finally {
        watch.end();
      }
    });
  }

  /**
   * Searches until the request's deadline, over and over while the store does not answer.
   * @throws StoreUnavailable at the deadline, and what the search throws
   */
  search<T>(since: number, find: () => Promise<T>): Promise<T> {
    return this.#inTime(since, (signal, passed) => {
      const late = passed.then(() => {
        throw new StoreUnavailable({ cause: signal.reason });
      });
      return retryUnknownOutcome(signal, () => Promise.race([find(), late]));
    });
  }

  /**
   * Runs the work with a signal that aborts at the request's deadline, and a promise that resolves then. To await the promise costs less
   * than a listener on the signal.
   */
  async #inTime<T>(since: number, work: (signal: AbortSignal, passed: Promise<void>) => Promise<T>): Promise<T> {
    const limit = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const passed = new Promise<void>((resolve) => {
      timer = setTimeout(
        () => {
          limit.abort();
          resolve();
        },
        Math.max(0, since + this.#options.deadline - performance.now()),
      );
    });
    try {
      return await work(limit.signal, passed);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Refuses, in this process, the keys that these events end, until they are projected. Events of other processes count too: they take
   * effect once read.
   */
  #refuseEnded(events: PastKeyEvent[], reached: (version: number) => Promise<void>): void {
    for (const event of events) {
      const end = endOf(event);
      if (end) this.#refuse(end.keyId, end.from, reached(event.version));
    }
  }

  /** Refuses the key in this process from that instant on, even if its end is projected late. */
  #refuse(keyId: string, from: number, projected: Promise<void>): void {
    const { verification } = this.#options;
    verification.refuse(keyId, from);
    projected.then(() => verification.trust(keyId, from));
  }
}

function mentions(command: KeyCommand): Mention {
  return {
    keyId: 'key' in command ? command.key.keyId : undefined,
    idempotencyKey: 'idempotencyKey' in command ? command.idempotencyKey : undefined,
  };
}

/** The key that the event ends, and from when on it is refused, in milliseconds since 1970; undefined if it ends none. */
function endOf(event: PastKeyEvent): { keyId: string; from: number } | undefined {
  switch (event.type) {
    case 'KeyDeleted':
    case 'KeyDisabled':
      return { keyId: event.data.keyId, from: 0 };
    case 'KeyExpirySet':
      return { keyId: event.data.keyId, from: Date.parse(event.data.expiresAt) };
    case 'KeyCreated':
    case 'KeyRenamed':
    case 'KeyEnabled':
    case 'AccountFrozen':
    case 'AccountThawed':
      return undefined;
  }
}
