import { evolve } from '../../src/domain/keys/decide.js';
import { type AccountKeys, NO_KEYS, type PastKeyEvent } from '../../src/domain/keys/model.js';
import { decode } from '../../src/store/codec.js';
import type { RecordedEvent } from '../../src/store/event-store.js';
import { accountOf } from '../../src/store/streams.js';
import { isEffectOf } from './effects.js';
import type { Committed, SimulatedLog } from './log.js';
import type { Request, Requests } from './requests.js';
import { Violation } from './violation.js';

/** An account after each of its events. */
interface AccountHistory {
  /** By version. */
  states: AccountKeys[];
  /** By version: the instant from which readers see it. */
  visibleAt: number[];
  /** By version: the request behind it. */
  correlationIds: string[];
  /** The keys, counted in another way than the code under test does. */
  held: Set<string>;
  isFrozen: boolean;
  idempotencyKeys: Set<string>;
}

/** What the log says about every account at every version. Checks each append as it is made. */
export class Ledger {
  readonly #accounts = new Map<string, AccountHistory>();
  readonly #keyIds = new Set<string>();
  readonly #hashes = new Set<string>();
  readonly #correlationIds = new Set<string>();
  readonly #requests: Requests;
  /** The events of the accounts, in the order of their commits. */
  readonly events: RecordedEvent[] = [];

  /** @param fail called with each rule that an append breaks */
  constructor(log: SimulatedLog, requests: Requests, fail: (error: unknown) => void) {
    this.#requests = requests;
    log.onCommit((written) => {
      try {
        if (written[0]?.event.stream.startsWith('apiKeys-')) this.#take(written);
      } catch (error) {
        fail(error);
      }
    });
  }

  accounts(): string[] {
    return [...this.#accounts.keys()];
  }

  /** The version that readers saw at that instant. */
  versionAt(account: string, instant: number): number {
    const { visibleAt } = this.#of(account);
    let version = visibleAt.length - 1;
    while (version > 0 && (visibleAt[version] ?? 0) > instant) version -= 1;
    return version;
  }

  head(account: string): number {
    return this.#of(account).states.length - 1;
  }

  state(account: string, version: number): AccountKeys {
    const state = this.#of(account).states[version];
    if (!state) throw new Violation('no version beyond the head', `${account} has no version ${version}`);
    return state;
  }

  /** The states of these versions, both inclusive. */
  states(account: string, from: number, to: number): AccountKeys[] {
    return this.#of(account).states.slice(from, to + 1);
  }

  /** The version with which the account's key was deleted; undefined if it was not. */
  endOf(account: string, keyId: string): number | undefined {
    return this.#of(account).states.find(({ issued, keys }) => issued.has(keyId) && !keys.has(keyId))?.version;
  }

  /** True if events of that request are in the log. */
  holds({ correlationId }: Request): boolean {
    return this.#correlationIds.has(correlationId);
  }

  #of(account: string): AccountHistory {
    const known = this.#accounts.get(account);
    if (known) return known;
    const history: AccountHistory = {
      states: [NO_KEYS],
      visibleAt: [0],
      correlationIds: [''],
      held: new Set(),
      isFrozen: false,
      idempotencyKeys: new Set(),
    };
    this.#accounts.set(account, history);
    return history;
  }

  #take(written: Committed[]): void {
    for (const { event: recorded, visibleAt } of written) {
      const event = decode(recorded);
      const account = accountOf(recorded.stream);
      const history = this.#of(account);
      const before = this.state(account, recorded.version - 1);
      const state = evolve(before, event);
      this.#count(account, history, event);
      if (state.at < before.at)
        throw new Violation('time never runs back in a stream', `${account} at version ${state.version}`);
      this.events.push(recorded);
      history.states.push(state);
      history.visibleAt.push(visibleAt);
      history.correlationIds.push(String(recorded.metadata.correlationId));
      this.#requireRequest(account, recorded, event, before);
    }
    const ids = new Set(written.map(({ event }) => String(event.metadata.correlationId)));
    for (const id of ids) {
      if (this.#correlationIds.has(id)) throw new Violation('a request takes effect once', id);
      this.#correlationIds.add(id);
    }
  }

  /** The rules about slots, secrets and freezes, without the code under test. */
  #count(account: string, history: AccountHistory, { type, data, version }: PastKeyEvent): void {
    const { held, idempotencyKeys } = history;
    if (type === 'KeyDeleted') {
      if (!held.delete(data.keyId)) throw new Violation('a key is deleted once', `${account} at version ${version}`);
    }
    if (type === 'AccountFrozen') history.isFrozen = true;
    if (type === 'AccountThawed') history.isFrozen = false;
    if (type !== 'KeyCreated') return;
    if (history.isFrozen) throw new Violation('a frozen account gets no key', `${account} at version ${version}`);
    held.add(data.keyId);
    if (held.size > 2) throw new Violation('never more than two keys in any prefix', `${account} at version ${version}`);
    if (this.#keyIds.has(data.keyId) || this.#hashes.has(data.secretHash))
      throw new Violation('no secret twice', `${account} at version ${version}`);
    this.#keyIds.add(data.keyId);
    this.#hashes.add(data.secretHash);
    if (data.idempotencyKey === undefined) return;
    if (idempotencyKeys.has(data.idempotencyKey))
      throw new Violation('an idempotency key makes one key', `${account} at version ${version}`);
    idempotencyKeys.add(data.idempotencyKey);
  }

  #requireRequest(account: string, { metadata }: RecordedEvent, event: PastKeyEvent, before: AccountKeys): void {
    const { type, data } = event;
    const request = this.#requests.find(String(metadata.correlationId));
    if (request?.operation.account !== account || !isEffectOf(request, event))
      throw new Violation('no event that nobody asked for', `${type} of ${account}, ${metadata.correlationId}`);
    if (request.effect === 'nothing')
      throw new Violation('a request that was refused or failed changes nothing', `${request.correlationId} wrote ${type}`);
    if (type !== 'KeyDeleted' || data.reason !== 'EXPIRED') return;
    const end = before.keys.get(data.keyId)?.expiresAt ?? Number.POSITIVE_INFINITY;
    if (end > request.readings.most)
      throw new Violation('a key expires by the clock of the process that decides', `${data.keyId} of ${account}`);
  }
}
