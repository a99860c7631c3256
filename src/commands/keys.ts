import type { Clock } from '../domain/clock.js';
import { type AccountKeys, type Key, type KeyCommand, LEAK_REPORT_ACTOR } from '../domain/keys.js';
import { KeyLimitReached, KeyNotFound } from '../domain/refusals.js';
import { isWellFormedSecret, newKeyMaterial } from '../domain/secret.js';
import type { Arrivals } from '../projections/arrivals.js';
import type { KeysProjection, Mention } from '../projections/keys.js';
import type { Verification } from '../projections/verification.js';
import type { EventStore } from '../store/event-store.js';
import { type Caller, type Decided, handle } from './handle.js';
import type { RefusalLog } from './refusal-log.js';

export interface CreateKeyInput {
  name: string;
  scopes: string[];
  expiresAt?: string | undefined;
  idempotencyKey?: string | undefined;
}

export interface RotateKeyInput {
  keyId: string;
  /** Seconds for which the old key still works. */
  overlap: number;
  idempotencyKey?: string | undefined;
}

/** A new key, and the only copy of its secret. */
export interface CreatedKey {
  key: Key;
  secret: string;
  account: AccountKeys;
}

/** That a key was deleted, and what that leaves. */
export interface Deletion {
  keyId: string;
  /** Milliseconds since 1970. */
  deletedAt: number;
  account: AccountKeys;
}

export interface KeyCommandsOptions {
  store: EventStore;
  keys: KeysProjection;
  arrivals: Arrivals;
  verification: Verification;
  clock: Clock;
  /** How long a command may take, in milliseconds since its request came. */
  deadline: number;
  newKey?: typeof newKeyMaterial;
  /** Told of every key that the limit refuses. */
  refusals?: Pick<RefusalLog, 'note'>;
}

/**
 * What an account's owner can do to its keys. Every command answers once its events are durable and in the keys projection;
 * where the projection does not get there within the deadline, once they are durable, from the state they were decided on.
 */
export class KeyCommands {
  readonly #options: KeyCommandsOptions;

  constructor(options: KeyCommandsOptions) {
    this.#options = options;
  }

  /** @throws KeyLimitReached, KeyAlreadyCreated, OutcomeUnknown, StoreUnavailable, LogSealed */
  async create(caller: Caller, input: CreateKeyInput): Promise<CreatedKey> {
    const { secret, ...key } = this.#newKey();
    const { state } = await this.#perform(caller, { type: 'CreateKey', key, ...input });
    return created(state, key.keyId, secret);
  }

  /** @throws KeyNotFound, KeyLimitReached, KeyAlreadyCreated, OutcomeUnknown, StoreUnavailable, LogSealed */
  async rotate(caller: Caller, input: RotateKeyInput): Promise<CreatedKey> {
    const { secret, ...key } = this.#newKey();
    const { state } = await this.#perform(caller, { type: 'RotateKey', key, ...input });
    return created(state, key.keyId, secret);
  }

  /** @throws KeyNotFound, OutcomeUnknown, StoreUnavailable, LogSealed */
  async delete(caller: Caller, keyId: string): Promise<Deletion> {
    const { state, at } = await this.#perform(caller, { type: 'DeleteKey', keyId, reason: 'REQUESTED' });
    return { keyId, deletedAt: at, account: state };
  }

  /**
   * Deletes the key that the secret belongs to, whoever reports it. Where there is none, or none any more, does nothing.
   * @throws OutcomeUnknown, StoreUnavailable, LogSealed
   */
  async reportLeak({ secret, ...request }: { secret: string } & Pick<Caller, 'correlationId' | 'since'>): Promise<void> {
    const leaked = isWellFormedSecret(secret) ? this.#options.keys.keyWithSecret(secret) : undefined;
    if (!leaked) return;
    const { account, keyId } = leaked;
    const caller = { ...request, account, actor: LEAK_REPORT_ACTOR };
    await this.#perform(caller, { type: 'DeleteKey', keyId, reason: 'LEAKED' }).catch(ignoreNotFound);
  }

  #newKey() {
    return (this.#options.newKey ?? newKeyMaterial)();
  }

  async #perform(caller: Caller, command: KeyCommand): Promise<Decided> {
    const { keys, arrivals, deadline } = this.#options;
    const limit = new AbortController();
    const passed = new Promise((resolve) => limit.signal.addEventListener('abort', resolve));
    const timer = setTimeout(() => limit.abort(), Math.max(0, caller.since + deadline - performance.now()));
    try {
      const known = keys.load(caller.account, mentions(command));
      const decided = await handle(this.#options, caller, command, known, limit.signal);
      const projected = arrivals.reached(caller.account, decided.state.version);
      this.#refuseEnded(decided, projected);
      await Promise.race([projected, passed]);
      return decided;
    } catch (error) {
      if (error instanceof KeyLimitReached) this.#options.refusals?.note(caller.account, this.#options.clock());
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** From now on this process refuses the keys that end, even when their end is late in being projected. */
  #refuseEnded({ events }: Decided, projected: Promise<void>): void {
    const { verification } = this.#options;
    for (const { type, data } of events) {
      if (type === 'KeyCreated') continue;
      const from = type === 'KeyDeleted' ? 0 : Date.parse(data.expiresAt);
      verification.refuse(data.keyId, from);
      projected.then(() => verification.trust(data.keyId, from));
    }
  }
}

function mentions(command: KeyCommand): Mention {
  if (command.type === 'DeleteKey') return {};
  return { keyId: command.key.keyId, idempotencyKey: command.idempotencyKey };
}

function created(account: AccountKeys, keyId: string, secret: string): CreatedKey {
  const key = account.keys.get(keyId);
  if (!key) throw new Error(`The key ${keyId} is missing from the state that created it.`);
  return { key, secret, account };
}

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof KeyNotFound)) throw error;
}
