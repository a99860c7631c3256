import { APPEND, sizeOfEvent } from '../../store/batch.js';
import { type Category, type EventStore, type RecordedEvent, VersionConflict } from '../../store/event-store.js';
import { appendPatiently } from '../append-patiently.js';

export interface CopyOptions {
  source: EventStore;
  target: EventStore;
  /** The position in the source of the last event that the target holds. */
  after: number;
  /** Called after each append with the number of copied events. */
  onCopied: (events: number) => void;
  /** Stops the copying after an append. */
  signal?: AbortSignal;
}

/**
 * Appends the category's events to the target in the source's order, at their versions and with their ids. One append is in flight at a
 * time, so an interruption at any point leaves the beginning of the source.
 * @throws UnreadableEvent before a damaged event, which no event of the target could equal
 * @throws Error if the target does not answer for minutes, or if a stream has moved on there; the signal's reason
 */
export async function copyEvents(category: Category, { source, target, after, onCopied, signal }: CopyOptions): Promise<void> {
  for await (const run of runs(source.readAll(category, after))) {
    signal?.throwIfAborted();
    await append(target, run);
    onCopied(run.length);
  }
}

async function append(target: EventStore, run: Run): Promise<void> {
  try {
    await appendPatiently(target, run);
  } catch (error) {
    if (!(error instanceof VersionConflict)) throw error;
    throw new Error(
      `${error.message} The source lacks an event, or another program writes to EventStoreDB. Stop that program, and run the command again: it compares both logs.`,
    );
  }
}

export type Run = [RecordedEvent, ...RecordedEvent[]];

/** Groups adjacent events of one stream, as many as fit into an append. The page boundaries make no difference. */
export async function* runs(pages: AsyncIterable<RecordedEvent[]>): AsyncGenerator<Run> {
  let run: Run | undefined;
  let bytes = 0;
  for await (const page of pages) {
    for (const event of page) {
      const size = sizeOfEvent(event);
      if (run && run[0].stream === event.stream && run.length < APPEND.count && bytes + size <= APPEND.bytes) {
        run.push(event);
        bytes += size;
        continue;
      }
      if (run) yield run;
      run = [event];
      bytes = size;
    }
  }
  if (run) yield run;
}
