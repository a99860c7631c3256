import { type AccountKeys, type ChangeKey, type Key, LEAK_REPORT_ACTOR } from '../../domain/keys/model.js';
import { KeyNotFound } from '../../domain/keys/refusals.js';
import { newKeyMaterial } from '../../domain/keys/secret.js';
import type { KeyReference } from '../../projections/keys/key-rows.js';
import type { KeySearch } from '../../projections/keys/key-search.js';
import { type ErrorCode, errorCodeOf } from '../../shared/error-codes.js';
import { isLocked } from '../../shared/until-unlocked.js';
import { OutcomeUnknown } from '../../store/event-store.js';
import type { Caller } from './handle.js';
import type { Performer } from './perform.js';

export interface CreateKeyInput {
  name: string;
  scopes: string[];
  expiresAt?: string | undefined;
  idempotencyKey?: string | undefined;
}

export interface RotateKeyInput {
  keyId: string;
  /** How long the old key still works, in seconds. */
  overlap: number;
  idempotencyKey?: string | undefined;
}

/** A new key, and the only copy of its secret. */
export interface CreatedKey {
  key: Key;
  secret: string;
  account: AccountKeys;
}

/** The deletion of a key, and the resulting account. */
export interface Deletion {
  keyId: string;
  /** Milliseconds since 1970. */
  deletedAt: number;
  account: AccountKeys;
}

/** The key after a change, and the resulting account. */
export interface ChangedKey {
  key: Key;
  account: AccountKeys;
}

/** A report of leaked secrets. */
export interface LeakReport extends Pick<Caller, 'correlationId' | 'since'> {
  secrets: string[];
}

export interface KeyCommandsOptions {
  performer: Performer;
  search: KeySearch;
  newKey?: typeof newKeyMaterial;
}

/** The commands of an account's owner, and of whoever finds a secret. */
export class KeyCommands {
  readonly #options: KeyCommandsOptions;

  constructor(options: KeyCommandsOptions) {
    this.#options = options;
  }

  /**
   * @throws KeyLimitReached, KeyAlreadyCreated, ExpiryInThePast, AccountIsFrozen, OutcomeUnknown, StoreUnavailable, LogSealed, LogMismatch,
   *   AccountUnreadable, ClockSkewed
   */
  async create(caller: Caller, input: CreateKeyInput): Promise<CreatedKey> {
    const { secret, ...key } = this.#newKey();
    const { state } = await this.#options.performer.perform(caller, { type: 'CreateKey', key, ...input });
    return created(state, key.keyId, secret);
  }

  /** @throws KeyNotFound, KeyIsDisabled, and what `create` throws, except ExpiryInThePast */
  async rotate(caller: Caller, input: RotateKeyInput): Promise<CreatedKey> {
    const { secret, ...key } = this.#newKey();
    const { state } = await this.#options.performer.perform(caller, { type: 'RotateKey', key, ...input });
    return created(state, key.keyId, secret);
  }

  /** @throws KeyNotFound, OutcomeUnknown, StoreUnavailable, LogSealed, LogMismatch, AccountUnreadable, ClockSkewed */
  async delete(caller: Caller, keyId: string): Promise<Deletion> {
    const { state, at } = await this.#options.performer.perform(caller, { type: 'DeleteKey', keyId, reason: 'REQUESTED' });
    return { keyId, deletedAt: at, account: state };
  }

  /**
   * Renames, disables or enables a key. Changes nothing if it is so already.
   * @throws KeyNotFound, IdempotencyKeyUsed, AccountIsFrozen, OutcomeUnknown, StoreUnavailable, LogSealed, LogMismatch, AccountUnreadable,
   *   ClockSkewed
   */
  async change(caller: Caller, command: ChangeKey): Promise<ChangedKey> {
    const { state } = await this.#options.performer.perform(caller, command);
    return { key: keyIn(state, command.keyId), account: state };
  }

  /**
   * Deletes the keys that the secrets belong to, including expired ones. Anyone may report them. Resolves once no key in the log has one of
   * these secrets and this process refuses those that had. A secret becomes known only after its key is in the log, so every key whose
   * secret was known when the report came is found.
   * @throws OutcomeUnknown, StoreUnavailable, LogSealed, LogMismatch, NotCaughtUp, AccountUnreadable, ClockSkewed
   */
  async reportLeak({ secrets, ...request }: LeakReport): Promise<void> {
    const { performer, search } = this.#options;
    const leaked = await performer.search(request.since, () => search.find(secrets));
    const ends = await Promise.allSettled(leaked.map((key) => this.#endLeaked(key, request)));
    const fault = faultOf(ends);
    if (fault !== undefined) throw fault;
  }

  #newKey() {
    return (this.#options.newKey ?? newKeyMaterial)();
  }

  /** Deletes the key, unless it is deleted already: then the stream was read on, and this process refuses the key as well. */
  async #endLeaked({ account, keyId }: KeyReference, request: Omit<LeakReport, 'secrets'>): Promise<void> {
    try {
      const caller = { ...request, account, actor: LEAK_REPORT_ACTOR };
      await this.#options.performer.perform(caller, { type: 'DeleteKey', keyId, reason: 'LEAKED' });
    } catch (error) {
      if (!(error instanceof KeyNotFound)) throw error;
    }
  }
}

function created(account: AccountKeys, keyId: string, secret: string): CreatedKey {
  return { key: keyIn(account, keyId), secret, account };
}

function keyIn({ keys }: AccountKeys, keyId: string): Key {
  const key = keys.get(keyId);
  if (!key) throw new Error(`The key ${keyId} is missing from the state that the command left.`);
  return key;
}

/** The error codes that tell the caller that nothing was changed. */
const UNCHANGED: readonly (ErrorCode | undefined)[] = ['STORE_UNAVAILABLE', 'CLOCK_SKEW', 'NOT_READY', 'LOG_MISMATCH'];

/** One error for all failures. It says that nothing was changed only if that is true of all of them. */
function faultOf(ends: PromiseSettledResult<void>[]): unknown {
  const faults = ends.flatMap((end): unknown[] => (end.status === 'rejected' ? [end.reason] : []));
  const fault = faults.find((each) => !saysUnchanged(each)) ?? faults[0];
  const isPartial = saysUnchanged(fault) && faults.length < ends.length;
  return isPartial ? new OutcomeUnknown({ cause: fault }) : fault;
}

/** True if the caller takes the error to mean that nothing was changed. */
function saysUnchanged(error: unknown): boolean {
  return UNCHANGED.includes(errorCodeOf(error)) || isLocked(error);
}
