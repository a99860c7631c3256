import { TreeFrontier } from '../../domain/transparency/tree-frontier.js';
import { leafHashOf } from '../../store/codec.js';
import type { Category, EventStore, RecordedEvent } from '../../store/event-store.js';

type Pages = AsyncIterable<RecordedEvent[]>;

/** The trees of a category of two stores that hold the same. */
export interface ComparedLogs {
  source: TreeFrontier;
  target: TreeFrontier;
}

/** How much of a category the target holds. */
export interface Held {
  /** The number of events. */
  size: number;
  /** The position in the source of the last one; 0 if there is none. */
  position: number;
}

/** An event of the source. */
interface Compared {
  original: RecordedEvent;
  leafHash: Buffer;
  /** True if the target holds the same. */
  isHeld: boolean;
}

/** The target's events are not the beginning of the source. */
export class LogsDiffer extends Error {
  constructor(category: Category, place: number, difference: string) {
    super(
      `Event ${place} of the category ${category} differs: ${difference}. Import into an empty EventStoreDB, or into one that holds an interrupted import of this log: name it in KEYLEDGER_STORE.`,
    );
  }
}

/**
 * Compares the events one by one in the form that the transparency log holds: everything except positions.
 * @param copies the target's events, from the first on
 * @throws LogsDiffer if they are not the beginning of the source
 */
export async function compareLogs(category: Category, source: EventStore, copies: Pages): Promise<ComparedLogs> {
  const compared = { source: new TreeFrontier(), target: new TreeFrontier() };
  for await (const { leafHash, isHeld } of compareEach(category, source, copies)) {
    compared.source.append(leafHash);
    if (isHeld) compared.target.append(leafHash);
  }
  return compared;
}

/**
 * Compares only what the target holds.
 * @throws LogsDiffer if that is not the beginning of the source
 */
export async function findHeld(category: Category, source: EventStore, target: EventStore): Promise<Held> {
  const held = { size: 0, position: 0 };
  for await (const { original, isHeld } of compareEach(category, source, target.readAll(category))) {
    if (!isHeld) break;
    held.size += 1;
    held.position = original.position;
  }
  return held;
}

async function* compareEach(category: Category, source: EventStore, copies: Pages): AsyncGenerator<Compared> {
  const rest = eachEvent(copies);
  try {
    let size = 0;
    let copy = await rest.next();
    for await (const original of eachEvent(source.readAll(category))) {
      size += 1;
      const leafHash = leafHashOf(original);
      if (copy.done) {
        yield { original, leafHash, isHeld: false };
        continue;
      }
      if (!leafHashOf(copy.value).equals(leafHash)) throw new LogsDiffer(category, size, describeBoth(original, copy.value));
      yield { original, leafHash, isHeld: true };
      copy = await rest.next();
    }
    if (copy.done) return;
    throw new LogsDiffer(category, size + 1, `EventStoreDB holds ${describe(copy.value)}, and the source has no more events`);
  } finally {
    await rest.return(undefined);
  }
}

/** The root of the log's tree at that size; undefined if it never had that size. */
export async function rootAt(store: EventStore, size: number): Promise<Buffer | undefined> {
  const tree = new TreeFrontier();
  for await (const page of store.readAll('apiKeys')) {
    for (const event of page.slice(0, size - tree.size)) tree.append(leafHashOf(event));
    if (tree.size === size) break;
  }
  return tree.size === size ? tree.root() : undefined;
}

async function* eachEvent(pages: Pages): AsyncGenerator<RecordedEvent, undefined> {
  for await (const page of pages) yield* page;
}

function describeBoth(original: RecordedEvent, copy: RecordedEvent): string {
  const [held, found] = [describe(original), describe(copy)];
  if (held === found) return `${held} has other data or metadata in EventStoreDB`;
  return `the source holds ${held}, and EventStoreDB ${found}`;
}

function describe({ stream, version, type, schemaVersion, id }: RecordedEvent): string {
  return `version ${version} of ${stream} (${type}, schema version ${schemaVersion}, id ${id})`;
}
