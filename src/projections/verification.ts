import type { Database } from 'better-sqlite3';
import type { Clock } from '../domain/clock.js';
import { isWellFormedSecret, matchesHash } from '../domain/secret.js';
import { parseStored } from '../store/codec.js';

interface KeyRow {
  account: string;
  scopes: string;
  secretHash: Uint8Array;
  expiresAt: number | null;
  deletedAt: number | null;
}

/** Who a caller is, as a key and its secret show. */
export interface Verified {
  account: string;
  keyId: string;
  scopes: string[];
}

/** What is compared where there is no key, so that an unknown id costs what a wrong secret costs. */
const STAND_IN: KeyRow = { account: '', scopes: '[]', secretHash: new Uint8Array(32), expiresAt: null, deletedAt: 0 };

/** Tells whether a key and a secret belong together now. Writes nothing. */
export class Verification {
  readonly #clock: Clock;
  readonly #find;
  readonly #refusedFrom = new Map<string, number>();

  constructor(database: Database, clock: Clock) {
    this.#clock = clock;
    this.#find = database.prepare<[string], KeyRow>(
      'SELECT account, scopes, secretHash, expiresAt, deletedAt FROM keys_1 WHERE keyId = ?',
    );
  }

  /** Undefined for unknown, wrong, deleted and expired alike. */
  verify(keyId: string, secret: string): Verified | undefined {
    const row = this.#find.get(keyId) ?? STAND_IN;
    const matches = isWellFormedSecret(secret) && matchesHash(secret, row.secretHash);
    const now = this.#clock();
    const end = Math.min(row.expiresAt ?? Number.POSITIVE_INFINITY, this.#refusedFrom.get(keyId) ?? Number.POSITIVE_INFINITY);
    if (!matches || row.deletedAt !== null || now >= end) return undefined;
    return { account: row.account, keyId, scopes: parseStored<string[]>(row.scopes) };
  }

  /** From that instant on (milliseconds since 1970), refuses a key whose end is acknowledged and not projected yet. */
  refuse(keyId: string, from: number): void {
    this.#refusedFrom.set(keyId, Math.min(from, this.#refusedFrom.get(keyId) ?? from));
  }

  /** That end is projected: the tables tell. */
  trust(keyId: string, from: number): void {
    if (this.#refusedFrom.get(keyId) === from) this.#refusedFrom.delete(keyId);
  }
}
