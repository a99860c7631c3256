import { evolveKeys } from '../../domain/keys/decide.js';
import { evolveFrozen } from '../../domain/keys/freeze.js';
import type { AccountKeys } from '../../domain/keys/model.js';
import { AccountUnreadable } from '../../domain/keys/refusals.js';
import { decodeOnce } from '../../store/codec.js';
import type { RecordedEvent } from '../../store/event-store.js';
import { accountOf } from '../../store/streams.js';
import type { Connection } from '../engine/connection.js';
import { Folding } from '../engine/folding.js';
import { KEYS } from '../engine/names.js';
import type { Projection, Unread } from '../engine/projection.js';
import { type Fold, Quarantine } from '../engine/quarantine.js';
import { type HeldKeys, type KeyFate, type KeyReference, KeyRows, type Mention } from './key-rows.js';
import { UnreadKeys } from './unread-keys.js';

/** Every key, and each account's held keys together with the version of the stream at which they are held. */
export class KeysProjection implements Projection {
  readonly name = KEYS;
  readonly category = 'apiKeys';
  readonly quarantine: Quarantine;
  readonly #rows: KeyRows;
  readonly #unread: UnreadKeys;

  constructor(database: Connection) {
    this.quarantine = new Quarantine(database, `${KEYS}_quarantine`);
    this.#rows = new KeyRows(database);
    this.#unread = new UnreadKeys(database);
  }

  apply(events: RecordedEvent[]): Unread[] {
    const folding = this.#begin();
    const unread = this.quarantine.guard(events, this.#fold(folding, false));
    this.#save(folding);
    for (const { event } of unread) this.#refuseHeld(accountOf(event.stream), true);
    return unread;
  }

  mend(account: string, events: RecordedEvent[]): boolean {
    const folding = this.#begin();
    const isOver = this.quarantine.mend(account, events, this.#fold(folding, true));
    this.#save(folding);
    if (!isOver) return false;
    this.#refuseHeld(account, false);
    this.#unread.forget(account);
    return true;
  }

  clear(): void {
    for (const part of [this.#rows, this.quarantine, this.#unread]) part.clear();
  }

  /**
   * The account's held keys and their version, read in one statement. Contains past ids only as far as they are mentioned.
   * @throws AccountUnreadable while the account is in quarantine
   */
  load(account: string, mention: Mention = {}): AccountKeys {
    return this.#rows.load(account, mention);
  }

  /** @throws AccountUnreadable while the account is in quarantine */
  requireReadable(account: string): void {
    if (this.quarantine.find(account)) throw new AccountUnreadable();
  }

  /** The version of the account's stream up to which its events are in the tables; 0 if there are none. */
  version(account: string): number {
    return this.#rows.version(account);
  }

  /** Undefined if the key never existed. */
  fateOf(keyId: string): KeyFate | undefined {
    return this.#rows.fateOf(keyId);
  }

  /** Since when the account is frozen, in milliseconds since 1970; undefined if it is not. */
  frozenAt(account: string): number | undefined {
    return this.#rows.frozenAt(account);
  }

  /** The account that holds the key or once held it. */
  accountOfKey(keyId: string): string | undefined {
    return this.#rows.accountOf(keyId) ?? this.#unread.accountOf(keyId);
  }

  /**
   * The key whose secret has that hash, expired or not, even if its account is in quarantine; undefined if there is none, or no longer.
   */
  keyWithHash(secretHash: string): KeyReference | undefined {
    return this.#rows.withSecretHash(secretHash) ?? this.#unread.withSecretHash(secretHash);
  }

  #begin(): Folding<HeldKeys> {
    return new Folding((account) => this.#rows.held(account));
  }

  #fold(folding: Folding<HeldKeys>, inQuarantine: boolean): Fold {
    return {
      versionOf: (account) => folding.of(account).version,
      take: (recorded) => {
        const account = accountOf(recorded.stream);
        const event = decodeOnce(recorded);
        this.#rows.saveEvent(account, event, inQuarantine);
        const { keys, frozenAt } = folding.of(account);
        folding.change(account, {
          version: event.version,
          at: Date.parse(event.at),
          keys: evolveKeys(keys, event),
          frozenAt: evolveFrozen(frozenAt, event),
        });
      },
      leaveOut: (recorded) => this.#unread.record(recorded),
    };
  }

  #save(folding: Folding<HeldKeys>): void {
    for (const [account, held] of folding.changed) this.#rows.saveHeld(account, held);
  }

  /** Marks the account's held keys as refused, or as no longer refused. */
  #refuseHeld(account: string, refused: boolean): void {
    for (const keyId of this.#rows.held(account).keys.keys()) this.#rows.saveQuarantined(keyId, refused);
  }
}
