import { decide, evolve } from '../../domain/keys/decide.js';
import { type AccountKeys, EXPIRY_ACTOR, type KeyCommand, type KeyEvent, type PastKeyEvent } from '../../domain/keys/model.js';
import { AccountUnreadable, restsOnState, UnreadableStream } from '../../domain/keys/refusals.js';
import type { Clock } from '../../shared/clock.js';
import { decode, encode } from '../../store/codec.js';
import { type EventStore, StoreUnavailable, VersionConflict } from '../../store/event-store.js';
import { retryUnknownOutcome } from '../../store/retry-unknown-outcome.js';
import { streamOf } from '../../store/streams.js';
import { appendOnce } from '../append-once.js';

/** The caller of a command, and its request. */
export interface Caller {
  account: string;
  actor: string;
  correlationId: string;
  /** When the request came, by `performance.now()`. Its deadline counts from then. */
  since: number;
}

/** The result of a command, once it is durable. */
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
  /** Rejects while the clock is known to be wrong; undefined if that cannot be known. */
  requireClock?: ((signal: AbortSignal) => Promise<void>) | undefined;
  /** Called with the events that others appended to the stream after the given state, as far as they were read. */
  onRead?: ((events: PastKeyEvent[]) => void) | undefined;
}

/**
 * Decides on the given state and appends at its version. If the stream has moved on, folds forward and decides again. Before it refuses,
 * or finds that there is nothing to change, it reads the stream to its end and decides again, since the given state may be late. If the
 * store does not answer, it retries with the same event ids until the signal aborts.
 * @throws the refusals of `decide`, OutcomeUnknown, StoreUnavailable, LogSealed, LogMismatch, AccountUnreadable, and what `requireClock`
 *   rejects with
 */
export async function handle(
  { store, clock, requireClock, onRead }: Ledger,
  caller: Caller,
  command: KeyCommand,
  known: AccountKeys,
  signal: AbortSignal,
): Promise<Decided> {
  const stream = streamOf('apiKeys', caller.account);
  // True if the state holds all that the stream held at some moment since the command came.
  let isCurrent = false;
  for (let state = known; ; ) {
    await requireClock?.(signal);
    const now = clock();
    // Time never runs back in a stream, whatever the clocks of earlier writers. This date does not affect the decision.
    const at = Math.max(now, state.at);
    try {
      const events = happen(decide(state, command, now), state.version, at, caller.actor);
      if (events.length === 0) return unchanged({ events, at, state }, isCurrent);
      const written = events.map((event) => encode(event, caller.correlationId));
      await appendOnce(store, stream, state.version, written, signal);
      return { events, at, state: events.reduce(evolve, state) };
    } catch (error) {
      if (error instanceof VersionConflict) {
        state = await retryUnknownOutcome(signal, () => forward({ store, onRead }, stream, state, error, signal));
        // A former leader can report a conflict, too.
        isCurrent = state.version >= error.actual && !store.requireLeader;
      } else if (!isCurrent && mayBeLate(error, command)) {
        state = await retryUnknownOutcome(signal, () => readToEnd({ store, onRead }, stream, state, signal));
        isCurrent = true;
      } else {
        throw asUnreadable(error);
      }
    }
  }
}

/** The state shows nothing to change, but may be late. */
class NothingToChange extends Error {}

/** @throws NothingToChange if the state may be late */
function unchanged(decided: Decided, isCurrent: boolean): Decided {
  if (!isCurrent) throw new NothingToChange();
  return decided;
}

/** True if a newer state could lead to another decision. */
function mayBeLate(error: unknown, command: KeyCommand): boolean {
  return error instanceof NothingToChange || restsOnState(error, command);
}

/** The part of a ledger that reading needs. */
type Readings = Pick<Ledger, 'store' | 'onRead'>;

/**
 * Gives decided events their version, time and actor. An expired key that makes room for another is deleted by the system, not by the
 * caller.
 */
function happen(events: KeyEvent[], version: number, at: number, actor: string): PastKeyEvent[] {
  return events.map((event, index) => ({
    version: version + index + 1,
    at: new Date(at).toISOString(),
    actor: event.type === 'KeyDeleted' && event.data.reason === 'EXPIRED' ? EXPIRY_ACTOR : actor,
    // Node 20 takes many times as long to add members after those of another object.
    ...event,
  }));
}

/**
 * Folds the events that others appended meanwhile. EventStoreDB may refuse an append because of an event that it shows to readers only a
 * moment later. Then there is nothing to fold yet, and the store must be asked again.
 */
async function forward(
  ledger: Readings,
  stream: string,
  state: AccountKeys,
  conflict: VersionConflict,
  signal: AbortSignal,
): Promise<AccountKeys> {
  const next = await readOn(ledger, stream, state, signal);
  if (next.version === state.version) throw new StoreUnavailable({ cause: conflict });
  return next;
}

/** The state at the end that the stream had at some moment after this call. */
async function readToEnd(ledger: Readings, stream: string, state: AccountKeys, signal: AbortSignal): Promise<AccountKeys> {
  await ledger.store.requireLeader?.(signal);
  return readOn(ledger, stream, state, signal);
}

/**
 * The state at the end of the stream, as the store knows it.
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

/** Converts the error of a stream that cannot be read for the caller. */
function asUnreadable(error: unknown): unknown {
  return error instanceof UnreadableStream ? new AccountUnreadable({ cause: error }) : error;
}
