import type { AccountKeys, FreezeAccount } from '../../domain/keys/model.js';
import { KeyNotFound } from '../../domain/keys/refusals.js';
import type { KeySearch } from '../../projections/keys/key-search.js';
import type { Caller } from './handle.js';
import type { Performer } from './perform.js';

/** The operator who asks, and the request. */
export type Operator = Omit<Caller, 'account'>;

/** An account after an operator's command. */
export interface Operated {
  accountId: string;
  account: AccountKeys;
}

/** The deletion of keys by an operator. */
export interface Revocation extends Operated {
  /** The keys that were deleted. */
  keyIds: string[];
  /** Milliseconds since 1970. */
  deletedAt: number;
}

export interface OperatorCommandsOptions {
  performer: Performer;
  search: Pick<KeySearch, 'accountOf'>;
}

/** The commands of operators, who end other people's keys and never make one. */
export class OperatorCommands {
  readonly #options: OperatorCommandsOptions;

  constructor(options: OperatorCommandsOptions) {
    this.#options = options;
  }

  /**
   * Deletes a key, whichever account has it.
   * @throws KeyNotFound, OutcomeUnknown, StoreUnavailable, LogSealed, LogMismatch, AccountUnreadable, ClockSkewed
   */
  async revokeKey(operator: Operator, keyId: string, note: string | undefined): Promise<Revocation> {
    const accountId = await this.#accountOf(operator, keyId);
    const caller = { ...operator, account: accountId };
    const command = { type: 'DeleteKey', keyId, reason: 'REVOKED', note } as const;
    const { state, at } = await this.#options.performer.perform(caller, command);
    return { accountId, keyIds: [keyId], deletedAt: at, account: state };
  }

  /**
   * Deletes all keys of the account in one append.
   * @throws AccountNotFound, and what `revokeKey` throws of the store
   */
  async revokeAccountKeys(operator: Operator, accountId: string, note: string | undefined): Promise<Revocation> {
    const caller = { ...operator, account: accountId };
    const { events, state, at } = await this.#options.performer.perform(caller, { type: 'RevokeKeys', note });
    const keyIds = events.flatMap(({ type, data }) => (type === 'KeyDeleted' ? [data.keyId] : []));
    return { accountId, keyIds, deletedAt: at, account: state };
  }

  /**
   * Freezes the account, or ends that. Changes nothing if it is so already.
   * @throws AccountNotFound, and what `revokeKey` throws of the store
   */
  async freeze(operator: Operator, accountId: string, command: FreezeAccount): Promise<Operated> {
    const { state } = await this.#options.performer.perform({ ...operator, account: accountId }, command);
    return { accountId, account: state };
  }

  /** @throws KeyNotFound */
  async #accountOf({ since }: Operator, keyId: string): Promise<string> {
    const { performer, search } = this.#options;
    const account = await performer.search(since, () => search.accountOf(keyId));
    if (account === undefined) throw new KeyNotFound();
    return account;
  }
}
