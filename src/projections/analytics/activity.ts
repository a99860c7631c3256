import {
  type AccountActivity,
  type Change,
  endOf,
  evolveActivity,
  FIGURES,
  type HeldKey,
  limitSpanOf,
  NO_ACTIVITY,
} from '../../domain/analytics/activity.js';
import type { Pseudonyms } from '../../domain/analytics/pseudonyms.js';
import { quarterOf } from '../../domain/analytics/quarter.js';
import type { KeyCreated, PastKeyEvent } from '../../domain/keys/model.js';
import { UnreadableStream } from '../../domain/keys/refusals.js';
import { dayOf } from '../../domain/usage/key-usage.js';
import { decodeOnce } from '../../store/codec.js';
import type { RecordedEvent } from '../../store/event-store.js';
import { parseStored } from '../../store/stored-json.js';
import { accountOf } from '../../store/streams.js';
import type { Connection } from '../engine/connection.js';
import { Folding } from '../engine/folding.js';
import { ACTIVITY } from '../engine/names.js';
import type { Projection, Unread } from '../engine/projection.js';
import { type Fold, Quarantine } from '../engine/quarantine.js';
import { figureColumns, SumTable, type Tally } from '../engine/tally.js';

/**
 * The first table counts by day in UTC and account; `…_quarters` by quarter of an hour, which begins at `start`; `…_keys` has every key;
 * `…_accounts` holds the state into which an account's next event is folded. `…_expiries` counts the expiries of held keys that are not
 * disabled by quarter of an hour. Times are in milliseconds since 1970. A key's `endsAt` is when it stops authenticating: at its deletion,
 * or at its expiry if that comes first. Expiry times are exact. Times of creation and deletion are as right as the clock that dated them;
 * figures for the present do not depend on them.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS ${ACTIVITY} (
    day TEXT NOT NULL, account TEXT NOT NULL, ${figureColumns(FIGURES)}, PRIMARY KEY (day, account)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS ${ACTIVITY}_quarters (start INTEGER PRIMARY KEY, ${figureColumns(FIGURES)}) STRICT;
  CREATE TABLE IF NOT EXISTS ${ACTIVITY}_keys (
    createdAt INTEGER NOT NULL,
    key TEXT NOT NULL,
    account TEXT NOT NULL,
    endsAt INTEGER,
    deletedAt INTEGER,
    disabledAt INTEGER,
    reason TEXT,
    replaces TEXT,
    replacedBy TEXT,
    PRIMARY KEY (createdAt, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS ${ACTIVITY}_keys_expiry ON ${ACTIVITY}_keys (endsAt) WHERE endsAt IS NOT NULL AND deletedAt IS NULL;
  CREATE TABLE IF NOT EXISTS ${ACTIVITY}_expiries (start INTEGER PRIMARY KEY, held INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS ${ACTIVITY}_accounts (
    account TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    held TEXT NOT NULL,
    atLimitSince INTEGER,
    atLimitUntil INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS ${ACTIVITY}_accounts_limit ON ${ACTIVITY}_accounts (account, atLimitUntil) WHERE atLimitSince IS NOT NULL;
`;

interface AccountRow {
  version: number;
  held: string;
}

/** An account's state, under the name that it has in the tables. */
interface Disguised {
  pseudonym: string;
  state: AccountActivity;
}

/** The accumulated changes of a batch of events. */
interface Batch {
  fold: Fold;
  folding: Folding<Disguised>;
  sums: Record<'days' | 'quarters' | 'expiries', Tally>;
}

/**
 * The creation, end and replacement of keys, by quarter of an hour, by day and account, and by key. Accounts and keys appear only as
 * pseudonyms.
 */
export class ActivityProjection implements Projection {
  readonly name = ACTIVITY;
  readonly category = 'apiKeys';
  readonly pseudonyms: Pseudonyms;
  readonly quarantine: Quarantine;
  readonly #database: Connection;
  readonly #days: SumTable;
  readonly #quarters: SumTable;
  readonly #expiries: SumTable;
  readonly #account;
  readonly #write;

  constructor(database: Connection, pseudonyms: Pseudonyms) {
    database.exec(SCHEMA);
    this.#database = database;
    this.pseudonyms = pseudonyms;
    this.quarantine = new Quarantine(database, `${ACTIVITY}_quarantine`, pseudonyms);
    this.#days = new SumTable(database, { table: ACTIVITY, keys: ['day', 'account'], figures: FIGURES });
    this.#quarters = new SumTable(database, { table: `${ACTIVITY}_quarters`, keys: ['start'], figures: FIGURES });
    this.#expiries = new SumTable(database, { table: `${ACTIVITY}_expiries`, keys: ['start'], figures: ['held'] });
    this.#account = database.prepare<[string], AccountRow>(`SELECT version, held FROM ${ACTIVITY}_accounts WHERE account = ?`);
    this.#write = {
      account: database.prepare(`REPLACE INTO ${ACTIVITY}_accounts VALUES (?, ?, ?, ?, ?)`),
      created: database.prepare(
        `INSERT INTO ${ACTIVITY}_keys VALUES (?, ?, ?, ?, NULL, NULL, NULL, ?, NULL) ON CONFLICT DO NOTHING`,
      ),
      deleted: database.prepare(
        `UPDATE ${ACTIVITY}_keys SET endsAt = ?, deletedAt = ?, disabledAt = NULL, reason = ?, replacedBy = ifnull(?, replacedBy)
         WHERE createdAt = ? AND key = ?`,
      ),
      disabledAt: database.prepare(`UPDATE ${ACTIVITY}_keys SET disabledAt = ? WHERE createdAt = ? AND key = ?`),
      endsAt: database.prepare(`UPDATE ${ACTIVITY}_keys SET endsAt = ? WHERE createdAt = ? AND key = ?`),
      replacedBy: database.prepare(`UPDATE ${ACTIVITY}_keys SET replacedBy = ? WHERE createdAt = ? AND key = ?`),
    };
  }

  apply(events: RecordedEvent[]): Unread[] {
    const batch = this.#begin();
    const unread = this.quarantine.guard(events, batch.fold);
    this.#save(batch);
    return unread;
  }

  mend(account: string, events: RecordedEvent[]): boolean {
    const batch = this.#begin();
    const isOver = this.quarantine.mend(account, events, batch.fold);
    this.#save(batch);
    return isOver;
  }

  clear(): void {
    const tables = ['', '_quarters', '_keys', '_accounts', '_expiries'];
    for (const table of tables) this.#database.exec(`DELETE FROM ${ACTIVITY}${table}`);
    this.quarantine.clear();
  }

  /** Starts an empty batch. */
  #begin(): Batch {
    const folding = new Folding((account) => this.#load(account));
    const sums = { days: this.#days.tally(), quarters: this.#quarters.tally(), expiries: this.#expiries.tally() };
    const take = (recorded: RecordedEvent) => {
      const account = accountOf(recorded.stream);
      const { pseudonym, state } = folding.of(account);
      const event = this.#disguise(decodeOnce(recorded));
      const { next, changes, expiries } = evolveActivity(state, event);
      this.#keepKey(pseudonym, event, state.held, next.held);
      count(sums, pseudonym, changes);
      for (const { at, by } of expiries) sums.expiries.add([quarterOf(at)], 'held', by);
      folding.change(account, { pseudonym, state: next });
    };
    return { folding, sums, fold: { versionOf: (account) => folding.of(account).state.version, take } };
  }

  #save({ folding, sums }: Batch): void {
    for (const { pseudonym, state } of folding.changed.values()) this.#saveAccount(pseudonym, state);
    for (const tally of Object.values(sums)) tally.write();
  }

  /** Replaces the event's key ids by pseudonyms. */
  #disguise(event: PastKeyEvent): PastKeyEvent {
    if (!('keyId' in event.data)) return event;
    const keyId = this.pseudonyms.ofKey(event.data.keyId);
    const ofKey = (other: string | undefined) => (other === undefined ? undefined : this.pseudonyms.ofKey(other));
    switch (event.type) {
      case 'KeyCreated':
        return { ...event, data: { ...event.data, keyId, replaces: ofKey(event.data.replaces) } };
      case 'KeyDeleted':
        return { ...event, data: { ...event.data, keyId, replacedBy: ofKey(event.data.replacedBy) } };
      case 'KeyExpirySet':
        return { ...event, data: { ...event.data, keyId } };
      case 'KeyRenamed':
        return { ...event, data: { ...event.data, keyId } };
      case 'KeyDisabled':
      case 'KeyEnabled':
        return { ...event, data: { ...event.data, keyId } };
      case 'AccountFrozen':
      case 'AccountThawed':
        return event;
    }
  }

  /** @throws UnreadableStream if a key is created again; nothing has changed then */
  #keepKey(account: string, event: PastKeyEvent, before: readonly HeldKey[], after: readonly HeldKey[]): void {
    const at = Date.parse(event.at);
    switch (event.type) {
      case 'KeyCreated':
        this.#keepCreated(account, event, before, after);
        return;
      case 'KeyDeleted': {
        const { keyId, reason, replacedBy } = event.data;
        const key = find(before, keyId);
        if (!key) return;
        this.#write.deleted.run(endOf(key, at), at, reason, replacedBy ?? null, key.createdAt, keyId);
        return;
      }
      case 'KeyExpirySet': {
        const key = find(after, event.data.keyId);
        if (key) this.#write.endsAt.run(key.endsAt, key.createdAt, key.keyId);
        return;
      }
      case 'KeyDisabled':
      case 'KeyEnabled': {
        const key = find(after, event.data.keyId);
        if (key) this.#write.disabledAt.run(key.disabledAt ?? null, key.createdAt, key.keyId);
        return;
      }
      case 'KeyRenamed':
      case 'AccountFrozen':
      case 'AccountThawed':
        return;
    }
  }

  #keepCreated(
    account: string,
    { version, at, data: { keyId, replaces } }: PastKeyEvent & KeyCreated,
    before: readonly HeldKey[],
    after: readonly HeldKey[],
  ): void {
    const row = [Date.parse(at), keyId, account, find(after, keyId)?.endsAt ?? null, replaces ?? null];
    if (find(before, keyId) || this.#write.created.run(...row).changes === 0)
      throw new UnreadableStream(`Version ${version} creates a key that exists already.`);
    const replaced = find(before, replaces);
    if (replaced) this.#write.replacedBy.run(keyId, replaced.createdAt, replaced.keyId);
  }

  #load(account: string): Disguised {
    const pseudonym = this.pseudonyms.ofAccount(account);
    const row = this.#account.get(pseudonym);
    if (!row) return { pseudonym, state: NO_ACTIVITY };
    return { pseudonym, state: { version: row.version, held: parseStored<HeldKey[]>(row.held) } };
  }

  #saveAccount(pseudonym: string, { version, held }: AccountActivity): void {
    const limit = limitSpanOf(held);
    this.#write.account.run(pseudonym, version, JSON.stringify(held.map(inOrder)), limit?.since ?? null, limit?.until ?? null);
  }
}

/** The same with its members in one order, whichever events set them, so that the texts of equal keys are equal. */
function inOrder({ keyId, createdAt, endsAt, disabledAt }: HeldKey): { [Member in keyof Required<HeldKey>]: HeldKey[Member] } {
  return { keyId, createdAt, endsAt, disabledAt };
}

function find(keys: readonly HeldKey[], keyId: string | undefined): HeldKey | undefined {
  return keys.find((key) => key.keyId === keyId);
}

function count(
  { days, quarters }: Pick<Batch['sums'], 'days' | 'quarters'>,
  account: string,
  changes: readonly Change[],
): void {
  let [last, day, quarter]: [number, number[], number[]] = [Number.NaN, [], []];
  for (const { figure, at, by } of changes) {
    if (at !== last) [last, day, quarter] = [at, days.row([dayOf(at), account]), quarters.row([quarterOf(at)])];
    days.addTo(day, figure, by);
    quarters.addTo(quarter, figure, by);
  }
}
