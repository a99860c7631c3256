import { setImmediate as nextTurn } from 'node:timers/promises';
import { type DeletedKey, deletedKey } from '../../domain/keys/deleted-key.js';
import type { PastKeyEvent } from '../../domain/keys/model.js';
import { type Batch, firstBatch, sizeOfText } from '../../store/batch.js';
import { decode, provenanceOf } from '../../store/codec.js';
import type { RecordedEvent } from '../../store/event-store.js';
import { fromText, storedText } from '../../store/stored-json.js';
import { accountOf } from '../../store/streams.js';
import type { Connection } from '../engine/connection.js';
import { HISTORY } from '../engine/names.js';
import {
  eachRow,
  type MatchingRows,
  type Page,
  type PlaceInTime,
  selectPage,
  selectPageOfTime,
  type TimeRange,
} from '../engine/page.js';
import type { Projection, Unread } from '../engine/projection.js';
import { endOfSearch, findPage, findPageOfTime, positionRange } from '../engine/search.js';
import type { KnownEvents, Witness } from '../transparency/known-log.js';
import { type HistoryEvent, type HistoryRow, keyIdOf, toHistoryEvent } from './history-event.js';

/** `at` is when the event happened, in milliseconds since 1970. SQLite ends every index with the position. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS ${HISTORY} (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    account TEXT NOT NULL,
    version INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    schemaVersion INTEGER NOT NULL,
    keyId TEXT,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS ${HISTORY}_id ON ${HISTORY} (id);
  CREATE INDEX IF NOT EXISTS ${HISTORY}_at ON ${HISTORY} (at);
  CREATE INDEX IF NOT EXISTS ${HISTORY}_account ON ${HISTORY} (account);
  CREATE INDEX IF NOT EXISTS ${HISTORY}_account_at ON ${HISTORY} (account, at);
  CREATE INDEX IF NOT EXISTS ${HISTORY}_keyId ON ${HISTORY} (keyId);
  CREATE INDEX IF NOT EXISTS ${HISTORY}_keyId_at ON ${HISTORY} (keyId, at);
  CREATE INDEX IF NOT EXISTS ${HISTORY}_expirySet ON ${HISTORY} (keyId) WHERE type = 'KeyExpirySet';
  CREATE INDEX IF NOT EXISTS ${HISTORY}_renamed ON ${HISTORY} (keyId) WHERE type = 'KeyRenamed';
  CREATE INDEX IF NOT EXISTS ${HISTORY}_type ON ${HISTORY} (type);
  CREATE INDEX IF NOT EXISTS ${HISTORY}_type_at ON ${HISTORY} (type, at);
  CREATE INDEX IF NOT EXISTS ${HISTORY}_actor ON ${HISTORY} (actor);
  CREATE INDEX IF NOT EXISTS ${HISTORY}_actor_at ON ${HISTORY} (actor, at);
`;

const COLUMNS = 'stream, version, position, id, type, schemaVersion, data, metadata, at';
const TABLE = { table: HISTORY, columns: COLUMNS };
const PAGE = 1000;

/** A key's first event and its last ones: its creation, the last expiry that was set, the last name, and its deletion. */
const OUTLINE = `
  SELECT ${COLUMNS} FROM ${HISTORY} WHERE position IN (
    SELECT min(position) FROM ${HISTORY} WHERE keyId = @keyId
    UNION SELECT max(position) FROM ${HISTORY} WHERE keyId = @keyId AND type = 'KeyExpirySet'
    UNION SELECT max(position) FROM ${HISTORY} WHERE keyId = @keyId AND type = 'KeyRenamed'
    UNION SELECT max(position) FROM ${HISTORY} WHERE keyId = @keyId
  ) ORDER BY position`;

/** Selects the events that match every given condition. */
export interface HistoryFilter {
  account?: string | undefined;
  keyId?: string | undefined;
  type?: string | undefined;
  actor?: string | undefined;
}

/** Every event of the keys' streams, as stored, indexed by account, key, type, actor and time. */
export class HistoryProjection implements Projection {
  readonly name = HISTORY;
  readonly category = 'apiKeys';
  readonly #database: Connection;
  readonly #insert;
  readonly #head;
  readonly #lastTime;
  readonly #byId;
  readonly #outline;
  readonly #version;
  readonly #count;
  readonly #place;
  readonly #last;
  readonly #holds;
  readonly #accounts;

  constructor(database: Connection) {
    database.exec(SCHEMA);
    this.#database = database;
    this.#insert = database.prepare(`INSERT INTO ${HISTORY} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#head = database.prepare<[], number>(`SELECT position FROM ${HISTORY} ORDER BY position DESC LIMIT 1`).pluck();
    this.#lastTime = database.prepare<[], number>(`SELECT at FROM ${HISTORY} ORDER BY position DESC LIMIT 1`).pluck();
    this.#byId = database.prepare<[string], HistoryRow>(
      `SELECT ${COLUMNS} FROM ${HISTORY} WHERE id IN (?) ORDER BY position LIMIT 1`,
    );
    this.#version = database
      .prepare<[string], number>(`SELECT version FROM ${HISTORY} WHERE account IN (?) ORDER BY position DESC LIMIT 1`)
      .pluck();
    this.#outline = database.prepare<{ keyId: string }, HistoryRow>(OUTLINE);
    this.#count = database.prepare<[number], number>(`SELECT count(*) FROM ${HISTORY} WHERE position > ?`).pluck();
    this.#place = database.prepare<[string], number>(`SELECT position FROM ${HISTORY} WHERE id = ?`).pluck();
    this.#last = database.prepare<[], Witness>(`SELECT stream, version, id FROM ${HISTORY} ORDER BY position DESC LIMIT 1`);
    this.#holds = database.prepare<[string, number], 1>(`SELECT 1 FROM ${HISTORY} WHERE account = ? AND position <= ? LIMIT 1`);
    this.#accounts = database
      .prepare<[number, number], string>(`SELECT account FROM ${HISTORY} WHERE position > ? ORDER BY position LIMIT ?`)
      .pluck();
  }

  /** Keeps every event as it is stored, readable or not. An event without a time gets the time of the event before it. */
  apply(events: RecordedEvent[]): Unread[] {
    let last = this.#lastTime.get() ?? 0;
    for (const event of events) {
      const { at = last, actor } = provenanceOf(event);
      last = at;
      const { position, stream, version, id, type, schemaVersion } = event;
      const { data, metadata } = storedText(event);
      const [account, keyId] = [accountOf(stream), keyIdOf(event)];
      this.#insert.run(position, stream, account, version, id, type, schemaVersion, keyId, actor, at, data, metadata);
    }
    return [];
  }

  clear(): void {
    this.#database.exec(`DELETE FROM ${HISTORY}`);
  }

  /** The position of the last event; 0 before the first. */
  head(): number {
    return this.#head.get() ?? 0;
  }

  /** The version of the account's stream up to which its events are in the tables; 0 if there are none. */
  version(account: string): number {
    return this.#version.get(account) ?? 0;
  }

  /** The number of events. */
  size(): number {
    return this.#count.get(0) ?? 0;
  }

  /** The last event; undefined if there is none. */
  last(): Witness | undefined {
    return this.#last.get();
  }

  /** The accounts of the events after that position; undefined if there are more than `limit` events. */
  accountsAfter(position: number, limit: number): Set<string> | undefined {
    const accounts = this.#accounts.all(position, limit + 1);
    return accounts.length > limit ? undefined : new Set(accounts);
  }

  /** The present events, by their positions. */
  known(): KnownEvents {
    const end = this.head();
    return {
      placeOf: (id) => this.#place.get(id),
      countAfter: (place) => (this.#count.get(Math.max(0, place)) ?? 0) - (this.#count.get(end) ?? 0),
      after: (place) => this.#after(Math.max(0, place), end),
      holds: (stream, place) => this.#holds.get(accountOf(stream), place) !== undefined,
    };
  }

  /** The events in commit order; descending if `backward`. */
  page(filter: HistoryFilter, page: Page): HistoryEvent[] {
    return selectPage<HistoryRow>(this.#rows(filter), page).map(toHistoryEvent);
  }

  /** Like `page`, for any filter: it yields to other work while it looks for events that match several conditions. */
  async findPage(filter: HistoryFilter, page: Page): Promise<HistoryEvent[]> {
    return (await findPage<HistoryRow>(this.#rows(filter), page)).map(toHistoryEvent);
  }

  /** The same for `pageOfTime`. */
  async findPageOfTime(filter: HistoryFilter, range: TimeRange, page: Page<PlaceInTime>): Promise<HistoryEvent[]> {
    return (await findPageOfTime<HistoryRow>(this.#rows(filter), range, page)).map(toHistoryEvent);
  }

  /**
   * One batch of the events after that position, in commit order, and the position up to which it has looked: if an event must match
   * several conditions, it looks at a limited number of events.
   */
  batch(filter: HistoryFilter, { after = 0, limit }: Pick<Page, 'after' | 'limit'>): Batch<HistoryEvent> & { end: number } {
    const matching = this.#rows(filter);
    const search = endOfSearch(matching, { after });
    const rows = eachRow<HistoryRow>(matching, { after, before: search?.beyond, limit });
    const { items, isLast } = firstBatch(rows, limit, sizeOfText);
    const end = items.at(-1)?.position ?? after;
    return { items: items.map(toHistoryEvent), isLast: isLast && !search, end: isLast ? (search?.last ?? end) : end };
  }

  /** The events of a time range, in the order of their times; descending if `backward`. */
  pageOfTime(filter: HistoryFilter, range: TimeRange, page: Page<PlaceInTime>): HistoryEvent[] {
    return selectPageOfTime<HistoryRow>(this.#rows(filter), range, page).map(toHistoryEvent);
  }

  /** The event with the latest time; empty if there is none. */
  latest(): HistoryEvent[] {
    return this.pageOfTime({}, {}, { limit: 1, backward: true });
  }

  /** The first and last position of the events in a time range, considering only the first given condition of the filter. */
  positionRange(filter: HistoryFilter, range: TimeRange): Promise<{ first: number; last: number } | undefined> {
    return positionRange(this.#rows(filter), range);
  }

  /** The event with that id (a UUID). */
  find(id: string): HistoryEvent | undefined {
    const row = this.#byId.get(id);
    return row && toHistoryEvent(row);
  }

  /**
   * The key as it was when it was deleted; undefined if there was none or it is still held. The cost does not depend on how often an
   * expiry was set or the key was renamed.
   * @throws UnreadableEvent
   */
  deletedKey(keyId: string): DeletedKey | undefined {
    return deletedKey(this.#outline.all({ keyId }).map((row) => decode(fromText(row))));
  }

  /**
   * All matching events, such as an account's or a key's, decoded. Yields to other work between pages.
   * @throws UnreadableEvent
   */
  async *events(filter: HistoryFilter): AsyncGenerator<PastKeyEvent> {
    for (let after = 0; ; ) {
      const { items: page, isLast, end } = this.batch(filter, { after, limit: PAGE });
      for (const event of page) yield decode(event);
      if (isLast) return;
      await nextTurn();
      after = end;
    }
  }

  /** The rows of the matching events. */
  #rows({ keyId, account, actor, type }: HistoryFilter): MatchingRows {
    return { database: this.#database, ...TABLE, equal: { keyId, account, actor, type } };
  }

  *#after(place: number, end: number): Generator<RecordedEvent> {
    for (let after = place; ; ) {
      const page = this.page({}, { after, before: end + 1, limit: PAGE });
      yield* page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.position ?? after;
    }
  }
}
