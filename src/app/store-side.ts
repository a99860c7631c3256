import { LastAppend } from '../observability/last-append.js';
import { ObservedEventStore } from '../observability/observed-store.js';
import { both } from '../observability/observer.js';
import type { ErrorCode } from '../shared/error-codes.js';
import type { EventStore } from '../store/event-store.js';
import { type OpenStoreOptions, openStore } from '../store/open.js';
import type { Basis } from './basis.js';

export interface StoreSideOptions extends Pick<OpenStoreOptions, 'onFatal'> {
  /** A store to use instead of the configured one. */
  given: EventStore | undefined;
}

/** The log. Do not append here: appends go to `guarded` of the read side. */
export interface StoreSide {
  /** The store itself, for frequent checks that are not measured: its seal, its clock, its identity. */
  opened: EventStore;
  /** The same store. Each append and read is counted, timed and traced. */
  observed: EventStore;
  /** Why the last append failed; undefined if it succeeded, or if that was long ago. */
  appendFailure: () => ErrorCode | undefined;
  stop(): Promise<void>;
}

export async function openStoreSide(
  { config, metrics, tracing }: Basis,
  { given, onFatal }: StoreSideOptions,
): Promise<StoreSide> {
  const opened = given ?? (await openStore(config.store, { onFatal, staleness: config.staleness }));
  const lastAppend = new LastAppend();
  const observer = both(both(metrics.observeStore, lastAppend.observe), tracing?.observeStore);
  const observed = new ObservedEventStore(opened, observer);
  return { opened, observed, appendFailure: () => lastAppend.failure(), stop: () => observed.close() };
}
