import { requestIn } from '../../domain/keys/decide.js';
import type { AccountKeys, Key, PastKeyEvent } from '../../domain/keys/model.js';
import { AccountUnreadable, UnreadableStream } from '../../domain/keys/refusals.js';
import { parseStored } from '../../store/stored-json.js';
import type { Connection } from '../engine/connection.js';
import { KEYS } from '../engine/names.js';

/**
 * The first table finds every key that ever existed by its id, and those not deleted by their secret's hash, for verification.
 * `disabledAt` is null unless the key is disabled. `quarantined` is 1 if the key's account is in quarantine, so that the key is refused.
 * `…_accounts` has each account's held keys in full, as they were folded, together with the version at which they are held.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS ${KEYS} (
    keyId TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    scopes TEXT NOT NULL,
    secretHash BLOB NOT NULL,
    expiresAt INTEGER,
    deletedAt INTEGER,
    disabledAt INTEGER,
    quarantined INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS ${KEYS}_secretHash ON ${KEYS} (secretHash) WHERE deletedAt IS NULL;
  CREATE TABLE IF NOT EXISTS ${KEYS}_accounts (
    account TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    keys TEXT NOT NULL,
    frozenAt INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS ${KEYS}_idempotency (
    account TEXT NOT NULL,
    idempotencyKey TEXT NOT NULL,
    keyId TEXT NOT NULL,
    inputHash BLOB NOT NULL,
    PRIMARY KEY (account, idempotencyKey)
  ) STRICT, WITHOUT ROWID;
`;

/** The row of a key that the account holds. An event about any other key changes no row. */
const HELD = 'WHERE keyId = ? AND account = ? AND deletedAt IS NULL';

/** The request with an idempotency key. SQLite 3.54 prepares a `LEFT JOIN` on a parameter anew each time that a value is bound. */
const MADE = `FROM ${KEYS}_idempotency WHERE account = @account AND idempotencyKey = @idempotencyKey`;

interface AccountRow {
  version: number;
  at: number;
  /** A JSON array of the held keys, the oldest first. */
  keys: string;
  frozenAt: number | null;
}

/** When a key was deleted or disabled and when it expires, in milliseconds since 1970. */
export interface KeyFate {
  deletedAt: number | null;
  disabledAt: number | null;
  expiresAt: number | null;
}

/** One row, whether the account is known or not. */
type StateRow = AccountRow & {
  quarantined: number;
  issued: number | null;
  keyId: string | null;
  inputHash: string | null;
};

/** The ids that a command names. The state that it is decided on needs no others. */
export interface Mention {
  keyId?: string | undefined;
  idempotencyKey?: string | undefined;
}

/** A key and the account that holds it. */
export interface KeyReference {
  keyId: string;
  account: string;
}

/** An account's held keys and their version, without past ids. */
export type HeldKeys = Pick<AccountKeys, 'version' | 'at' | 'keys' | 'frozenAt'>;

/** The rows of the keys and of the accounts that hold them. The table of the quarantine must be there. */
export class KeyRows {
  readonly #database: Connection;
  readonly #read;
  readonly #write;

  constructor(database: Connection) {
    database.exec(SCHEMA);
    this.#database = database;
    this.#read = {
      account: database.prepare<[string], AccountRow>(
        `SELECT version, at, keys, frozenAt FROM ${KEYS}_accounts WHERE account = ?`,
      ),
      version: database.prepare<[string], number>(`SELECT version FROM ${KEYS}_accounts WHERE account = ?`).pluck(),
      state: database.prepare<{ account: string; keyId: string | null; idempotencyKey: string | null }, StateRow>(
        `SELECT version, at, keys, frozenAt,
           EXISTS (SELECT 1 FROM ${KEYS}_quarantine WHERE account = @account) AS quarantined,
           (SELECT 1 FROM ${KEYS} WHERE keyId = @keyId) AS issued,
           (SELECT keyId ${MADE}) AS keyId, (SELECT lower(hex(inputHash)) ${MADE}) AS inputHash
         FROM (SELECT version, at, keys, frozenAt FROM ${KEYS}_accounts WHERE account = @account
           UNION ALL SELECT 0, 0, '[]', NULL LIMIT 1)`,
      ),
      bySecretHash: database.prepare<[string], KeyReference>(
        `SELECT keyId, account FROM ${KEYS} WHERE secretHash = unhex(?) AND deletedAt IS NULL`,
      ),
      fate: database.prepare<[string], KeyFate>(`SELECT deletedAt, disabledAt, expiresAt FROM ${KEYS} WHERE keyId = ?`),
      owner: database.prepare<[string], string>(`SELECT account FROM ${KEYS} WHERE keyId = ?`).pluck(),
    };
    this.#write = {
      account: database.prepare(`REPLACE INTO ${KEYS}_accounts VALUES (?, ?, ?, ?, ?)`),
      created: database.prepare(`INSERT INTO ${KEYS} VALUES (?, ?, ?, ?, ?, NULL, NULL, ?) ON CONFLICT DO NOTHING`),
      made: database.prepare(`REPLACE INTO ${KEYS}_idempotency VALUES (?, ?, ?, ?)`),
      deleted: database.prepare(`UPDATE ${KEYS} SET deletedAt = ?, quarantined = 0 ${HELD}`),
      disabled: database.prepare(`UPDATE ${KEYS} SET disabledAt = ? ${HELD}`),
      expirySet: database.prepare(`UPDATE ${KEYS} SET expiresAt = ? ${HELD}`),
      quarantined: database.prepare(`UPDATE ${KEYS} SET quarantined = ? WHERE keyId = ?`),
    };
  }

  clear(): void {
    for (const table of ['', '_accounts', '_idempotency']) this.#database.exec(`DELETE FROM ${KEYS}${table}`);
  }

  /**
   * The account's held keys and their version, read in one statement. Contains past ids only as far as they are mentioned.
   * @throws AccountUnreadable while the account is in quarantine
   */
  load(account: string, { keyId, idempotencyKey }: Mention): AccountKeys {
    const row = this.#read.state.get({ account, keyId: keyId ?? null, idempotencyKey: idempotencyKey ?? null });
    if (row?.quarantined) throw new AccountUnreadable();
    return {
      version: row?.version ?? 0,
      at: row?.at ?? 0,
      keys: parseKeys(row?.keys),
      frozenAt: row?.frozenAt ?? undefined,
      issued: new Set(keyId !== undefined && row?.issued ? [keyId] : []),
      made: new Map(
        idempotencyKey !== undefined && row?.keyId
          ? [[idempotencyKey, { keyId: row.keyId, inputHash: row.inputHash ?? '' }]]
          : [],
      ),
    };
  }

  /** Like `load`, but also in quarantine, and without past ids. */
  held(account: string): HeldKeys {
    const row = this.#read.account.get(account);
    return { version: row?.version ?? 0, at: row?.at ?? 0, keys: parseKeys(row?.keys), frozenAt: row?.frozenAt ?? undefined };
  }

  /** The version of the account's stream up to which its events are in the tables; 0 if there are none. */
  version(account: string): number {
    return this.#read.version.get(account) ?? 0;
  }

  /** Since when the account is frozen, in milliseconds since 1970; undefined if it is not. */
  frozenAt(account: string): number | undefined {
    return this.#read.account.get(account)?.frozenAt ?? undefined;
  }

  /** Undefined if the key never existed. */
  fateOf(keyId: string): KeyFate | undefined {
    return this.#read.fate.get(keyId);
  }

  accountOf(keyId: string): string | undefined {
    return this.#read.owner.get(keyId);
  }

  withSecretHash(secretHash: string): KeyReference | undefined {
    return this.#read.bySecretHash.get(secretHash);
  }

  saveHeld(account: string, { version, at, keys, frozenAt }: HeldKeys): void {
    this.#write.account.run(account, version, at, JSON.stringify([...keys.values()].map(inOrder)), frozenAt ?? null);
  }

  /** Marks the key as refused because its account is in quarantine, or as no longer refused. */
  saveQuarantined(keyId: string, isQuarantined: boolean): void {
    this.#write.quarantined.run(Number(isQuarantined), keyId);
  }

  /**
   * Saves what the event changes of its key, and the request that it was written for.
   * @throws UnreadableStream if it creates a key again; nothing has changed then
   */
  saveEvent(account: string, event: PastKeyEvent, inQuarantine: boolean): void {
    this.#saveKey(account, event, inQuarantine);
    const request = requestIn(event);
    if (!request) return;
    const { idempotencyKey, keyId, inputHash } = request;
    this.#write.made.run(account, idempotencyKey, keyId, Buffer.from(inputHash, 'hex'));
  }

  #saveKey(account: string, event: PastKeyEvent, inQuarantine: boolean): void {
    switch (event.type) {
      case 'KeyCreated': {
        const { keyId, scopes, secretHash, expiresAt } = event.data;
        const [end, hash] = [expiresAt === undefined ? null : Date.parse(expiresAt), Buffer.from(secretHash, 'hex')];
        const { changes } = this.#write.created.run(keyId, account, JSON.stringify(scopes), hash, end, Number(inQuarantine));
        if (changes === 0)
          throw new UnreadableStream(`Version ${event.version} creates the key ${keyId}, which exists already.`);
        return;
      }
      case 'KeyDeleted':
        this.#write.deleted.run(Date.parse(event.at), event.data.keyId, account);
        return;
      case 'KeyExpirySet':
        this.#write.expirySet.run(Date.parse(event.data.expiresAt), event.data.keyId, account);
        return;
      case 'KeyDisabled':
        this.#write.disabled.run(Date.parse(event.at), event.data.keyId, account);
        return;
      case 'KeyEnabled':
        this.#write.disabled.run(null, event.data.keyId, account);
        return;
      case 'KeyRenamed':
      case 'AccountFrozen':
      case 'AccountThawed':
        return;
    }
  }
}

/** The held keys of an account, as its row has them. */
export function parseKeys(json: string | null | undefined): ReadonlyMap<string, Key> {
  return new Map(parseStored<Key[]>(json ?? '[]').map((key) => [key.keyId, key]));
}

/** The same with its members in one order, whichever events set them, so that the texts of equal keys are equal. */
function inOrder(key: Key): { [Member in keyof Required<Key>]: Key[Member] } {
  const { keyId, name, hint, scopes, createdAt, createdBy, replaces, expiresAt, lifetime, disabledAt } = key;
  return { keyId, name, hint, scopes, createdAt, createdBy, replaces, expiresAt, lifetime, disabledAt };
}
