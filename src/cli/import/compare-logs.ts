import { TreeFrontier } from '../../domain/transparency/tree-frontier.js';
import { leafHashOf } from '../../store/codec.js';
import type { Category, EventStore, RecordedEvent } from '../../store/event-store.js';

/** A category of two stores; the second holds the beginning of the first. */
export interface ComparedLogs {
  source: TreeFrontier;
  target: TreeFrontier;
  /** The position in the source of the last event that the target holds; 0 if there is none. */
  position: number;
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
 * @throws LogsDiffer if the target's events are not the beginning of the source
 */
export async function compareLogs(category: Category, source: EventStore, target: EventStore): Promise<ComparedLogs> {
  const compared: ComparedLogs = { source: new TreeFrontier(), target: new TreeFrontier(), position: 0 };
  const copies = eachEvent(target.readAll(category));
  try {
    let copy = await copies.next();
    for await (const original of eachEvent(source.readAll(category))) {
      const leafHash = leafHashOf(original);
      compared.source.append(leafHash);
      if (copy.done) continue;
      const copiedHash = leafHashOf(copy.value);
      if (!copiedHash.equals(leafHash)) {
        throw new LogsDiffer(category, compared.source.size, describeBoth(original, copy.value));
      }
      compared.target.append(copiedHash);
      compared.position = original.position;
      copy = await copies.next();
    }
    if (copy.done) return compared;
    throw new LogsDiffer(
      category,
      compared.source.size + 1,
      `EventStoreDB holds ${describe(copy.value)}, and the source has no more events`,
    );
  } finally {
    await copies.return(undefined);
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

async function* eachEvent(pages: AsyncIterable<RecordedEvent[]>): AsyncGenerator<RecordedEvent, undefined> {
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
