import type { Database } from 'better-sqlite3';
import { hashSecret, isSameHash } from '../../domain/keys/secret.js';
import type { Clock } from '../../shared/clock.js';
import { parseStored } from '../../store/codec.js';

interface KeyRow {
  keyId: string;
  account: string;
  scopes: string;
  /** 64 hexadecimal digits. */
  secretHash: string;
  expiresAt: number | null;
  deletedAt: number | null;
  /** 1 where its account's stream cannot be read. */
  quarantined: number;
}

/** Who a caller is, as a key and its secret show. */
export interface Verified {
  account: string;
  keyId: string;
  scopes: readonly string[];
  /** When it was asked about, in milliseconds since 1970. */
  at: number;
  /** When it stops to authenticate, in milliseconds since 1970; infinity where nobody has set an end. */
  expiresAt: number;
}

/** The part of a `Verification` that tells, without what commands tell it. */
export type Verifier = Omit<Verification, 'refuse' | 'trust'>;

/** The hash as text: a buffer takes longer to make than the key to find. */
const COLUMNS = 'keyId, account, scopes, lower(hex(secretHash)) AS secretHash, expiresAt, deletedAt, quarantined';

/** What is read and compared where there is no key, so that an unknown id costs what a wrong secret costs. */
const STAND_IN = `UNION ALL SELECT '', '', '[]', '${'0'.repeat(64)}', NULL, 0, 0 LIMIT 1`;

/** How many lists of scopes are remembered. Keys share few. */
const SCOPE_LISTS = 1000;

/** Tells whose a secret is now. Writes nothing. Undefined is the answer for unknown, wrong, deleted, expired and quarantined alike. */
export class Verification {
  readonly #clock: Clock;
  readonly #byId;
  readonly #bySecretHash;
  readonly #refusedFrom = new Map<string, number>();
  readonly #scopeLists = new Map<string, readonly string[]>();

  constructor(database: Database, clock: Clock) {
    this.#clock = clock;
    this.#byId = database.prepare<[string], KeyRow>(`SELECT ${COLUMNS} FROM keys_3 WHERE keyId = ? ${STAND_IN}`);
    this.#bySecretHash = database.prepare<[string], KeyRow>(
      `SELECT ${COLUMNS} FROM keys_3 WHERE secretHash = unhex(?) AND deletedAt IS NULL ${STAND_IN}`,
    );
  }

  /** Whether the key and the secret belong together. */
  verify(keyId: string, secret: string): Verified | undefined {
    return this.#judge(this.#byId.get(keyId), hashSecret(secret));
  }

  /**
   * The key that the secret belongs to. The time that the look-up takes could tell a part of a stored hash at most, and from
   * all of it nobody comes back to 256 random bits (OWASP ASVS 5.0, 6.5.2).
   */
  verifySecret(secret: string): Verified | undefined {
    const hash = hashSecret(secret);
    return this.#judge(this.#bySecretHash.get(hash), hash);
  }

  /** From that instant on (milliseconds since 1970), refuses a key whose end is acknowledged and not projected yet. */
  refuse(keyId: string, from: number): void {
    this.#refusedFrom.set(keyId, Math.min(from, this.#refusedFrom.get(keyId) ?? from));
  }

  /** That end is projected: the tables tell. */
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
