import { createdKeyIn } from '../../store/codec.js';
import type { RecordedEvent } from '../../store/event-store.js';
import { accountOf } from '../../store/streams.js';
import type { Connection } from '../engine/connection.js';
import { KEYS } from '../engine/names.js';
import type { KeyReference } from './key-rows.js';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS ${KEYS}_unread (
    account TEXT NOT NULL,
    version INTEGER NOT NULL,
    keyId TEXT NOT NULL,
    secretHash BLOB NOT NULL,
    PRIMARY KEY (account, version)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS ${KEYS}_unread_secretHash ON ${KEYS}_unread (secretHash);
  CREATE INDEX IF NOT EXISTS ${KEYS}_unread_keyId ON ${KEYS}_unread (keyId);
`;

/**
 * The keys in events that are not folded because their accounts are in quarantine. They authenticate nobody. But since they may be held,
 * they must not be reported as unknown.
 */
export class UnreadKeys {
  readonly #statements;

  constructor(database: Connection) {
    database.exec(SCHEMA);
    this.#statements = {
      record: database.prepare(`REPLACE INTO ${KEYS}_unread VALUES (?, ?, ?, unhex(?))`),
      forget: database.prepare(`DELETE FROM ${KEYS}_unread WHERE account = ?`),
      bySecretHash: database.prepare<[string], KeyReference>(
        `SELECT keyId, account FROM ${KEYS}_unread WHERE secretHash = unhex(?)`,
      ),
      owner: database.prepare<[string], string>(`SELECT account FROM ${KEYS}_unread WHERE keyId = ?`).pluck(),
      clear: database.prepare(`DELETE FROM ${KEYS}_unread`),
    };
  }

  /** Records the key that the event creates, if it creates one. */
  record(event: RecordedEvent): void {
    const key = createdKeyIn(event);
    if (key) this.#statements.record.run(accountOf(event.stream), event.version, key.keyId, key.secretHash);
  }

  /** Forgets the account's keys, since its events are folded now. */
  forget(account: string): void {
    this.#statements.forget.run(account);
  }

  withSecretHash(secretHash: string): KeyReference | undefined {
    return this.#statements.bySecretHash.get(secretHash);
  }

  accountOf(keyId: string): string | undefined {
    return this.#statements.owner.get(keyId);
  }

  clear(): void {
    this.#statements.clear.run();
  }
}
