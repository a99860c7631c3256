import { randomUUID } from 'node:crypto';
import type { Checkpoint } from '../../domain/transparency/checkpoint.js';
import type { PastOrigin } from '../../domain/transparency/log-origin.js';
import { ORIGINS_STREAM, openedOrigins } from '../../projections/transparency/origins.js';
import { encode } from '../../store/codec.js';
import { type EventStore, VersionConflict } from '../../store/event-store.js';
import { retryUnknownOutcome } from '../../store/retry-unknown-outcome.js';

export interface OpenOriginOptions {
  store: EventStore;
  /** The names under which this data directory has signed. */
  signedUnder: readonly string[];
  /** The last checkpoint that it has signed; undefined where it has none. */
  previous: Checkpoint | undefined;
  at: string;
  actor: string;
}

/**
 * Goes on under a name that this data directory has signed nothing under: where the log has one already, that another machine has
 * opened or a run that was broken off, under that; else under a new one. The old name is never signed under again.
 * @returns every name but the first that the log has had, the new one last
 * @throws OutcomeUnknown, StoreUnavailable, LogSealed
 */
export async function openOrigin(
  { store, signedUnder, previous, at, actor }: OpenOriginOptions,
  signal: AbortSignal,
): Promise<PastOrigin[]> {
  for (;;) {
    const opened = await retryUnknownOutcome(signal, () => openedOrigins(store));
    const current = opened.at(-1);
    if (current && !signedUnder.some((name) => name.endsWith(`/${current.id}`))) return opened;
    const data = { previous: previous && storedForm(previous) };
    const event = encode({ type: 'OriginOpened', data, at, actor }, randomUUID());
    try {
      await retryUnknownOutcome(signal, () => store.append(ORIGINS_STREAM, opened.length, [event], signal));
      return [...opened, { type: 'OriginOpened', data, id: event.id, at, actor }];
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error;
    }
  }
}

function storedForm({ origin, size, root }: Checkpoint) {
  return { origin, size, root: Buffer.from(root).toString('base64') };
}
