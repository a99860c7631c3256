import type { Database } from 'better-sqlite3';
import { type AccountKeys, evolveKeys, type Key, type PastKeyEvent } from '../domain/keys.js';
import { StreamGap } from '../domain/refusals.js';
import { accountOf, decode, parseStored } from '../store/codec.js';
import type { RecordedEvent } from '../store/event-store.js';
import type { Projection } from './projection.js';

/**
 * `keys_2` finds every key that ever was by its id, and those not deleted by their secret's hash, for verification;
 * `keys_2_accounts` has each account's held keys whole, as they were folded, together with the version at which they are held.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS keys_2 (
    keyId TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    scopes TEXT NOT NULL,
    secretHash BLOB NOT NULL,
    expiresAt INTEGER,
    deletedAt INTEGER
  ) STRICT;
  CREATE INDEX IF NOT EXISTS keys_2_secretHash ON keys_2 (secretHash) WHERE deletedAt IS NULL;
  CREATE TABLE IF NOT EXISTS keys_2_accounts (
    account TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    keys TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS keys_2_idempotency (
    account TEXT NOT NULL,
    idempotencyKey TEXT NOT NULL,
    keyId TEXT NOT NULL,
    inputHash BLOB NOT NULL,
    PRIMARY KEY (account, idempotencyKey)
  ) STRICT, WITHOUT ROWID;
`;

interface AccountRow {
  version: number;
  at: number;
  /** A JSON array of the held keys, the oldest first. */
  keys: string;
}

/** One row, whether the account is known or not. */
type StateRow = { [Column in keyof AccountRow]: AccountRow[Column] | null } & {
  issued: number | null;
  keyId: string | null;
  inputHash: string | null;
};

/** An account's held keys while a batch of events is folded into them. */
interface Folding {
  version: number;
  at: number;
  keys: ReadonlyMap<string, Key>;
}

/** What a command names; the state that guards it need know no other ids. */
export interface Mention {
  keyId?: string | undefined;
  idempotencyKey?: string | undefined;
}

/** A key and the account that holds it. */
export interface KeyReference {
  keyId: string;
  account: string;
}

/** Every key, and each account's held keys together with the version of the stream at which they are held. */
export class KeysProjection implements Projection {
  readonly name = 'keys_2';
  readonly category = 'apiKeys';
  readonly #database: Database;
  readonly #read;
  readonly #write;

  constructor(database: Database) {
    database.exec(SCHEMA);
    this.#database = database;
    this.#read = {
      account: database.prepare<[string], AccountRow>('SELECT version, at, keys FROM keys_2_accounts WHERE account = ?'),
      state: database.prepare<{ account: string; keyId: string | null; idempotencyKey: string | null }, StateRow>(
        `SELECT version, at, keys,
           (SELECT 1 FROM keys_2 WHERE keyId = @keyId) AS issued,
           keyId, lower(hex(inputHash)) AS inputHash
         FROM (SELECT 1) LEFT JOIN keys_2_accounts a ON a.account = @account
           LEFT JOIN keys_2_idempotency i ON i.account = @account AND i.idempotencyKey = @idempotencyKey`,
      ),
      bySecretHash: database.prepare<[string], KeyReference>(
        'SELECT keyId, account FROM keys_2 WHERE secretHash = unhex(?) AND deletedAt IS NULL',
      ),
      owner: database.prepare<[string], string>('SELECT account FROM keys_2 WHERE keyId = ?').pluck(),
    };
    this.#write = {
      account: database.prepare('REPLACE INTO keys_2_accounts VALUES (?, ?, ?, ?)'),
      created: database.prepare('INSERT INTO keys_2 VALUES (?, ?, ?, ?, ?, NULL)'),
      made: database.prepare('INSERT INTO keys_2_idempotency VALUES (?, ?, ?, ?)'),
      deleted: database.prepare('UPDATE keys_2 SET deletedAt = ? WHERE keyId = ?'),
      expirySet: database.prepare('UPDATE keys_2 SET expiresAt = ? WHERE keyId = ?'),
    };
  }

  /** @throws StreamGap, UnreadableEvent */
  apply(events: RecordedEvent[]): void {
    const folding = new Map<string, Folding>();
    for (const recorded of events) {
      const account = accountOf(recorded.stream);
      const event = decode(recorded);
      const before = folding.get(account) ?? this.#held(account);
      if (event.version !== before.version + 1) throw new StreamGap(before.version + 1, event.version);
      folding.set(account, { version: event.version, at: Date.parse(event.at), keys: evolveKeys(before.keys, event) });
      this.#applyOne(account, event);
    }
    for (const [account, { version, at, keys }] of folding) {
      this.#write.account.run(account, version, at, JSON.stringify([...keys.values()]));
    }
  }

  clear(): void {
    this.#database.exec('DELETE FROM keys_2; DELETE FROM keys_2_accounts; DELETE FROM keys_2_idempotency;');
  }

  /** The account's held keys and their version, read in one statement; of past ids, those that are mentioned. */
  load(account: string, { keyId, idempotencyKey }: Mention = {}): AccountKeys {
    const row = this.#read.state.get({ account, keyId: keyId ?? null, idempotencyKey: idempotencyKey ?? null });
    return {
      version: row?.version ?? 0,
      at: row?.at ?? 0,
      keys: parseKeys(row?.keys),
      issued: new Set(keyId !== undefined && row?.issued ? [keyId] : []),
      made: new Map(
        idempotencyKey !== undefined && row?.keyId
          ? [[idempotencyKey, { keyId: row.keyId, inputHash: row.inputHash ?? '' }]]
          : [],
      ),
    };
  }

  /** The version of the account's stream up to which its events are in the tables; 0 for none. */
  version(account: string): number {
    return this.#read.account.get(account)?.version ?? 0;
  }

  /** The account that holds the key or once held it. */
  accountOfKey(keyId: string): string | undefined {
    return this.#read.owner.get(keyId);
  }

  /** The key whose secret has that hash, expired or not; undefined where there is none, or none any more. */
  keyWithHash(secretHash: string): KeyReference | undefined {
    return this.#read.bySecretHash.get(secretHash);
  }

  #held(account: string): Folding {
    const row = this.#read.account.get(account);
    return { version: row?.version ?? 0, at: row?.at ?? 0, keys: parseKeys(row?.keys) };
  }

  #applyOne(account: string, event: PastKeyEvent): void {
    switch (event.type) {
      case 'KeyCreated': {
        const { keyId, scopes, secretHash, expiresAt, idempotencyKey, inputHash = '' } = event.data;
        const end = expiresAt === undefined ? null : Date.parse(expiresAt);
        this.#write.created.run(keyId, account, JSON.stringify(scopes), Buffer.from(secretHash, 'hex'), end);
        if (idempotencyKey !== undefined) this.#write.made.run(account, idempotencyKey, keyId, Buffer.from(inputHash, 'hex'));
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

function parseKeys(json: string | null | undefined): ReadonlyMap<string, Key> {
  return new Map(parseStored<Key[]>(json ?? '[]').map((key) => [key.keyId, key]));
}
