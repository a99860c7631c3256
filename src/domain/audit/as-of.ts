import { evolveKeys } from '../keys/decide.js';
import { evolveFrozen } from '../keys/freeze.js';
import { isActive, type Key, type PastKeyEvent } from '../keys/model.js';

/** A key as it was at an instant, and whether it could authenticate then. */
export interface KeyAsOf extends Key {
  couldAuthenticate: boolean;
}

/** An account as it was at an instant. */
export interface AccountAsOf {
  keys: KeyAsOf[];
  /** Since when it was frozen, in milliseconds since 1970; undefined if it was not. */
  frozenAt: number | undefined;
}

/**
 * Folds an account's events up to an instant (milliseconds since 1970).
 * @param events the account's stream from its first event on, or only its events about one key
 */
export async function accountAsOf(
  events: Iterable<PastKeyEvent> | AsyncIterable<PastKeyEvent>,
  instant: number,
): Promise<AccountAsOf> {
  let keys: ReadonlyMap<string, Key> = new Map();
  let frozenAt: number | undefined;
  for await (const event of events) {
    if (Date.parse(event.at) > instant) break;
    keys = evolveKeys(keys, event);
    frozenAt = evolveFrozen(frozenAt, event);
  }
  return { keys: [...keys.values()].map((key) => ({ ...key, couldAuthenticate: isActive(key, instant) })), frozenAt };
}
