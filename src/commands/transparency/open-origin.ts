import { randomUUID } from 'node:crypto';
import type { Checkpoint } from '../../domain/transparency/checkpoint.js';
import type { PastOrigin } from '../../domain/transparency/log-origin.js';
import { ORIGINS_STREAM, openedOrigins } from '../../projections/transparency/origins.js';
import { encode } from '../../store/codec.js';
import { type EventStore, VersionConflict } from '../../store/event-store.js';
import { retryUnknownOutcome } from '../../store/retry-unknown-outcome.js';
import { appendOnce } from '../append-once.js';

export interface OpenOriginOptions {
  store: EventStore;
  /** The names under which this data directory has signed. */
  signedUnder: readonly string[];
  /** The last checkpoint that it has signed; undefined if there is none. */
  previous: Checkpoint | undefined;
  at: string;
  actor: string;
}

/**
 * Continues under a name with which this data directory has signed nothing. If the log already has such a name, opened by another machine
 * or by an interrupted run, that one is used; otherwise a new one is opened. The old name is never used for signing again.
 * @returns every name of the log except the first, the newest last
 * @throws OutcomeUnknown, StoreUnavailable, LogSealed, LogMismatch
 */
export async function openOrigin(
  { store, signedUnder, previous, at, actor }: OpenOriginOptions,
  signal: AbortSignal,
): Promise<PastOrigin[]> {
  for (;;) {
    const opened = await retryUnknownOutcome(signal, () => newestOrigins(store, signal));
    const current = opened.at(-1);
    if (current && !signedUnder.some((name) => name.endsWith(`/${current.id}`))) return opened;
    const data = { previous: previous && storedForm(previous) };
    const event = encode({ type: 'OriginOpened', data, at, actor }, randomUUID());
    try {
      await appendOnce(store, ORIGINS_STREAM, opened.length, [event], signal);
      return [...opened, { type: 'OriginOpened', data, id: event.id, at, actor }];
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error;
    }
  }
}

/** A former leader that does not know it yet may lack the newest name. */
async function newestOrigins(store: EventStore, signal: AbortSignal): Promise<PastOrigin[]> {
  await store.requireLeader?.(signal);
  return openedOrigins(store);
}

function storedForm({ origin, size, root }: Checkpoint) {
  return { origin, size, root: Buffer.from(root).toString('base64') };
}
