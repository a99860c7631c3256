import type { Category, EventStore, RecordedEvent } from '../../store/event-store.js';
import type { Connection, Query } from './connection.js';
import { POSITIONS } from './names.js';
import type { Projection } from './projection.js';
import { anyRow } from './tables.js';

/** The first event of a log: the first of the category `apiKeys`, which nobody removes. Its id identifies the log. */
export interface FirstEvent {
  stream: string;
  id: string;
}

/** How far a projection has come, and in which log. */
export interface SavedPosition {
  projection: string;
  category: Category;
  /** The position of the last applied event; 0 before the first. */
  position: number;
  /** The number of applied events, counted from the log's beginning. */
  events: number;
  /** The kind of store. If streams and rows are disguised, followed by a slash and the fingerprint of the key. */
  kind: string;
  /** The first event of the log; null if it was not known yet. */
  firstStream: string | null;
  firstId: string | null;
  lastStream: string;
  lastVersion: number;
  lastId: string;
}

const SEPARATOR = '/';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS ${POSITIONS} (
    projection TEXT PRIMARY KEY,
    category TEXT NOT NULL,
    position INTEGER NOT NULL,
    events INTEGER NOT NULL,
    kind TEXT NOT NULL,
    firstStream TEXT,
    firstId TEXT,
    lastStream TEXT NOT NULL,
    lastVersion INTEGER NOT NULL,
    lastId TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

const SAVE = `
  INSERT INTO ${POSITIONS} VALUES
    (@projection, @category, @position, @events, @kind, @firstStream, @firstId, @lastStream, @lastVersion, @lastId)
  ON CONFLICT DO UPDATE SET position = @position, events = events + @events,
    firstStream = ifnull(firstStream, @firstStream), firstId = ifnull(firstId, @firstId),
    lastStream = @lastStream, lastVersion = @lastVersion, lastId = @lastId`;

/** The log from which events were applied. */
export interface Source {
  store: Pick<EventStore, 'kind'>;
  /** Undefined while the log is empty. */
  first: FirstEvent | undefined;
}

/** Stores each projection's position, in the same transaction as its rows. */
export class PositionTable {
  readonly #all;
  readonly #read;
  readonly #position;
  readonly #write;
  readonly #forget;
  readonly #forgetAll;
  readonly #anyRow = new Map<string, Query<[], unknown>>();
  readonly #database: Connection;

  constructor(database: Connection) {
    database.exec(SCHEMA);
    this.#database = database;
    this.#all = database.prepare<[], SavedPosition>(`SELECT * FROM ${POSITIONS}`);
    this.#read = database.prepare<[string], SavedPosition>(`SELECT * FROM ${POSITIONS} WHERE projection = ?`);
    this.#position = database.prepare<[string], number>(`SELECT position FROM ${POSITIONS} WHERE projection = ?`).pluck();
    this.#write = database.prepare(SAVE);
    this.#forget = database.prepare(`DELETE FROM ${POSITIONS} WHERE projection = ?`);
    this.#forgetAll = database.prepare(`DELETE FROM ${POSITIONS}`);
  }

  read(projection: string): SavedPosition | undefined {
    return this.#read.get(projection);
  }

  /**
   * The position of a projection's tables; 0 if they are empty; undefined if somebody has given them up: they have rows, but no position.
   * Then no event may be applied to them.
   */
  filledTo(projection: string): number | undefined {
    const position = this.#position.get(projection);
    if (position !== undefined) return position;
    // Another process may have just filled them for the first time. It writes rows and position at once.
    return this.#hasRows(projection) ? this.#position.get(projection) : 0;
  }

  /** The positions of all projections that ever ran, including those that no longer do. */
  all(): SavedPosition[] {
    return this.#all.all();
  }

  /** Records the events as applied. The last one is among those by which the log will be recognised. */
  save(
    projection: Pick<Projection, 'name' | 'category' | 'pseudonyms'>,
    { store, first }: Source,
    events: RecordedEvent[],
  ): void {
    const last = events.at(-1);
    if (!last) return;
    const { name, category, pseudonyms } = projection;
    const begins = category === 'apiKeys' ? (first ?? events[0]) : first;
    const disguised = (stream: string) => pseudonyms?.seal(stream) ?? stream;
    this.#write.run({
      projection: name,
      category,
      position: last.position,
      events: events.length,
      kind: sourceOf(store, projection),
      firstStream: begins ? disguised(begins.stream) : null,
      firstId: begins?.id ?? null,
      lastStream: disguised(last.stream),
      lastVersion: last.version,
      lastId: last.id,
    });
  }

  /** Takes a projection's position over from another file of the connection. */
  copy(projection: string, schema: string): void {
    this.#database
      .prepare(`REPLACE INTO main.${POSITIONS} SELECT * FROM ${schema}.${POSITIONS} WHERE projection = ?`)
      .run(projection);
  }

  /** Saves rows that were read from another file. */
  put(rows: Iterable<SavedPosition>): void {
    for (const row of rows) this.#write.run(row);
  }

  forget(projection: string): void {
    this.#forget.run(projection);
  }

  forgetAll(): void {
    this.#forgetAll.run();
  }

  /** An idle process asks every second, so the query is prepared once. */
  #hasRows(projection: string): boolean {
    const query = this.#anyRow.get(projection) ?? anyRow(this.#database, projection);
    if (query) this.#anyRow.set(projection, query);
    return query?.get() !== undefined;
  }
}

/** The position of each projection in one of the connection's files, by projection name; empty if no projection ever ran. */
export function positionsIn(database: Connection, schema: string): Map<string, SavedPosition> {
  const table = database.prepare(`SELECT 1 FROM ${schema}.sqlite_schema WHERE name = '${POSITIONS}'`).get();
  if (!table) return new Map();
  const rows = database.prepare<[], SavedPosition>(`SELECT * FROM ${schema}.${POSITIONS}`).all();
  return new Map(rows.map((row) => [row.projection, row]));
}

/**
 * Why the tables do not match this log; undefined if they do. Does not check whether the log is the one from which the tables of the keys'
 * category were filled, or whether it holds all of their events; the log guard does.
 */
export async function difference(
  { store, first }: { store: EventStore; first: FirstEvent | undefined },
  { category, pseudonyms }: Pick<Projection, 'category' | 'pseudonyms'>,
  saved: SavedPosition,
): Promise<string | undefined> {
  const { kind, fingerprint } = sourceIn(saved.kind);
  if (kind !== store.kind) return `they were filled from another kind of store (${kind})`;
  if (fingerprint !== pseudonyms?.fingerprint) return 'their pseudonyms were made with another key';
  if (category !== 'apiKeys' && saved.firstId !== null && saved.firstId !== first?.id)
    return 'they were filled from another log';
  const last = await lastApplied(store, { pseudonyms }, saved);
  if (last?.id === saved.lastId) {
    return last.position === saved.position ? undefined : 'events have other positions than when they were filled';
  }
  return category === 'apiKeys' ? undefined : 'the log does not hold the last event that they were filled with';
}

/** The event in the place of the last one that was applied; undefined if there is none, or no longer. */
export function lastApplied(
  store: EventStore,
  { pseudonyms }: Pick<Projection, 'pseudonyms'>,
  { lastStream, lastVersion }: SavedPosition,
): Promise<RecordedEvent | undefined> {
  return eventAt(store, pseudonyms?.unseal(lastStream) ?? lastStream, lastVersion);
}

/** The event with which the log begins; undefined while it is empty. */
export async function firstEvent(store: EventStore): Promise<FirstEvent | undefined> {
  for await (const [first] of store.readAll('apiKeys')) if (first) return { stream: first.stream, id: first.id };
  return undefined;
}

/** The event at that version of the stream; undefined if there is none, or no longer. */
export async function eventAt(store: EventStore, stream: string, version: number): Promise<RecordedEvent | undefined> {
  for await (const [event] of store.read(stream, version - 1)) return event?.version === version ? event : undefined;
  return undefined;
}

/** The kind of the store that tables were filled from, and the fingerprint of their pseudonyms, if they have any. */
export function sourceIn(saved: SavedPosition['kind']): { kind: string; fingerprint: string | undefined } {
  const [kind = saved, fingerprint] = saved.split(SEPARATOR);
  return { kind, fingerprint };
}

/** Describes what the tables were filled from. `sourceIn` reads it. */
function sourceOf({ kind }: Pick<EventStore, 'kind'>, { pseudonyms }: Pick<Projection, 'pseudonyms'>): string {
  return pseudonyms ? `${kind}${SEPARATOR}${pseudonyms.fingerprint}` : kind;
}
