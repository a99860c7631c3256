import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database, Statement } from 'better-sqlite3';
import { asError } from '../../shared/as-error.js';
import { hasCode } from '../../shared/error-code.js';
import { untilUnlocked } from '../../shared/until-unlocked.js';
import { type Batch, firstBatch, PAGE_BYTES, sizeOfText } from '../batch.js';
import {
  type Category,
  type EventStore,
  type FollowedPage,
  LogSealed,
  type NewEvent,
  type RecordedEvent,
  requirePrunable,
  StoreUnavailable,
} from '../event-store.js';
import { fromText } from '../stored-json.js';
import { GroupCommit } from './group-commit.js';
import { LatestEvents } from './latest-events.js';
import { OwnEvents } from './own-events.js';
import { Changes } from './sqlite-changes.js';
import { openLog, watchFile } from './sqlite-file.js';
import { pruneStream } from './sqlite-prune.js';
import { prepareMoved, prepareSealed } from './sqlite-seal.js';

/** The maximum number of events in a page. */
const PAGE = 1000;
const COLUMNS = 'stream, version, position, id, type, schemaVersion, data, metadata';

/** An array takes less time to create than an object. */
type Row = [
  stream: string,
  version: number,
  position: number,
  id: string,
  type: string,
  schemaVersion: number,
  data: string,
  metadata: string,
];

export interface SqliteOptions {
  /** Called if the disk failed during a commit, so that nobody knows what is on it; it must end the process. */
  onFatal?: ((error: Error) => void) | undefined;
  /** The maximum time, in milliseconds, between a follower's proofs that it has missed nothing. */
  staleness?: number | undefined;
}

/** The event log in one SQLite file, which several processes may open. `:memory:` is the test double. */
export class SqliteEventStore implements EventStore {
  readonly kind = 'sqlite';
  readonly #database: Database;
  readonly #commits: GroupCommit;
  readonly #onFatal: (error: Error) => void;
  readonly #ofStream;
  readonly #ofCategory;
  readonly #moved;
  readonly #sealed;
  readonly #requireSameFile: () => void;
  readonly #changes: Changes;
  readonly #latest: Record<Category, LatestEvents> = {
    apiKeys: new LatestEvents(),
    apiKeyUsage: new LatestEvents(),
    apiKeyReads: new LatestEvents(),
    apiKeyLog: new LatestEvents(),
  };

  /**
   * @param file the log; created if missing
   * @throws OldFormat, Error if the file belongs to another program or to a newer Keyledger
   */
  constructor(file: string, { onFatal = rethrow, staleness }: SqliteOptions = {}) {
    this.#database = openLog(file);
    this.#requireSameFile = watchFile(file);
    this.#changes = new Changes(this.#database, { staleness });
    const [onCommit, requireWritable] = [() => this.#changes.record(), this.#requireSameFile];
    const own = new OwnEvents(this.#database, new Map(Object.entries(this.#latest)));
    this.#commits = new GroupCommit(this.#database, { own, requireWritable, onCommit, onFatal });
    this.#onFatal = onFatal;
    this.#moved = prepareMoved(this.#database);
    this.#sealed = prepareSealed(this.#database);
    this.#ofStream = this.#database
      .prepare<[string, number], Row>(`SELECT ${COLUMNS} FROM events WHERE stream IN (?) AND version > ? ORDER BY version`)
      .raw();
    this.#ofCategory = this.#database
      .prepare<[Category, number], Row>(
        `SELECT ${COLUMNS} FROM events WHERE category IN (?) AND position > ? ORDER BY position`,
      )
      .raw();
  }

  isSealed(): boolean {
    return this.#sealed.get() !== undefined;
  }

  async *read(stream: string, after = 0): AsyncGenerator<RecordedEvent[]> {
    this.#requireSameFile();
    for (let from = after; ; ) {
      const { items: page, isLast } = await untilUnlocked(() => pageOf(this.#ofStream, stream, from));
      if (page.length > 0) yield page;
      if (isLast) return;
      from = page.at(-1)?.version ?? from;
    }
  }

  async *readAll(category: Category, after = 0): AsyncGenerator<RecordedEvent[]> {
    this.#requireSameFile();
    for (let from = after; ; ) {
      const { items: page, isLast } = await untilUnlocked(() => pageOf(this.#ofCategory, category, from));
      if (page.length > 0) yield page;
      if (isLast) return;
      from = page.at(-1)?.position ?? from;
    }
  }

  async *follow(category: Category, after: number, signal: AbortSignal): AsyncGenerator<FollowedPage> {
    for (let from = after; !signal.aborted; ) {
      this.#requireSameFile();
      const moved = (await untilUnlocked(() => this.#moved.get(), signal)) !== undefined;
      const seen = this.#changes.count;
      const readAt = performance.now();
      const { items: events, isLast } = await untilUnlocked(() => this.#pageToFollow(category, from), signal);
      yield { events, provenAt: isLast ? readAt : undefined, isMoved: isLast && moved };
      if (isLast && moved) throw new LogSealed();
      from = events.at(-1)?.position ?? from;
      await (isLast ? this.#changes.moreThan(seen, signal) : nextTurn());
    }
  }

  append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number> {
    return this.#commits.append(stream, version, events, signal);
  }

  async prune(stream: string, signal?: AbortSignal): Promise<void> {
    requirePrunable(stream);
    try {
      await pruneStream(this.#database, stream, signal);
    } catch (cause) {
      if (hasCode(cause, 'SQLITE_IOERR')) this.#onFatal(asError(cause));
      throw cause instanceof LogSealed ? cause : new StoreUnavailable({ cause });
    }
  }

  async close(): Promise<void> {
    await this.#commits.idle();
    this.#database.close();
  }

  lookAgain(): void {
    this.#changes.record();
  }

  /** The events after a position: those that another follower has read, and those after them. */
  #pageToFollow(category: Category, after: number): Batch<RecordedEvent> {
    const latest = this.#latest[category];
    const known = latest.following(after);
    const end = known.at(-1)?.position ?? after;
    const { items, isLast } = pageOf(this.#ofCategory, category, end);
    latest.keep(end, items);
    return { items: [...known, ...items], isLast };
  }
}

/** The events after a place. SQLite reads no row beyond the page. */
function pageOf<Name extends string>(rows: Statement<[Name, number], Row>, name: Name, after: number): Batch<RecordedEvent> {
  const { items, isLast } = firstBatch(rows.iterate(name, after), PAGE, sizeOf, PAGE_BYTES);
  return { items: items.map(toEvent), isLast };
}

function sizeOf(row: Row): number {
  const [data, metadata] = [row[6], row[7]];
  return sizeOfText({ data, metadata });
}

function toEvent([stream, version, position, id, type, schemaVersion, data, metadata]: Row): RecordedEvent {
  return fromText({ stream, version, position, id, type, schemaVersion, data, metadata });
}

function rethrow(error: Error): never {
  throw error;
}
