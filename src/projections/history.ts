import type { Database } from 'better-sqlite3';
import { type DeletedKey, deletedKey } from '../domain/deleted-key.js';
import type { PastKeyEvent } from '../domain/keys.js';
import { accountOf, decode, fromText } from '../store/codec.js';
import type { RecordedEvent } from '../store/event-store.js';
import { type Page, selectPage, type TimeRange } from './page.js';
import type { Projection } from './projection.js';

/** `clock` is the latest `at` up to that event: unlike `at`, it never runs back in commit order, and can be searched. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS history_2 (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    account TEXT NOT NULL,
    version INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    schemaVersion INTEGER NOT NULL,
    keyId TEXT,
    actor TEXT NOT NULL,
    clock INTEGER NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS history_2_account ON history_2 (account, position);
  CREATE INDEX IF NOT EXISTS history_2_key ON history_2 (keyId, position);
  CREATE INDEX IF NOT EXISTS history_2_type ON history_2 (type, position);
  CREATE INDEX IF NOT EXISTS history_2_actor ON history_2 (actor, position);
  CREATE INDEX IF NOT EXISTS history_2_clock ON history_2 (clock, position);
`;

const COLUMNS = 'stream, version, position, id, type, schemaVersion, data, metadata';
const TABLE = { table: 'history_2', columns: COLUMNS };
const PAGE = 1000;

/** A key's first event and its last two: its creation, the last expiry that was set, and its deletion. */
const OUTLINE = `
  SELECT ${COLUMNS} FROM history_2 WHERE position IN (
    SELECT min(position) FROM history_2 WHERE keyId = @keyId
    UNION SELECT position FROM (SELECT position FROM history_2 WHERE keyId = @keyId ORDER BY position DESC LIMIT 2)
  ) ORDER BY position`;

type Row = Parameters<typeof fromText>[0];

/** An event as stored, whose it is, and the key that it is about. */
export interface HistoryEvent extends RecordedEvent {
  account: string;
  keyId: string | null;
}

/** Which events are meant: all that match every condition given. */
export interface HistoryFilter extends TimeRange {
  account?: string | undefined;
  keyId?: string | undefined;
  type?: string | undefined;
  actor?: string | undefined;
}

/** The last event's position, and what the log's clock showed then, in milliseconds since 1970. */
export interface Head {
  position: number;
  clock: number;
}

/** The projection's name. */
export const HISTORY = 'history_2';

/** Every event of the keys' streams, as stored, and found by account, key, type, actor and time. */
export class HistoryProjection implements Projection {
  readonly name = HISTORY;
  readonly category = 'apiKeys';
  readonly #database: Database;
  readonly #insert;
  readonly #head;
  readonly #byId;
  readonly #outline;

  constructor(database: Database) {
    database.exec(SCHEMA);
    this.#database = database;
    this.#insert = database.prepare(
      `INSERT INTO history_2 VALUES
       (@position, @stream, @account, @version, @id, @type, @schemaVersion, @keyId, @actor, @clock, @data, @metadata)`,
    );
    this.#head = database.prepare<[], Head>('SELECT position, clock FROM history_2 ORDER BY position DESC LIMIT 1');
    this.#byId = database.prepare<[string], Row>(`SELECT ${COLUMNS} FROM history_2 WHERE id = ?`);
    this.#outline = database.prepare<{ keyId: string }, Row>(OUTLINE);
  }

  apply(events: RecordedEvent[]): void {
    let { clock } = this.head();
    for (const event of events) {
      clock = Math.max(clock, Date.parse(event.metadata.at));
      this.#insert.run({
        ...event,
        clock,
        account: accountOf(event.stream),
        keyId: keyIdOf(event),
        actor: event.metadata.actor,
        data: JSON.stringify(event.data),
        metadata: JSON.stringify(event.metadata),
      });
    }
  }

  clear(): void {
    this.#database.exec('DELETE FROM history_2');
  }

  /** Where the history ends. */
  head(): Head {
    return this.#head.get() ?? { position: 0, clock: 0 };
  }

  /** The events in commit order, or backward in the opposite one. */
  page({ keyId, account, actor, type, from, to }: HistoryFilter, page: Page): HistoryEvent[] {
    return selectPage<Row>(this.#database, TABLE, { keyId, account, actor, type }, { from, to }, page).map(toEvent);
  }

  /** The event with that id (a UUID). */
  find(id: string): HistoryEvent | undefined {
    const row = this.#byId.get(id);
    return row && toEvent(row);
  }

  /**
   * The key as it was when it was deleted; undefined where there was none, or it is held. It costs the same however often
   * an expiry was set.
   * @throws UnreadableEvent
   */
  deletedKey(keyId: string): DeletedKey | undefined {
    return deletedKey(this.#outline.all({ keyId }).map((row) => decode(fromText(row))));
  }

  /**
   * All events that match, such as an account's or a key's, as the domain knows them. Between pages others have their turn.
   * @throws UnreadableEvent
   */
  async *events(filter: HistoryFilter): AsyncGenerator<PastKeyEvent> {
    for (let after = 0; ; ) {
      const page = this.page(filter, { after, limit: PAGE });
      for (const event of page) yield decode(event);
      if (page.length < PAGE) return;
      await new Promise(setImmediate);
      after = page.at(-1)?.position ?? after;
    }
  }
}

function toEvent(row: Row): HistoryEvent {
  const event = fromText(row);
  return { ...event, account: accountOf(event.stream), keyId: keyIdOf(event) };
}

function keyIdOf({ data }: RecordedEvent): string | null {
  return 'keyId' in data && typeof data.keyId === 'string' ? data.keyId : null;
}
