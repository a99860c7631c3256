import type { Database } from 'better-sqlite3';
import { hashSecret, isSameHash } from '../../domain/keys/secret.js';
import type { Clock } from '../../shared/clock.js';
import { parseStored } from '../../store/stored-json.js';
import { KEYS } from '../engine/names.js';

interface KeyRow {
  keyId: string;
  account: string;
  scopes: string;
  /** 64 hexadecimal digits. */
  secretHash: string;
  expiresAt: number | null;
  deletedAt: number | null;
  /** 1 if its account's stream cannot be read. */
  quarantined: number;
}

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
const COLUMNS = 'keyId, account, scopes, lower(hex(secretHash)) AS secretHash, expiresAt, deletedAt, quarantined';

/** A row to read and compare if there is no key, so that an unknown id costs the same as a wrong secret. */
const STAND_IN = `UNION ALL SELECT '', '', '[]', '${'0'.repeat(64)}', NULL, 0, 0 LIMIT 1`;

/** How many lists of scopes are cached. Most keys share a few. */
const SCOPE_LISTS = 1000;

/** Looks up the key for a secret. Read-only. The answer is undefined for unknown, wrong, deleted, expired and quarantined alike. */
export class Verification {
  readonly #clock: Clock;
  readonly #byId;
  readonly #bySecretHash;
  readonly #refusedFrom = new Map<string, number>();
  readonly #scopeLists = new Map<string, readonly string[]>();

  constructor(database: Database, clock: Clock) {
    this.#clock = clock;
    this.#byId = database.prepare<[string], KeyRow>(`SELECT ${COLUMNS} FROM ${KEYS} WHERE keyId = ? ${STAND_IN}`);
    this.#bySecretHash = database.prepare<[string], KeyRow>(
      `SELECT ${COLUMNS} FROM ${KEYS} WHERE secretHash = unhex(?) AND deletedAt IS NULL ${STAND_IN}`,
    );
  }

  /** Verifies that the key and the secret belong together. */
  verify(keyId: string, secret: string): Verified | undefined {
    return this.#judge(this.#byId.get(keyId), hashSecret(secret));
  }

  /**
   * The key that the secret belongs to. The duration of the look-up could reveal at most a part of a stored hash, and even the whole hash
   * does not lead back to 256 random bits (OWASP ASVS 5.0, 6.5.2).
   */
  verifySecret(secret: string): Verified | undefined {
    const hash = hashSecret(secret);
    return this.#judge(this.#bySecretHash.get(hash), hash);
  }

  /** Refuses, from that instant on (milliseconds since 1970), a key whose end is acknowledged but not projected yet. */
  refuse(keyId: string, from: number): void {
    this.#refusedFrom.set(keyId, Math.min(from, this.#refusedFrom.get(keyId) ?? from));
  }

  /** Ends the refusal: the key's end is projected, so the tables decide. */
  trust(keyId: string, from: number): void {
    if (this.#refusedFrom.get(keyId) === from) this.#refusedFrom.delete(keyId);
  }

  #judge(row: KeyRow | undefined, hash: string): Verified | undefined {
    if (!row) return undefined;
    const { keyId, account, scopes, secretHash, expiresAt, deletedAt, quarantined } = row;
    const at = this.#clock();
    const matches = isSameHash(hash, secretHash);
    const end = Math.min(expiresAt ?? Number.POSITIVE_INFINITY, this.#refusedFrom.get(keyId) ?? Number.POSITIVE_INFINITY);
    if (!matches || deletedAt !== null || quarantined !== 0 || at >= end) return undefined;
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
