import { countOf } from '../../shared/count-of.js';
import { evolveKeys } from '../keys/decide.js';
import { evolveFrozen } from '../keys/freeze.js';
import { type Key, keyIdIn, type PastKeyEvent } from '../keys/model.js';
import { KEY_LIMIT } from '../keys/refusals.js';

interface StreamState {
  version: number;
  at: string;
  keys: ReadonlyMap<string, Key>;
  frozenAt: number | undefined;
}

const NEW_STREAM: StreamState = { version: 0, at: '', keys: new Map(), frozenAt: undefined };

/**
 * Checks what the service promises for each account's stream: versions from 1 without gaps, time that never runs back, keys that exist
 * before they change or end, no new or enabled key while the account is frozen, and at most two keys in every prefix. Memory
 * grows only with the number of accounts.
 */
export class StreamVerifier {
  readonly #streams = new Map<string, StreamState>();

  get accounts(): number {
    return this.#streams.size;
  }

  /**
   * Checks the account's next event.
   * @returns why it cannot be the next; undefined if it can
   */
  add(account: string, event: PastKeyEvent): string | undefined {
    const state = this.#streams.get(account) ?? NEW_STREAM;
    const fault = contradiction(state, event);
    if (fault !== undefined) return `account ${account}, version ${event.version}: ${fault}`;
    const keys = evolveKeys(state.keys, event);
    if (keys.size > KEY_LIMIT) return `account ${account}, version ${event.version}: it holds ${countOf(keys.size, 'key')}`;
    this.#streams.set(account, {
      version: event.version,
      at: event.at,
      keys: keys.size > 0 ? keys : NEW_STREAM.keys,
      frozenAt: evolveFrozen(state.frozenAt, event),
    });
    return undefined;
  }
}

function contradiction({ version, at, keys, frozenAt }: StreamState, event: PastKeyEvent): string | undefined {
  if (event.version !== version + 1) return `the stream's next version is ${version + 1}`;
  if (event.at < at) return `its time ${event.at} is before ${at}, the time of the event before it`;
  if (frozenAt !== undefined && (event.type === 'KeyCreated' || event.type === 'KeyEnabled')) {
    return `it ${event.type === 'KeyCreated' ? 'creates' : 'enables'} ${event.data.keyId} while the account is frozen`;
  }
  const keyId = keyIdIn(event);
  if (keyId === undefined) return undefined;
  if (keys.has(keyId) === (event.type === 'KeyCreated')) {
    return event.type === 'KeyCreated' ? `it creates ${keyId}, which exists already` : `the account has no key ${keyId}`;
  }
  return undefined;
}
