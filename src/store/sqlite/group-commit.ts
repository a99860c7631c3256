import { setImmediate as nextTurn } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { asError } from '../../shared/as-error.js';
import { hasCode } from '../../shared/error-code.js';
import { withFileName } from '../../shared/file-fault.js';
import { isLocked } from '../../shared/until-unlocked.js';
import { firstBatch, sizeOfText } from '../batch.js';
import { LogMismatch, LogSealed, type NewEvent, OutcomeUnknown, StoreUnavailable, VersionConflict } from '../event-store.js';
import { categoryOf } from '../streams.js';
import type { OwnEvents } from './own-events.js';
import { isSealed } from './sqlite-seal.js';

/** The maximum number of appends in a commit, so that a burst does not block the event loop. */
const GROUP = 256;

/** An event as it is inserted; its JSON is computed only once. */
type TextEvent = Omit<NewEvent, 'data' | 'metadata'> & { data: string; metadata: string };

interface Append {
  stream: string;
  version: number;
  events: TextEvent[];
  signal: AbortSignal | undefined;
  resolve(version: number): void;
  reject(error: Error): void;
}

export interface GroupCommitOptions {
  own: OwnEvents;
  /** Throws the error with which every append is refused, if nothing may be written any more. */
  requireWritable: () => void;
  onCommit: () => void;
  /** Called if a commit may or may not be on disk. A later retry could acknowledge what is not there. */
  onFatal: (error: Error) => void;
}

/**
 * Commits all appends of one turn of the event loop together: one `fsync` for many. Under the write lock, checking a version and inserting
 * the events are one step for all processes on the file.
 */
export class GroupCommit {
  readonly #database: Database.Database;
  readonly #options: GroupCommitOptions;
  readonly #begin;
  readonly #end;
  readonly #head;
  readonly #ids;
  readonly #insert;
  #waiting: Append[] = [];
  #draining: Promise<void> | undefined;

  constructor(database: Database.Database, options: GroupCommitOptions) {
    this.#database = database;
    this.#options = options;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#end = database.prepare('COMMIT');
    this.#head = database
      .prepare<[string], number>('SELECT version FROM events WHERE stream IN (?) ORDER BY version DESC LIMIT 1')
      .pluck();
    this.#ids = database
      .prepare<[string, number, number], string>(
        'SELECT id FROM events WHERE stream IN (?) AND version > ? ORDER BY version LIMIT ?',
      )
      .pluck();
    this.#insert = database.prepare(
      'INSERT INTO events (category, stream, version, id, type, schemaVersion, data, metadata) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
  }

  /** Resolves with the stream's new version once the events are on disk. */
  append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ stream, version, events: events.map(toText), signal, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  /** Resolves when no append is in flight. */
  async idle(): Promise<void> {
    await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      await nextTurn();
      this.#waiting = this.#waiting.filter((append) => !gaveUp(append));
      const { items: group } = firstBatch(this.#waiting, GROUP, sizeOfAppend);
      if (this.#commit(group)) this.#waiting.splice(0, group.length);
      else await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 4));
    }
    this.#draining = undefined;
  }

  /** Settles every append of the group and returns true, or returns false if another process holds the lock. */
  #commit(group: Append[]): boolean {
    const settle: (() => void)[] = [];
    try {
      this.#options.requireWritable();
      this.#begin.run();
      for (const append of group) settle.push(this.#write(append));
      this.#end.run();
    } catch (error) {
      this.#options.own.end(false);
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      if (isLocked(error)) return false;
      this.#fail(group, error);
      return true;
    }
    this.#options.own.end(true);
    for (const done of settle) done();
    this.#options.onCommit();
    return true;
  }

  /** Inserts within the transaction. Returns the function that notifies the caller after the commit. */
  #write({ stream, version, events, resolve, reject }: Append): () => void {
    const actual = this.#head.get(stream) ?? 0;
    const next = version + events.length;
    if (actual !== version) {
      const known = this.#ids.all(stream, version, events.length);
      const repeated = events.length === known.length && events.every(({ id }, index) => id === known[index]);
      return () => (repeated ? resolve(next) : reject(new VersionConflict(stream, version, actual)));
    }
    try {
      this.#insertAll(stream, version, events);
      return () => resolve(next);
    } catch (cause) {
      if (!isSealed(cause)) throw cause;
      return () => reject(new LogSealed({ cause }));
    }
  }

  #insertAll(stream: string, version: number, events: TextEvent[]): void {
    const category = categoryOf(stream);
    events.forEach(({ id, type, schemaVersion, data, metadata }, index) => {
      const at = version + index + 1;
      const { lastInsertRowid } = this.#insert.run(category, stream, at, id, type, schemaVersion, data, metadata);
      const position = Number(lastInsertRowid);
      this.#options.own.note(category, { stream, version: at, position, id, type, schemaVersion, data, metadata });
    });
  }

  #fail(group: Append[], error: unknown): void {
    const cause = withFileName(error, this.#database.name);
    const unknown = hasCode(cause, 'SQLITE_IOERR');
    const mismatch = cause instanceof LogMismatch ? cause : undefined;
    for (const { reject } of group)
      reject(mismatch ?? (unknown ? new OutcomeUnknown({ cause }) : new StoreUnavailable({ cause })));
    if (unknown) this.#options.onFatal(asError(cause));
  }
}

/** Names every member, since Node 20 takes ten times as long to spread those that stay the same. */
function toText({ id, type, schemaVersion, data, metadata }: NewEvent): TextEvent {
  return { id, type, schemaVersion, data: JSON.stringify(data), metadata: JSON.stringify(metadata) };
}

function sizeOfAppend({ events }: Append): number {
  return events.reduce((sum, event) => sum + sizeOfText(event), 0);
}

function gaveUp({ signal, reject }: Append): boolean {
  if (!signal?.aborted) return false;
  reject(new StoreUnavailable({ cause: signal.reason }));
  return true;
}
