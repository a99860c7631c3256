import type { Database } from 'better-sqlite3';
import type { Category, EventStore, RecordedEvent } from '../../store/event-store.js';
import type { Projection } from './projection.js';

/** The event with which a log begins: the first of the category `apiKeys`, which nobody removes. By its id, logs are told apart. */
export interface FirstEvent {
  stream: string;
  id: string;
}

/** How far a projection has come, and in which log. */
export interface SavedPosition {
  projection: string;
  category: Category;
  /** The position of the last event taken in; 0 before the first. */
  position: number;
  /** How many events were taken in, from the log's beginning on. */
  events: number;
  /** The kind of store; after a slash, with which key the streams here and the rows were disguised. */
  kind: string;
  /** The event with which the log begins; null where that was not known yet. */
  firstStream: string | null;
  firstId: string | null;
  lastStream: string;
  lastVersion: number;
  lastId: string;
}

const SEPARATOR = '/';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS positions_1 (
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
  INSERT INTO positions_1 VALUES
    (@projection, @category, @position, @events, @kind, @firstStream, @firstId, @lastStream, @lastVersion, @lastId)
  ON CONFLICT DO UPDATE SET position = @position, events = events + @events,
    firstStream = ifnull(firstStream, @firstStream), firstId = ifnull(firstId, @firstId),
    lastStream = @lastStream, lastVersion = @lastVersion, lastId = @lastId`;

/** From which log events were taken in. */
export interface Source {
  store: Pick<EventStore, 'kind'>;
  /** Undefined while it is empty. */
  first: FirstEvent | undefined;
}

/** Keeps each projection's position, saved in the transaction that saves its rows. */
export class PositionTable {
  readonly #all;
  readonly #read;
  readonly #write;
  readonly #forget;
  readonly #forgetAll;

  constructor(database: Database) {
    database.exec(SCHEMA);
    this.#all = database.prepare<[], SavedPosition>('SELECT * FROM positions_1');
    this.#read = database.prepare<[string], SavedPosition>('SELECT * FROM positions_1 WHERE projection = ?');
    this.#write = database.prepare(SAVE);
    this.#forget = database.prepare('DELETE FROM positions_1 WHERE projection = ?');
    this.#forgetAll = database.prepare('DELETE FROM positions_1');
  }

  read(projection: string): SavedPosition | undefined {
    return this.#read.get(projection);
  }

  /** Of every projection that ever ran, also of those that no longer do. */
  all(): SavedPosition[] {
    return this.#all.all();
  }

  /** Notes the events as taken in; the last is one of those that the log will be recognised by. */
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

  forget(projection: string): void {
    this.#forget.run(projection);
  }

  forgetAll(): void {
    this.#forgetAll.run();
  }
}

/** The position of each projection in one of the connection's files, by its name; none where no projection ever ran. */
export function positionsIn(database: Database, schema: string): Map<string, SavedPosition> {
  const table = database.prepare(`SELECT 1 FROM ${schema}.sqlite_schema WHERE name = 'positions_1'`).get();
  if (!table) return new Map();
  const rows = database.prepare<[], SavedPosition>(`SELECT * FROM ${schema}.positions_1`).all();
  return new Map(rows.map((row) => [row.projection, row]));
}

/**
 * Why the tables are not what this log makes; undefined when all is well. Whether the log is the one that the tables of the keys'
 * category were filled from, and holds all that they do, is not asked here: whoever guards the log has found that out.
 */
export async function difference(
  { store, first }: { store: EventStore; first: FirstEvent | undefined },
  { category, pseudonyms }: Pick<Projection, 'category' | 'pseudonyms'>,
  saved: SavedPosition,
): Promise<string | undefined> {
  const [kind, fingerprint] = saved.kind.split(SEPARATOR);
  if (kind !== store.kind) return `they were filled from a store of the kind ${kind}`;
  if (fingerprint !== pseudonyms?.fingerprint) return 'they hold pseudonyms that were made with another key';
  if (category !== 'apiKeys' && saved.firstId !== null && saved.firstId !== first?.id)
    return 'they were filled from another log';
  const last = await eventAt(store, pseudonyms?.unseal(saved.lastStream) ?? saved.lastStream, saved.lastVersion);
  if (last?.id === saved.lastId) {
    return last.position === saved.position ? undefined : 'events have other positions than when they were filled';
  }
  return category === 'apiKeys' ? undefined : 'the log does not hold the last event that they were filled with';
}

/** The event with which the log begins; undefined while it is empty. */
export async function firstEvent(store: EventStore): Promise<FirstEvent | undefined> {
  for await (const [first] of store.readAll('apiKeys')) if (first) return { stream: first.stream, id: first.id };
  return undefined;
}

/** The event at that version of the stream; undefined where there is none, or none any more. */
export async function eventAt(store: EventStore, stream: string, version: number): Promise<RecordedEvent | undefined> {
  for await (const [event] of store.read(stream, version - 1)) return event?.version === version ? event : undefined;
  return undefined;
}

/** What the tables were filled from. */
function sourceOf({ kind }: Pick<EventStore, 'kind'>, { pseudonyms }: Pick<Projection, 'pseudonyms'>): string {
  return pseudonyms ? `${kind}${SEPARATOR}${pseudonyms.fingerprint}` : kind;
}
