import type { EventStore } from '../../store/event-store.js';
import { retryUnknownOutcome, untilItLeads } from '../../store/retry-unknown-outcome.js';
import { streamOf } from '../../store/streams.js';
import { NotCaughtUp } from '../engine/caught-up.js';
import type { Readable } from '../engine/readable.js';
import type { KeysProjection } from './keys.js';

/** The account's stream in the store has fewer events. */
export class NoSuchVersion extends Error {}

export interface AccountVersionsOptions {
  store: Pick<EventStore, 'read' | 'requireLeader'>;
  keys: Readable<KeysProjection>;
}

/** Lets readers wait for a version of an account that any process has told them. */
export class AccountVersions {
  readonly #store: Pick<EventStore, 'read' | 'requireLeader'>;
  readonly #keys: Readable<KeysProjection>;

  constructor({ store, keys }: AccountVersionsOptions) {
    this.#store = store;
    this.#keys = keys;
  }

  /**
   * Resolves once the keys projection holds that version of the account. If it does not, the store is asked whether the version exists; a
   * cluster is asked again if it says no, once it has shown which node leads.
   * @throws NoSuchVersion if it does not exist; AccountUnreadable while the account is in quarantine; NotCaughtUp if the projection does
   *   not hold it before the signal aborts
   */
  async reached(account: string, version: number, signal: AbortSignal): Promise<void> {
    const holds = (keys: KeysProjection) => {
      keys.requireReadable(account);
      return keys.version(account) >= version;
    };
    if (holds(this.#keys.filled())) return;
    const ended = new AbortController();
    const waiting = AbortSignal.any([signal, ended.signal]);
    const held = this.#keys.once(holds, waiting);
    try {
      await Promise.race([held, this.#requireStored(account, version, waiting).then(() => held)]);
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new NotCaughtUp(`This process does not hold version ${version} of the account yet. Try again in a moment.`);
    } finally {
      ended.abort();
    }
  }

  async #requireStored(account: string, version: number, signal: AbortSignal): Promise<void> {
    const isStored = () => retryUnknownOutcome(signal, () => this.#isStored(account, version, signal));
    if (await isStored()) return;
    if (this.#store.requireLeader) {
      await untilItLeads(this.#store, signal);
      if (await isStored()) return;
    }
    throw new NoSuchVersion(`The account ${account} has no version ${version}.`);
  }

  async #isStored(account: string, version: number, signal: AbortSignal): Promise<boolean> {
    for await (const _page of this.#store.read(streamOf('apiKeys', account), version - 1, signal)) return true;
    return false;
  }
}
