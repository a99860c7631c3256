import { randomUUID } from 'node:crypto';
import { evolve } from '../../domain/keys/decide.js';
import { type Ending, endingsDue, RECOVERY_ACTOR } from '../../domain/keys/endings.js';
import { type AccountKeys, NO_KEYS } from '../../domain/keys/model.js';
import type { Clock } from '../../shared/clock.js';
import { decode, encode } from '../../store/codec.js';
import { type EventStore, VersionConflict } from '../../store/event-store.js';
import { retryUnknownOutcome } from '../../store/retry-unknown-outcome.js';
import { streamOf } from '../../store/streams.js';
import { appendOnce } from '../append-once.js';

/**
 * Ends keys again that are known to have ended, if the log has lost that. Idempotent.
 * @returns the appended events
 * @throws OutcomeUnknown, StoreUnavailable, LogSealed, LogMismatch, StreamGap if the account's stream lacks events
 */
export async function endAgain(
  { store, clock }: { store: EventStore; clock: Clock },
  account: string,
  endings: readonly Ending[],
  signal: AbortSignal,
): Promise<Ending[]> {
  const stream = streamOf('apiKeys', account);
  for (;;) {
    const state = await retryUnknownOutcome(signal, () => fold(store, stream, signal));
    const due = endingsDue(state, endings);
    if (due.length === 0) return [];
    const at = new Date(Math.max(clock(), state.at)).toISOString();
    const correlationId = randomUUID();
    const events = due.map((event, index) => {
      return encode({ ...event, version: state.version + index + 1, at, actor: RECOVERY_ACTOR }, correlationId);
    });
    try {
      await appendOnce(store, stream, state.version, events, signal);
      return due;
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error;
    }
  }
}

async function fold(store: EventStore, stream: string, signal: AbortSignal): Promise<AccountKeys> {
  await store.requireLeader?.(signal);
  let state = NO_KEYS;
  for await (const page of store.read(stream, 0, signal)) state = page.map(decode).reduce(evolve, state);
  return state;
}
