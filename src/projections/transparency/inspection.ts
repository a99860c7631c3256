import { isDeepStrictEqual } from 'node:util';
import { UnreadableStream } from '../../domain/keys/refusals.js';
import { isKnownName, type LogOrigin, originOf } from '../../domain/transparency/log-origin.js';
import { TreeFrontier } from '../../domain/transparency/tree-frontier.js';
import { leafHashOf } from '../../store/codec.js';
import type { EventStore, LogMismatch, RecordedEvent } from '../../store/event-store.js';
import type { HistoryProjection } from '../audit/history.js';
import type { CheckpointFile } from './checkpoint-file.js';
import type { KnownLog } from './known-log.js';
import { findMismatch } from './log-difference.js';
import { openedOrigins } from './origins.js';
import type { TransparencyProjection } from './transparency.js';

/** What a data directory knows about its log, and what it has signed. */
export interface Evidence {
  known: KnownLog;
  history: HistoryProjection;
  tree: TransparencyProjection;
  checkpoints: CheckpointFile;
}

/** The result of reading a log from its beginning to its end. */
export interface Inspection {
  size: number;
  /** The root of its tree. If an event has no leaf, the root of the tree before that event. */
  root: Buffer;
  first: RecordedEvent | undefined;
  last: RecordedEvent | undefined;
  /** The name under which it is signed now; undefined while it is empty. */
  origin: LogOrigin | undefined;
  /** Why it is not the log from which the projections were filled; undefined if it is. */
  mismatch: LogMismatch | undefined;
  /** How many of the kept checkpoints hold for it, and the smallest one that does not. */
  held: number;
  broken: BrokenTree | undefined;
  /** The minimum number of events that it has lost, as the kept checkpoints and the projected tree show. */
  missing: number;
  /** The position of the last event that both the history and the log hold; the number of such events; and those that differ. */
  end: number;
  common: number;
  changed: RecordedEvent[];
  /** Events that the history does not know, before one that it knows: their number, and the first of them. */
  inserted: { count: number; first: RecordedEvent[] };
}

/** A tree that the log does not hold. */
export interface BrokenTree {
  /** The origin of its checkpoint; undefined for the projected tree. */
  origin: string | undefined;
  size: number;
  /** The log's first events, up to this number, are those that another checkpoint covers. */
  sound: number;
  /** True if the checkpoint was signed for another log, or under an origin that the log does not record. */
  isForeign: boolean;
}

/** How many inserted events are kept individually. */
const KEPT = 20;

type Found = Pick<Inspection, 'size' | 'first' | 'last' | 'end' | 'common' | 'changed' | 'inserted'>;

/** True if nothing is wrong with the log. */
export function isWhole({ mismatch, broken, changed }: Inspection): boolean {
  return mismatch === undefined && broken === undefined && changed.length === 0;
}

/** Reads the whole log and compares it with everything that the data directory knows and has signed. */
export async function inspect(store: EventStore, { known, history, tree, checkpoints }: Evidence): Promise<Inspection> {
  const notes = await checkpoints.readable();
  const projected = tree.size();
  const grown = new GrownTree([projected, ...notes.map(({ size }) => size)]);
  const found: Found = {
    size: 0,
    first: undefined,
    last: undefined,
    end: 0,
    common: 0,
    changed: [],
    inserted: { count: 0, first: [] },
  };
  const strangers = new Strangers(found.inserted);
  for await (const page of store.readAll('apiKeys')) {
    for (const event of page) {
      const leaf = readableLeafHash(event);
      grown.append(leaf);
      found.size += 1;
      found.first ??= event;
      found.last = event;
      const own = history.find(event.id);
      compare(found, own, event, leaf);
      strangers.take(event, own !== undefined);
    }
  }
  const opened = await openedOrigins(store);
  const origin = found.first && originOf(found.first.id, opened);
  const signed = notes.filter((note) => note.origin === origin?.name);
  const foreign = notes.slice(-1).find((note) => !found.first || !isKnownName(note.origin, found.first.id, opened));
  // A tree that has stopped growing proves nothing: the accounts whose events it lacks are refused individually.
  const isTreeComplete = tree.quarantine.isEmpty();
  const isTreeHeld = !isTreeComplete || grown.held({ size: projected, root: tree.root(projected) });
  const lost = [...(foreign ? [foreign] : []), ...signed.filter((note) => !grown.held(note)).sort((a, b) => a.size - b.size)];
  const held = signed.filter((note) => grown.held(note));
  const sizes = [...lost.map(({ size }) => size), ...(isTreeHeld ? [] : [projected])];
  return {
    ...found,
    root: grown.root(),
    origin,
    mismatch: await findMismatch(store, known),
    inserted: isTreeComplete ? found.inserted : { count: 0, first: [] },
    held: held.length,
    broken: brokenAt(sizes[0], lost[0]?.origin, held, foreign !== undefined),
    missing: Math.max(0, ...sizes.map((size) => size - found.size)),
  };
}

function brokenAt(
  size: number | undefined,
  origin: string | undefined,
  held: readonly { size: number }[],
  isForeign: boolean,
): BrokenTree | undefined {
  if (size === undefined) return undefined;
  const sound = Math.max(0, ...held.map((note) => note.size).filter((smaller) => smaller < size));
  return { origin, size, sound, isForeign };
}

/** The log's tree while it is read. It stops before the first event without a leaf. */
class GrownTree {
  readonly #sizes: Set<number>;
  readonly #roots = new Map<number, Buffer>();
  readonly #frontier = new TreeFrontier();
  #stopped = false;

  /** @param sizes at which its root will be needed */
  constructor(sizes: number[]) {
    this.#sizes = new Set(sizes);
    this.#keepRoot();
  }

  append(leaf: Buffer | undefined): void {
    this.#stopped ||= leaf === undefined;
    if (this.#stopped || !leaf) return;
    this.#frontier.append(leaf);
    this.#keepRoot();
  }

  root(): Buffer {
    return this.#frontier.root();
  }

  /** True if the tree had that root at that size. */
  held({ size, root }: { size: number; root: Uint8Array }): boolean {
    return this.#roots.get(size)?.equals(root) ?? false;
  }

  #keepRoot(): void {
    const { size } = this.#frontier;
    if (this.#sizes.has(size)) this.#roots.set(size, this.#frontier.root());
  }
}

/** Collects events that the history does not know. They count as inserted once a known event follows. */
class Strangers {
  readonly #inserted: Inspection['inserted'];
  #last: Inspection['inserted'] = { count: 0, first: [] };

  constructor(inserted: Inspection['inserted']) {
    this.#inserted = inserted;
  }

  take(event: RecordedEvent, isKnown: boolean): void {
    if (!isKnown) {
      this.#last.count += 1;
      if (this.#last.first.length < KEPT) this.#last.first.push(event);
    } else if (this.#last.count > 0) {
      this.#inserted.count += this.#last.count;
      this.#inserted.first.push(...this.#last.first.slice(0, KEPT - this.#inserted.first.length));
      this.#last = { count: 0, first: [] };
    }
  }
}

function compare(found: Found, known: RecordedEvent | undefined, event: RecordedEvent, leaf: Buffer | undefined): void {
  if (!known) return;
  found.common += 1;
  found.end = Math.max(found.end, known.position);
  const expected = readableLeafHash(known);
  const isSame = expected && leaf ? expected.equals(leaf) : isDeepStrictEqual(contentOf(known), contentOf(event));
  if (!isSame) found.changed.push(known);
}

function contentOf({ damage, data, metadata }: RecordedEvent) {
  return { damage, data, metadata };
}

/** Undefined if the event has no leaf. */
function readableLeafHash(event: RecordedEvent): Buffer | undefined {
  try {
    return leafHashOf(event);
  } catch (error) {
    if (error instanceof UnreadableStream) return undefined;
    throw error;
  }
}
