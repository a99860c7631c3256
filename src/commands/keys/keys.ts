import { type AccountKeys, type Key, type KeyCommand, LEAK_REPORT_ACTOR, type PastKeyEvent } from '../../domain/keys/model.js';
import { KeyLimitReached, KeyNotFound } from '../../domain/keys/refusals.js';
import { newKeyMaterial } from '../../domain/keys/secret.js';
import type { KeySearch } from '../../projections/keys/key-search.js';
import type { KeyReference, KeysProjection, Mention } from '../../projections/keys/keys.js';
import type { ReadYourWrites } from '../../projections/keys/read-your-writes.js';
import type { Verification } from '../../projections/keys/verification.js';
import type { Clock } from '../../shared/clock.js';
import { type EventStore, OutcomeUnknown, StoreUnavailable } from '../../store/event-store.js';
import { retryUnknownOutcome } from '../../store/retry-unknown-outcome.js';
import type { RefusalLog } from '../usage/refusal-log.js';
import { type Caller, type Decided, handle, type Ledger } from './handle.js';

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

/** A report of leaked secrets. */
export interface LeakReport extends Pick<Caller, 'correlationId' | 'since'> {
  secrets: string[];
}

export interface KeyCommandsOptions {
  store: EventStore;
  keys: KeysProjection;
  search: KeySearch;
  readYourWrites: ReadYourWrites;
  verification: Verification;
  clock: Clock;
  /** Rejects while the clock is known to be wrong. */
  requireClock?: Ledger['requireClock'];
  /** The time limit of a command, in milliseconds since its request came. */
  deadline: number;
  newKey?: typeof newKeyMaterial;
  /** Called for every key that the limit refuses. */
  refusals?: Pick<RefusalLog, 'record'>;
}

/**
 * The commands of an account's owner. A command answers once its events are durable and in the keys projection. If the projection does not
 * get there within the deadline, the command answers from the decided state, once the events are durable.
 */
export class KeyCommands {
  readonly #options: KeyCommandsOptions;

  constructor(options: KeyCommandsOptions) {
    this.#options = options;
  }

  /** @throws KeyLimitReached, KeyAlreadyCreated, OutcomeUnknown, StoreUnavailable, LogSealed, AccountUnreadable, ClockSkewed */
  async create(caller: Caller, input: CreateKeyInput): Promise<CreatedKey> {
    const { secret, ...key } = this.#newKey();
    const { state } = await this.#perform(caller, { type: 'CreateKey', key, ...input });
    return created(state, key.keyId, secret);
  }

  /** @throws KeyNotFound, KeyLimitReached, KeyAlreadyCreated, OutcomeUnknown, StoreUnavailable, LogSealed, AccountUnreadable, ClockSkewed */
  async rotate(caller: Caller, input: RotateKeyInput): Promise<CreatedKey> {
    const { secret, ...key } = this.#newKey();
    const { state } = await this.#perform(caller, { type: 'RotateKey', key, ...input });
    return created(state, key.keyId, secret);
  }

  /** @throws KeyNotFound, OutcomeUnknown, StoreUnavailable, LogSealed, AccountUnreadable, ClockSkewed */
  async delete(caller: Caller, keyId: string): Promise<Deletion> {
    const { state, at } = await this.#perform(caller, { type: 'DeleteKey', keyId, reason: 'REQUESTED' });
    return { keyId, deletedAt: at, account: state };
  }

  /**
   * Deletes the keys that the secrets belong to, including expired ones. Anyone may report them. Resolves once no key in the log has one of
   * these secrets and this process refuses those that had. A secret becomes known only after its key is in the log, so every key whose
   * secret was known when the report came is found.
   * @throws OutcomeUnknown, StoreUnavailable, LogSealed, NotCaughtUp, AccountUnreadable, ClockSkewed
   */
  async reportLeak({ secrets, ...request }: LeakReport): Promise<void> {
    const leaked = await this.#inTime(request.since, (signal) => {
      const late = noAnswer(signal);
      return retryUnknownOutcome(signal, () => Promise.race([this.#options.search.find(secrets), late]));
    });
    const ends = await Promise.allSettled(leaked.map((key) => this.#endLeaked(key, request)));
    const fault = faultOf(ends);
    if (fault !== undefined) throw fault;
  }

  #newKey() {
    return (this.#options.newKey ?? newKeyMaterial)();
  }

  async #perform(caller: Caller, command: KeyCommand): Promise<Decided> {
    const { keys, readYourWrites, refusals, clock } = this.#options;
    return this.#inTime(caller.since, async (signal) => {
      try {
        const ledger = { ...this.#options, onRead: (events: PastKeyEvent[]) => this.#refuseEnded(caller.account, events) };
        const decided = await handle(ledger, caller, command, keys.load(caller.account, mentions(command)), signal);
        const projected = readYourWrites.reached(caller.account, decided.state.version);
        this.#refuseEnded(caller.account, decided.events);
        await Promise.race([projected, passed(signal)]);
        return decided;
      } catch (error) {
        if (error instanceof KeyLimitReached) refusals?.record(caller.account, clock());
        throw error;
      }
    });
  }

  /** Deletes the key, unless it is deleted already: then the stream was read on, and this process refuses the key as well. */
  async #endLeaked({ account, keyId }: KeyReference, request: Omit<LeakReport, 'secrets'>): Promise<void> {
    try {
      const caller = { ...request, account, actor: LEAK_REPORT_ACTOR };
      await this.#perform(caller, { type: 'DeleteKey', keyId, reason: 'LEAKED' });
    } catch (error) {
      if (!(error instanceof KeyNotFound)) throw error;
    }
  }

  /** Runs the work with a signal that aborts at the request's deadline. */
  async #inTime<T>(since: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), Math.max(0, since + this.#options.deadline - performance.now()));
    try {
      return await work(limit.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Refuses, in this process, the keys that these events end. Events of other processes count too: they take effect once read. */
  #refuseEnded(account: string, events: PastKeyEvent[]): void {
    for (const { type, data, version } of events) {
      if (type === 'KeyCreated') continue;
      const from = type === 'KeyDeleted' ? 0 : Date.parse(data.expiresAt);
      this.#refuse(data.keyId, from, this.#options.readYourWrites.reached(account, version));
    }
  }

  /** Refuses the key in this process from that instant on, even if its end is projected late. */
  #refuse(keyId: string, from: number, projected: Promise<void>): void {
    const { verification } = this.#options;
    verification.refuse(keyId, from);
    projected.then(() => verification.trust(keyId, from));
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

/** The error that stands for all that went wrong. It says that nothing was changed only if that is true of all. */
function faultOf(ends: PromiseSettledResult<void>[]): unknown {
  const faults = ends.flatMap((end): unknown[] => (end.status === 'rejected' ? [end.reason] : []));
  const fault = faults.find((each) => !(each instanceof StoreUnavailable)) ?? faults[0];
  const isPartial = fault instanceof StoreUnavailable && faults.length < ends.length;
  return isPartial ? new OutcomeUnknown({ cause: fault }) : fault;
}

function passed(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}

async function noAnswer(signal: AbortSignal): Promise<never> {
  await passed(signal);
  throw new StoreUnavailable({ cause: signal.reason });
}
