import type { Database } from 'better-sqlite3';
import {
  type AccountActivity,
  type ActiveKey,
  type Change,
  evolveActivity,
  FIGURES,
  hasEnded,
  NO_ACTIVITY,
} from '../domain/activity.js';
import { dayOf } from '../domain/key-usage.js';
import type { PastKeyEvent } from '../domain/keys.js';
import type { Pseudonyms } from '../domain/pseudonyms.js';
import { quarterOf } from '../domain/quarter.js';
import { accountOf, decode, parseStored } from '../store/codec.js';
import type { RecordedEvent } from '../store/event-store.js';
import type { Projection } from './projection.js';
import { figureColumns, SumTable, type Tally } from './tally.js';

/**
 * `activity_1` counts by day in UTC and account, `activity_1_quarters` by quarter of an hour, which begins at `start`;
 * `activity_1_keys` has every key, and `activity_1_accounts` what an account's next event is folded into. Times are in milliseconds
 * since 1970. A key's `endsAt` is when it stops to authenticate: its deletion, or its expiry where that comes first.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS activity_1 (
    day TEXT NOT NULL, account TEXT NOT NULL, ${figureColumns(FIGURES)}, PRIMARY KEY (day, account)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS activity_1_quarters (start INTEGER PRIMARY KEY, ${figureColumns(FIGURES)}) STRICT;
  CREATE TABLE IF NOT EXISTS activity_1_keys (
    createdAt INTEGER NOT NULL,
    key TEXT NOT NULL,
    account TEXT NOT NULL,
    endsAt INTEGER,
    deletedAt INTEGER,
    reason TEXT,
    replaces TEXT,
    replacedBy TEXT,
    PRIMARY KEY (createdAt, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS activity_1_keys_end ON activity_1_keys (endsAt) WHERE endsAt IS NOT NULL;
  CREATE TABLE IF NOT EXISTS activity_1_accounts (
    account TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    held TEXT NOT NULL,
    atLimitSince INTEGER,
    atLimitUntil INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS activity_1_accounts_limit ON activity_1_accounts (account, atLimitUntil) WHERE atLimitSince IS NOT NULL;
  CREATE TABLE IF NOT EXISTS activity_1_clock (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL) STRICT;
`;

interface AccountRow {
  version: number;
  held: string;
  atLimitSince: number | null;
  atLimitUntil: number | null;
}

/** How keys come, go and are replaced, by quarter of an hour, by day and account, and by key; of accounts and keys, pseudonyms alone. */
export class ActivityProjection implements Projection {
  readonly name = 'activity_1';
  readonly category = 'apiKeys';
  readonly pseudonyms: Pseudonyms;
  readonly #database: Database;
  readonly #days: SumTable;
  readonly #quarters: SumTable;
  readonly #account;
  readonly #write;

  constructor(database: Database, pseudonyms: Pseudonyms) {
    database.exec(SCHEMA);
    this.#database = database;
    this.pseudonyms = pseudonyms;
    this.#days = new SumTable(database, { table: 'activity_1', keys: ['day', 'account'], figures: FIGURES });
    this.#quarters = new SumTable(database, { table: 'activity_1_quarters', keys: ['start'], figures: FIGURES });
    this.#account = database.prepare<[string], AccountRow>(
      'SELECT version, held, atLimitSince, atLimitUntil FROM activity_1_accounts WHERE account = ?',
    );
    this.#write = {
      account: database.prepare('REPLACE INTO activity_1_accounts VALUES (?, ?, ?, ?, ?)'),
      created: database.prepare('INSERT INTO activity_1_keys VALUES (?, ?, ?, ?, NULL, NULL, ?, NULL)'),
      deleted: database.prepare(
        `UPDATE activity_1_keys SET endsAt = ?, deletedAt = ?, reason = ?, replacedBy = ifnull(?, replacedBy)
         WHERE createdAt = ? AND key = ?`,
      ),
      endsAt: database.prepare('UPDATE activity_1_keys SET endsAt = ? WHERE createdAt = ? AND key = ?'),
      replacedBy: database.prepare('UPDATE activity_1_keys SET replacedBy = ? WHERE createdAt = ? AND key = ?'),
      clock: database.prepare('INSERT INTO activity_1_clock VALUES (1, ?) ON CONFLICT DO UPDATE SET at = max(at, excluded.at)'),
    };
  }

  /** @throws StreamGap, UnreadableEvent */
  apply(events: RecordedEvent[]): void {
    const folding = new Map<string, { pseudonym: string; state: AccountActivity }>();
    const sums = { days: this.#days.tally(), quarters: this.#quarters.tally() };
    let clock = 0;
    for (const recorded of events) {
      const account = accountOf(recorded.stream);
      const { pseudonym, state } = folding.get(account) ?? this.#load(account);
      const event = this.#disguise(decode(recorded));
      const { next, changes } = evolveActivity(state, event);
      count(sums, pseudonym, changes);
      this.#keepKey(pseudonym, event, state.held, next.held);
      folding.set(account, { pseudonym, state: next });
      clock = Math.max(clock, Date.parse(event.at));
    }
    for (const { pseudonym, state } of folding.values()) this.#save(pseudonym, state);
    for (const tally of Object.values(sums)) tally.write();
    if (clock > 0) this.#write.clock.run(clock);
  }

  clear(): void {
    const tables = ['', '_quarters', '_keys', '_accounts', '_clock'];
    for (const table of tables) this.#database.exec(`DELETE FROM activity_1${table}`);
  }

  /** The event with pseudonyms for its keys. */
  #disguise(event: PastKeyEvent): PastKeyEvent {
    const keyId = this.pseudonyms.ofKey(event.data.keyId);
    const ofKey = (other: string | undefined) => (other === undefined ? undefined : this.pseudonyms.ofKey(other));
    switch (event.type) {
      case 'KeyCreated':
        return { ...event, data: { ...event.data, keyId, replaces: ofKey(event.data.replaces) } };
      case 'KeyDeleted':
        return { ...event, data: { ...event.data, keyId, replacedBy: ofKey(event.data.replacedBy) } };
      case 'KeyExpirySet':
        return { ...event, data: { ...event.data, keyId } };
    }
  }

  #keepKey(account: string, event: PastKeyEvent, before: readonly ActiveKey[], after: readonly ActiveKey[]): void {
    const at = Date.parse(event.at);
    const find = (keys: readonly ActiveKey[], keyId: string | undefined) => keys.find((key) => key.keyId === keyId);
    switch (event.type) {
      case 'KeyCreated': {
        const { keyId, replaces } = event.data;
        this.#write.created.run(at, keyId, account, find(after, keyId)?.endsAt ?? null, replaces ?? null);
        const replaced = find(before, replaces);
        if (replaced) this.#write.replacedBy.run(keyId, replaced.createdAt, replaced.keyId);
        return;
      }
      case 'KeyDeleted': {
        const { keyId, reason, replacedBy } = event.data;
        const key = find(before, keyId);
        if (!key) return;
        const endsAt = hasEnded(key, at) ? key.endsAt : at;
        this.#write.deleted.run(endsAt, at, reason, replacedBy ?? null, key.createdAt, keyId);
        return;
      }
      case 'KeyExpirySet': {
        const key = find(after, event.data.keyId);
        if (key) this.#write.endsAt.run(key.endsAt, key.createdAt, key.keyId);
        return;
      }
    }
  }

  #load(account: string): { pseudonym: string; state: AccountActivity } {
    const pseudonym = this.pseudonyms.ofAccount(account);
    const row = this.#account.get(pseudonym);
    if (!row) return { pseudonym, state: NO_ACTIVITY };
    const { version, atLimitSince: since, atLimitUntil } = row;
    const limit = since === null ? undefined : { since, until: atLimitUntil ?? undefined };
    return { pseudonym, state: { version, held: parseStored<ActiveKey[]>(row.held), limit } };
  }

  #save(pseudonym: string, { version, held, limit }: AccountActivity): void {
    this.#write.account.run(pseudonym, version, JSON.stringify(held), limit?.since ?? null, limit?.until ?? null);
  }
}

function count({ days, quarters }: Record<'days' | 'quarters', Tally>, account: string, changes: readonly Change[]): void {
  let [last, day, quarter]: [number, number[], number[]] = [Number.NaN, [], []];
  for (const { figure, at, by } of changes) {
    if (at !== last) [last, day, quarter] = [at, days.row([dayOf(at), account]), quarters.row([quarterOf(at)])];
    days.addTo(day, figure, by);
    quarters.addTo(quarter, figure, by);
  }
}
