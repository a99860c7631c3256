import type { Database } from 'better-sqlite3';
import type { EventStore, RecordedEvent } from '../store/event-store.js';
import type { Projection } from './projection.js';

/** How far a projection has come, and in which log. */
export interface Progress {
  /** The position of the last event taken in; 0 before the first. */
  position: number;
  /** The kind of store; after a slash, with which key the streams here and the rows were disguised. */
  kind: string;
  firstStream: string;
  firstId: string;
  lastStream: string;
  lastVersion: number;
  lastId: string;
}

const SEPARATOR = '/';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS progress (
    projection TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    firstStream TEXT NOT NULL,
    firstId TEXT NOT NULL,
    lastStream TEXT NOT NULL,
    lastVersion INTEGER NOT NULL,
    lastId TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** Keeps each projection's progress, saved in the transaction that saves its rows. */
export class ProgressTable {
  readonly #read;
  readonly #write;
  readonly #forget;

  constructor(database: Database) {
    database.exec(SCHEMA);
    this.#read = database.prepare<[string], Progress>('SELECT * FROM progress WHERE projection = ?');
    this.#write = database.prepare(`
      INSERT INTO progress VALUES (@projection, @position, @kind, @firstStream, @firstId, @lastStream, @lastVersion, @lastId)
      ON CONFLICT DO UPDATE SET position = @position, lastStream = @lastStream, lastVersion = @lastVersion, lastId = @lastId`);
    this.#forget = database.prepare('DELETE FROM progress WHERE projection = ?');
  }

  read(projection: string): Progress | undefined {
    return this.#read.get(projection);
  }

  /** Notes the events as taken in; the first ever and the last are what the log will be recognised by. */
  save(projection: Pick<Projection, 'name' | 'pseudonyms'>, store: Pick<EventStore, 'kind'>, events: RecordedEvent[]): void {
    const first = events[0];
    const last = events.at(-1);
    if (!first || !last) return;
    const { name, pseudonyms } = projection;
    const disguised = (stream: string) => pseudonyms?.seal(stream) ?? stream;
    this.#write.run({
      projection: name,
      kind: sourceOf(store, projection),
      position: last.position,
      firstStream: disguised(first.stream),
      firstId: first.id,
      lastStream: disguised(last.stream),
      lastVersion: last.version,
      lastId: last.id,
    });
  }

  forget(projection: string): void {
    this.#forget.run(projection);
  }
}

/** The progress of each projection in one of the connection's files, by its name; none where no projection ever ran. */
export function progressIn(database: Database, schema: string): Map<string, Progress> {
  const table = database.prepare(`SELECT 1 FROM ${schema}.sqlite_schema WHERE name = 'progress'`).get();
  if (!table) return new Map();
  const rows = database.prepare<[], Progress & { projection: string }>(`SELECT * FROM ${schema}.progress`).all();
  return new Map(rows.map((row) => [row.projection, row]));
}

/** Why the log is not the one that was projected, or ends before what was projected; undefined when all is well. */
export async function difference(
  store: EventStore,
  { mayLoseOldEvents = false, pseudonyms }: Pick<Projection, 'mayLoseOldEvents' | 'pseudonyms'>,
  saved: Progress,
): Promise<string | undefined> {
  const [kind, fingerprint] = saved.kind.split(SEPARATOR);
  if (kind !== store.kind) return `they were filled from a store of the kind ${kind}`;
  if (fingerprint !== pseudonyms?.fingerprint) return 'they hold pseudonyms that were made with another key';
  const streamOf = (stream: string) => pseudonyms?.unseal(stream) ?? stream;
  if (!mayLoseOldEvents) {
    const first = await eventAt(store, streamOf(saved.firstStream), 1);
    if (first?.id !== saved.firstId) return 'they were filled from another log';
  }
  const last = await eventAt(store, streamOf(saved.lastStream), saved.lastVersion);
  if (!last && mayLoseOldEvents) return undefined;
  if (last?.id !== saved.lastId || last.position !== saved.position) return 'they are ahead of the log';
  return undefined;
}

/** What the tables were filled from. */
function sourceOf({ kind }: Pick<EventStore, 'kind'>, { pseudonyms }: Pick<Projection, 'pseudonyms'>): string {
  return pseudonyms ? `${kind}${SEPARATOR}${pseudonyms.fingerprint}` : kind;
}

async function eventAt(store: EventStore, stream: string, version: number): Promise<RecordedEvent | undefined> {
  for await (const page of store.read(stream, version - 1)) return page[0];
  return undefined;
}
