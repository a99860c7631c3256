import { type Category, type EventStore, type RecordedEvent, StoreUnavailable } from '../../store/event-store.js';
import { patiently } from '../patiently.js';
import { type ComparedLogs, compareLogs } from './compare-logs.js';
import { type CopyOptions, copyEvents } from './copy-events.js';

/**
 * Copies a category, and compares meanwhile what the target holds with the source, from the first event to the last. The copying leaves
 * the processors time, so the comparison costs little.
 * @throws LogsDiffer if the target holds anything else; the copying stops
 * @throws Error if the target does not answer for minutes, or if a stream has moved on there
 */
export async function copyAndCompare(category: Category, options: Omit<CopyOptions, 'signal'>): Promise<ComparedLogs> {
  const { source, target } = options;
  const differs = new AbortController();
  const copying = copyEvents(category, { ...options, signal: differs.signal });
  const comparing = compareLogs(category, source, whileCopying(category, target, copying)).catch((error: unknown) => {
    // The copying waits for the store, and so does a comparison after it.
    if (error instanceof StoreUnavailable) return undefined;
    differs.abort(error);
    throw error;
  });
  const [copied, compared] = await Promise.allSettled([copying, comparing]);
  if (copied.status === 'rejected') throw copied.reason;
  if (compared.status === 'rejected') throw compared.reason;
  return compared.value ?? patiently(() => compareLogs(category, source, target.readAll(category)));
}

/** The category's events: those that come while it is being copied, and then the rest; none of the rest if the copying fails. */
async function* whileCopying(category: Category, target: EventStore, copying: Promise<void>): AsyncGenerator<RecordedEvent[]> {
  const ended = new AbortController();
  const isCopied = copying.then(
    () => true,
    () => false,
  );
  isCopied.finally(() => ended.abort());
  let after = 0;
  for await (const { events } of target.follow(category, 0, ended.signal)) {
    if (events.length > 0) yield events;
    after = events.at(-1)?.position ?? after;
  }
  if (await isCopied) yield* target.readAll(category, after);
}
