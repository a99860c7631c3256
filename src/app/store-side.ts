import { LastAppend } from '../observability/last-append.js';
import { ObservedEventStore } from '../observability/observed-store.js';
import { both } from '../observability/observer.js';
import type { ErrorCode } from '../shared/error-codes.js';
import type { EventStore } from '../store/event-store.js';
import { type OpenStoreOptions, openStore } from '../store/open.js';
import type { Basis } from './basis.js';

export interface StoreSideOptions extends Pick<OpenStoreOptions, 'onFatal'> {
  /** Another store than the configured one. */
  given: EventStore | undefined;
}

/** The log. Nobody appends here: the read side has it as `guarded`. */
export interface StoreSide {
  /** As it was opened, for what is asked all the time: whether it is sealed, what its clock shows, whether it is the same log. */
  opened: EventStore;
  /** The same, with each append and read counted, timed and traced. */
  observed: EventStore;
  /** Why the last append failed; undefined where it did not, or where that was long ago. */
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
