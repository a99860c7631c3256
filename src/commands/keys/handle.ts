import { decide, evolve } from '../../domain/keys/decide.js';
import { type AccountKeys, EXPIRY_ACTOR, type KeyCommand, type KeyEvent, type PastKeyEvent } from '../../domain/keys/model.js';
import { AccountUnreadable, restsOnState, StreamGap, UnreadableStream } from '../../domain/keys/refusals.js';
import type { Clock } from '../../shared/clock.js';
import { decode, encode, streamOf } from '../../store/codec.js';
import { type EventStore, StoreUnavailable, VersionConflict } from '../../store/event-store.js';
import { retryUnknownOutcome } from '../../store/retry-unknown-outcome.js';

/** Who gives a command, in the course of which request. */
export interface Caller {
  account: string;
  actor: string;
  correlationId: string;
  /** When the request came, by `performance.now()`; its deadline counts from then. */
  since: number;
}

/** What a command led to, once it is durable. */
export interface Decided {
  events: PastKeyEvent[];
  /** The account after these events. */
  state: AccountKeys;
  /** When they happened, in milliseconds since 1970. */
  at: number;
}

export interface Ledger {
  store: EventStore;
  clock: Clock;
  /** Rejects while that clock is known to be wrong; undefined where that cannot be known. */
  requireClock?: ((signal: AbortSignal) => Promise<void>) | undefined;
  /** Told of what others appended to the stream since the state that was given, as far as it was read. */
  onRead?: ((events: PastKeyEvent[]) => void) | undefined;
}

/**
 * Decides on the state given, and appends at the version that the state has. When the stream has moved on, folds forward and
 * decides again; and before it refuses, it reads the stream to its end and decides again: the state given may be late. A
 * store that does not answer is asked again, with the same event ids, until the signal aborts.
 * @throws KeyLimitReached, KeyNotFound, KeyAlreadyCreated, ExpiryInThePast, OutcomeUnknown, StoreUnavailable, LogSealed,
 *   AccountUnreadable, and whatever `requireClock` rejects with
 */
export async function handle(
  { store, clock, requireClock, onRead }: Ledger,
  caller: Caller,
  command: KeyCommand,
  known: AccountKeys,
  signal: AbortSignal,
): Promise<Decided> {
  const stream = streamOf('apiKeys', caller.account);
  // Whether the state holds all that the stream held at some moment since the command came.
  let isCurrent = false;
  for (let state = known; ; ) {
    await requireClock?.(signal);
    const now = clock();
    // Time never runs back in a stream, whatever the clock of who appended before; what is decided is not touched by that.
    const at = Math.max(now, state.at);
    try {
      const events = happen(decide(state, command, now), state.version, at, caller.actor);
      const written = events.map((event) => encode(event, caller.correlationId));
      await retryUnknownOutcome(signal, () => store.append(stream, state.version, written, signal));
      return { events, at, state: events.reduce(evolve, state) };
    } catch (error) {
      if (error instanceof VersionConflict) {
        state = await retryUnknownOutcome(signal, () => forward({ store, onRead }, stream, state, error.actual, signal));
        isCurrent = state.version >= error.actual;
      } else if (!isCurrent && restsOnState(error, command)) {
        state = await retryUnknownOutcome(signal, () => readOn({ store, onRead }, stream, state, signal));
        isCurrent = true;
      } else {
        throw asUnreadable(error);
      }
    }
  }
}

/** The part of a ledger that reading needs. */
type Readings = Pick<Ledger, 'store' | 'onRead'>;

/** Decided events with their place, time and cause. What makes room for a key is nobody's wish. */
function happen(events: KeyEvent[], version: number, at: number, actor: string): PastKeyEvent[] {
  return events.map((event, index) => ({
    ...event,
    version: version + index + 1,
    at: new Date(at).toISOString(),
    actor: event.type === 'KeyDeleted' && event.data.reason === 'EXPIRED' ? EXPIRY_ACTOR : actor,
  }));
}

/**
 * The state after what others appended meanwhile. EventStoreDB refuses an append on account of an event that it does not
 * show to readers until a moment later: then there is nothing to fold yet, and the store must be asked again.
 */
async function forward(
  ledger: Readings,
  stream: string,
  state: AccountKeys,
  actual: number,
  signal: AbortSignal,
): Promise<AccountKeys> {
  const next = await readOn(ledger, stream, state, signal);
  if (next.version === state.version) throw new StoreUnavailable({ cause: new StreamGap(state.version + 1, actual) });
  return next;
}

/**
 * The state at the end of the stream.
 * @throws AccountUnreadable, StoreUnavailable
 */
async function readOn(
  { store, onRead }: Readings,
  stream: string,
  state: AccountKeys,
  signal: AbortSignal,
): Promise<AccountKeys> {
  let next = state;
  try {
    for await (const page of store.read(stream, state.version, signal)) {
      const events = page.map(decode);
      next = events.reduce(evolve, next);
      onRead?.(events);
    }
    return next;
  } catch (error) {
    throw asUnreadable(error);
  }
}

/** What it means to the caller that the stream cannot be read. */
function asUnreadable(error: unknown): unknown {
  return error instanceof UnreadableStream ? new AccountUnreadable({ cause: error }) : error;
}
