import { evolveKeys } from '../keys/decide.js';
import { isActive, type Key, type PastKeyEvent } from '../keys/model.js';

/** A key as it was at an instant, and whether it could authenticate then. */
export interface KeyAsOf extends Key {
  couldAuthenticate: boolean;
}

/**
 * Folds an account's events up to an instant (milliseconds since 1970) into the keys that it held then.
 * @param events the account's stream from its first event on, or only its events about one key
 */
export async function keysAsOf(
  events: Iterable<PastKeyEvent> | AsyncIterable<PastKeyEvent>,
  instant: number,
): Promise<KeyAsOf[]> {
  let keys: ReadonlyMap<string, Key> = new Map();
  for await (const event of events) {
    if (Date.parse(event.at) > instant) break;
    keys = evolveKeys(keys, event);
  }
  return [...keys.values()].map((key) => ({ ...key, couldAuthenticate: isActive(key, instant) }));
}
