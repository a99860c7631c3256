import { hashSecret, isSameHash } from '../../domain/keys/secret.js';
import type { Clock } from '../../shared/clock.js';
import { parseStored } from '../../store/stored-json.js';
import type { Connection } from '../engine/connection.js';
import { KEYS } from '../engine/names.js';

/** An array takes less time to create than an object. */
type KeyRow = [
  keyId: string,
  account: string,
  scopes: string,
  /** 64 hexadecimal digits. */
  secretHash: string,
  expiresAt: number | null,
  /** 0 if the key is deleted or disabled, or if its account's stream cannot be read; 1 otherwise. */
  isUsable: number,
];

/** The identity that a key and its secret prove. */
export interface Verified {
  account: string;
  keyId: string;
  scopes: readonly string[];
  /** The time of the verification, in milliseconds since 1970. */
  at: number;
  /** When the key stops authenticating, in milliseconds since 1970; infinity if it has no expiry. */
  expiresAt: number;
}

/** The part of a `Verification` that answers, without the part that commands use to update it. */
export type Verifier = Omit<Verification, 'refuse' | 'trust'>;

/** The hash as text: creating a buffer takes longer than finding the key. */
const COLUMNS = `keyId, account, scopes, lower(hex(secretHash)), expiresAt,
  deletedAt IS NULL AND disabledAt IS NULL AND quarantined = 0`;

/** A row to read and compare if there is no key, so that an unknown id costs the same as a wrong secret. */
const STAND_IN = `UNION ALL SELECT '', '', '[]', '${'0'.repeat(64)}', NULL, 0 LIMIT 1`;

/** How many lists of scopes are cached. Most keys share a few. */
const SCOPE_LISTS = 1000;

/** What a secret is compared with if no row is kept, so that a refusal takes as long as if one were. */
const NOT_KEPT: KeyRow = ['', '', '[]', '0'.repeat(64), null, 0];

/** How many rows are kept. */
const ROWS = 10_000;

/** Looks up the key for a secret. Read-only. The answer is undefined for unknown, wrong, deleted, disabled, expired and quarantined alike. */
export class Verification {
  readonly #database: Connection;
  readonly #clock: Clock;
  readonly #byId;
  readonly #bySecretHash;
  /** By key id, the instant of each refusal that is still needed. */
  readonly #refusals = new Map<string, number[]>();
  readonly #scopeLists = new Map<string, readonly string[]>();
  /**
   * The rows of keys that were accepted, while the tables do not change. They do not help a refused caller, so that a refusal takes as
   * long whether or not there is such a key.
   */
  readonly #acceptedById = new Map<string, KeyRow>();
  readonly #acceptedBySecretHash = new Map<string, KeyRow>();
  /** The number of changes when the accepted rows were read; undefined if changes are not counted, and no row is kept. */
  #changes: number | undefined;

  constructor(database: Connection, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#byId = database.prepare<[string], KeyRow>(`SELECT ${COLUMNS} FROM ${KEYS} WHERE keyId = ? ${STAND_IN}`).raw();
    this.#bySecretHash = database
      .prepare<[string], KeyRow>(`SELECT ${COLUMNS} FROM ${KEYS} WHERE secretHash = unhex(?) AND deletedAt IS NULL ${STAND_IN}`)
      .raw();
  }

  /** Verifies that the key and the secret belong together. */
  verify(keyId: string, secret: string): Verified | undefined {
    const hash = hashSecret(secret);
    this.#dropOutdated();
    return this.#judge(this.#acceptedById.get(keyId) ?? NOT_KEPT, hash) ?? this.#judgeRead(this.#byId.get(keyId), hash);
  }

  /**
   * The key that the secret belongs to. The duration of the look-up could reveal at most a part of a stored hash, and even the whole hash
   * does not lead back to 256 random bits (OWASP ASVS 5.0, 6.5.2).
   */
  verifySecret(secret: string): Verified | undefined {
    const hash = hashSecret(secret);
    this.#dropOutdated();
    return this.#judge(this.#acceptedBySecretHash.get(hash), hash) ?? this.#judgeRead(this.#bySecretHash.get(hash), hash);
  }

  /** Refuses, from that instant on (milliseconds since 1970), a key whose end is acknowledged but not projected yet. */
  refuse(keyId: string, from: number): void {
    this.#refusals.set(keyId, [...(this.#refusals.get(keyId) ?? []), from]);
  }

  /** Ends one refusal from that instant on: the event behind it is projected, so the tables know it. */
  trust(keyId: string, from: number): void {
    const refusals = this.#refusals.get(keyId) ?? [];
    const place = refusals.indexOf(from);
    const others = refusals.filter((_, index) => index !== place);
    if (others.length === 0) this.#refusals.delete(keyId);
    else this.#refusals.set(keyId, others);
  }

  #judgeRead(row: KeyRow | undefined, hash: string): Verified | undefined {
    const verified = this.#judge(row, hash);
    if (row && verified && this.#changes !== undefined) this.#keep(row, hash);
    return verified;
  }

  #keep(row: KeyRow, hash: string): void {
    if (this.#acceptedById.size === ROWS) this.#drop();
    this.#acceptedById.set(row[0], row);
    this.#acceptedBySecretHash.set(hash, row);
  }

  #dropOutdated(): void {
    const changes = this.#database.countChanges?.();
    if (changes === this.#changes) return;
    this.#drop();
    this.#changes = changes;
  }

  #drop(): void {
    this.#acceptedById.clear();
    this.#acceptedBySecretHash.clear();
  }

  #judge(row: KeyRow | undefined, hash: string): Verified | undefined {
    if (!row) return undefined;
    const [keyId, account, scopes, secretHash, expiresAt, isUsable] = row;
    const at = this.#clock();
    const matches = isSameHash(hash, secretHash);
    const refusals = this.#refusals.get(keyId);
    const end = Math.min(expiresAt ?? Number.POSITIVE_INFINITY, refusals ? Math.min(...refusals) : Number.POSITIVE_INFINITY);
    if (!matches || isUsable === 0 || at >= end) return undefined;
    return { account, keyId, scopes: this.#parseScopes(scopes), at, expiresAt: end };
  }

  #parseScopes(json: string): readonly string[] {
    const known = this.#scopeLists.get(json);
    if (known) return known;
    const scopes = parseStored<string[]>(json);
    if (this.#scopeLists.size === SCOPE_LISTS) this.#scopeLists.clear();
    this.#scopeLists.set(json, scopes);
    return scopes;
  }
}
