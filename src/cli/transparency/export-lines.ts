import { toBase64 } from '../../domain/transparency/bytes.js';
import type { ExportedEvent } from '../../domain/transparency/exported-event.js';
import { TreeFrontier } from '../../domain/transparency/tree-frontier.js';
import type { Extension } from '../../domain/transparency/verify-extension.js';
import { isWithin, type TimeRange } from '../../projections/engine/page.js';
import { TransparencyProjection } from '../../projections/transparency/transparency.js';
import Database from '../../shared/sqlite.js';
import { type EventStore, type RecordedEvent, timeOf } from '../../store/event-store.js';
import { accountOf } from '../../store/streams.js';
import { exportedEvent, formatEvent, formatLast, type LastLine } from './history-line.js';
import type { LogSigner } from './log-signer.js';

/** Selects events by their own times, in milliseconds since 1970: `from` is inclusive, `to` is exclusive. */
export interface ExportFilter extends TimeRange {
  account?: string | undefined;
}

export interface ExportSource {
  store: EventStore;
  signer: LogSigner;
  /** Called from time to time with the events that were read. */
  onRead: (events: RecordedEvent[]) => void;
  /** Called after every event was yielded, before the tree is signed. If it throws, nothing is signed. */
  onEnd?: () => Promise<void>;
  /** Called with the last line before it is yielded, and whether every event that it covers was yielded. */
  onLast: (last: LastLine, isWhole: boolean) => void;
}

/** The cache of a temporary tree, in KiB. The rest goes to a file that SQLite deletes by itself. */
const TREE_CACHE = 64 * 1024;

/** Yields every event, then the checkpoint of their tree; several lines at a time, each with its newline. */
export async function* completeExport({ store, signer, onRead, onEnd, onLast }: ExportSource): AsyncGenerator<string[]> {
  const tree = new TreeFrontier();
  const keptSizes = new Set(signer.kept.map(({ size }) => size));
  const roots = new Map<number, Buffer>();
  const streams = new StreamVersions();
  let firstEventId: string | undefined;
  for await (const page of store.readAll('apiKeys')) {
    firstEventId ??= page[0]?.id;
    yield page.map((event) => {
      streams.record(event);
      const { line, leafHash } = exportedEvent(event, tree.size);
      tree.append(leafHash);
      if (keptSizes.has(tree.size)) roots.set(tree.size, tree.root());
      return formatEvent(line);
    });
    onRead(page);
  }
  await onEnd?.();
  const rootAt = (size: number) => roots.get(size);
  const last = await signer.sign({ firstEventId, size: tree.size, root: tree.root(), rootAt, gap: streams.gap });
  onLast(last, true);
  yield [formatLast(last)];
}

/**
 * Yields the matching events, each with its proof against the tree of the whole log, then the checkpoint of that tree.
 * @param kept the sizes of checkpoints that the last line is to prove that the tree extends
 * @throws Error if the log lacks an event: no event then has a proof
 */
export async function* filteredExport(
  source: ExportSource,
  filter: ExportFilter,
  kept: readonly number[] = [],
): AsyncGenerator<string[]> {
  const database = new Database('');
  try {
    const tree = await wholeTree(database, source);
    const size = tree.size();
    const firstEventId = tree.firstEventId();
    let [leafIndex, written] = [0, 0];
    for await (const page of source.store.readAll('apiKeys')) {
      const lines: string[] = [];
      for (const event of page) {
        if (leafIndex < size && isWanted(event, filter)) lines.push(formatEvent(proven(event, leafIndex, tree, size)));
        leafIndex += 1;
      }
      if (lines.length > 0) yield lines;
      written += lines.length;
      if (leafIndex >= size) break;
    }
    const rootAt = (earlier: number) => (earlier <= size ? tree.root(earlier) : undefined);
    const signed = await source.signer.sign({ firstEventId, size, root: tree.root(size), rootAt });
    const last = { ...signed, complete: false as const, ...(kept.length > 0 && { extends: extensions(tree, size, kept) }) };
    source.onLast(last, written === size);
    yield [formatLast(last)];
  } finally {
    database.close();
  }
}

/** How the tree of that size extends each smaller one; a larger one is no part of it. */
function extensions(tree: TransparencyProjection, size: number, kept: readonly number[]): Extension[] {
  const smaller = [...new Set(kept)].filter((earlier) => earlier > 0 && earlier < size);
  return smaller.map((earlier) => ({ size: earlier, path: tree.consistency(earlier, size).map(toBase64) }));
}

async function wholeTree(database: Database.Database, { store, onRead }: ExportSource): Promise<TransparencyProjection> {
  for (const pragma of ['journal_mode = OFF', 'synchronous = OFF', `cache_size = -${TREE_CACHE}`]) database.pragma(pragma);
  const tree = new TransparencyProjection(database);
  const apply = database.transaction((page: RecordedEvent[]) => tree.apply(page));
  for await (const page of store.readAll('apiKeys')) {
    const [unread] = apply(page);
    if (unread) throw new Error(`Account ${accountOf(unread.event.stream)}: ${unread.reason}`);
    onRead(page);
  }
  return tree;
}

/** Detects streams that lack an event while the log is read. Memory grows only with the number of accounts. */
class StreamVersions {
  readonly #versions = new Map<string, number>();
  /** The first missing event; undefined if there is none. */
  gap: string | undefined;

  record({ stream, version }: RecordedEvent): void {
    const due = (this.#versions.get(stream) ?? 0) + 1;
    if (version !== due) this.gap ??= `account ${accountOf(stream)} has no version ${due}, but version ${version}`;
    this.#versions.set(stream, version);
  }
}

function proven(event: RecordedEvent, leafIndex: number, tree: TransparencyProjection, size: number): ExportedEvent {
  const path = tree.inclusion(event.id, size)?.path ?? [];
  return { ...exportedEvent(event, leafIndex).line, proof: path.map(toBase64) };
}

function isWanted(event: RecordedEvent, { account, ...range }: ExportFilter): boolean {
  return isWithin(range, timeOf(event)) && (account === undefined || accountOf(event.stream) === account);
}
