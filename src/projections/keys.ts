import type { Database } from 'better-sqlite3';
import { type AccountKeys, type Key, keyOf, type PastKeyEvent } from '../domain/keys.js';
import { StreamGap } from '../domain/refusals.js';
import { accountOf, decode, parseStored } from '../store/codec.js';
import type { RecordedEvent } from '../store/event-store.js';
import type { Projection } from './projection.js';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS keys_1_accounts (
    account TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS keys_1 (
    keyId TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    hint TEXT NOT NULL,
    scopes TEXT NOT NULL,
    secretHash BLOB NOT NULL,
    createdAt INTEGER NOT NULL,
    createdBy TEXT NOT NULL,
    expiresAt INTEGER,
    lifetime INTEGER,
    replaces TEXT,
    deletedAt INTEGER
  ) STRICT;
  CREATE INDEX IF NOT EXISTS keys_1_held ON keys_1 (account) WHERE deletedAt IS NULL;
  CREATE TABLE IF NOT EXISTS keys_1_requests (
    account TEXT NOT NULL,
    requestId TEXT NOT NULL,
    keyId TEXT NOT NULL,
    PRIMARY KEY (account, requestId)
  ) STRICT, WITHOUT ROWID;
`;

interface KeyRow {
  keyId: string;
  name: string;
  hint: string;
  scopes: string;
  createdAt: number;
  createdBy: string;
  expiresAt: number | null;
  lifetime: number | null;
  replaces: string | null;
}

/** What is known of an account; once for each key that it holds, and once without a key where it holds none. */
type StateRow = { version: number | null; at: number | null; issued: number | null; made: string | null } & (
  | KeyRow
  | { keyId: null }
);

interface AccountRow {
  version: number;
  at: number;
}

/** What a command names; the state that guards it need know no other ids. */
export interface Mention {
  keyId?: string | undefined;
  requestId?: string | undefined;
}

/** Every key, and each account's held keys together with the version of the stream at which they are held. */
export class KeysProjection implements Projection {
  readonly name = 'keys_1';
  readonly category = 'apiKeys';
  readonly #database: Database;
  readonly #read;
  readonly #write;

  constructor(database: Database) {
    database.exec(SCHEMA);
    this.#database = database;
    this.#read = {
      account: database.prepare<[string], AccountRow>('SELECT version, at FROM keys_1_accounts WHERE account = ?'),
      state: database.prepare<{ account: string; keyId: string | null; requestId: string | null }, StateRow>(
        `SELECT a.version, a.at,
           (SELECT 1 FROM keys_1 WHERE keyId = @keyId) AS issued,
           (SELECT keyId FROM keys_1_requests WHERE account = @account AND requestId = @requestId) AS made,
           k.keyId, name, hint, scopes, createdAt, createdBy, expiresAt, lifetime, replaces
         FROM (SELECT 1)
         LEFT JOIN keys_1_accounts a ON a.account = @account
         LEFT JOIN keys_1 k ON k.account = @account AND k.deletedAt IS NULL
         ORDER BY createdAt, k.keyId`,
      ),
      issued: database.prepare<[string], { account: string }>('SELECT account FROM keys_1 WHERE keyId = ?'),
    };
    this.#write = {
      account: database.prepare(
        'INSERT INTO keys_1_accounts VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET version = excluded.version, at = excluded.at',
      ),
      created: database.prepare(
        `INSERT INTO keys_1
           (account, keyId, name, hint, scopes, secretHash, createdAt, createdBy, expiresAt, lifetime, replaces)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
      request: database.prepare('INSERT INTO keys_1_requests VALUES (?, ?, ?)'),
      deleted: database.prepare('UPDATE keys_1 SET deletedAt = ? WHERE keyId = ?'),
      expirySet: database.prepare('UPDATE keys_1 SET expiresAt = ? WHERE keyId = ?'),
    };
  }

  /** @throws StreamGap, UnreadableEvent */
  apply(events: RecordedEvent[]): void {
    const versions = new Map<string, AccountRow>();
    for (const recorded of events) {
      const account = accountOf(recorded.stream);
      const event = decode(recorded);
      const { version } = versions.get(account) ?? this.#read.account.get(account) ?? { version: 0 };
      if (event.version !== version + 1) throw new StreamGap(version + 1, event.version);
      versions.set(account, { version: event.version, at: Date.parse(event.at) });
      this.#applyOne(account, event);
    }
    for (const [account, { version, at }] of versions) this.#write.account.run(account, version, at);
  }

  clear(): void {
    this.#database.exec('DELETE FROM keys_1; DELETE FROM keys_1_accounts; DELETE FROM keys_1_requests;');
  }

  /** The account's held keys and their version, read in one statement; of past ids, those that are mentioned. */
  load(account: string, { keyId, requestId }: Mention = {}): AccountKeys {
    const rows = this.#read.state.all({ account, keyId: keyId ?? null, requestId: requestId ?? null });
    const { version = null, at = null, issued = null, made = null } = rows[0] ?? {};
    return {
      version: version ?? 0,
      at: at ?? 0,
      keys: new Map(rows.flatMap((row) => (row.keyId === null ? [] : [[row.keyId, toKey(row)]]))),
      issued: new Set(keyId !== undefined && issued !== null ? [keyId] : []),
      requests: new Map(requestId !== undefined && made !== null ? [[requestId, made]] : []),
    };
  }

  /** The version of the account's stream up to which its events are in the tables; 0 for none. */
  version(account: string): number {
    return this.#read.account.get(account)?.version ?? 0;
  }

  /** The account that holds the key or once held it. */
  accountOfKey(keyId: string): string | undefined {
    return this.#read.issued.get(keyId)?.account;
  }

  #applyOne(account: string, event: PastKeyEvent): void {
    switch (event.type) {
      case 'KeyCreated': {
        const { keyId, secretHash, requestId } = event.data;
        const { name, hint, scopes, createdAt, createdBy, expiresAt = null, lifetime = null, replaces = null } = keyOf(event);
        const key = [keyId, name, hint, JSON.stringify(scopes), Buffer.from(secretHash, 'hex'), createdAt, createdBy];
        this.#write.created.run(account, ...key, expiresAt, lifetime, replaces);
        if (requestId !== undefined) this.#write.request.run(account, requestId, keyId);
        return;
      }
      case 'KeyDeleted':
        this.#write.deleted.run(Date.parse(event.at), event.data.keyId);
        return;
      case 'KeyExpirySet':
        this.#write.expirySet.run(Date.parse(event.data.expiresAt), event.data.keyId);
        return;
    }
  }
}

function toKey({ keyId, name, hint, scopes, createdAt, createdBy, expiresAt, lifetime, replaces }: KeyRow): Key {
  return {
    keyId,
    name,
    hint,
    scopes: parseStored<string[]>(scopes),
    createdAt,
    createdBy,
    expiresAt: expiresAt ?? undefined,
    lifetime: lifetime ?? undefined,
    replaces: replaces ?? undefined,
  };
}
