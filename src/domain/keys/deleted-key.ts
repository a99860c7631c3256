import { evolveKeys } from './decide.js';
import type { DeletionReason, Key, PastKeyEvent } from './model.js';

/** A key as it was when it was deleted, and how it ended. Times are in milliseconds since 1970. */
export interface DeletedKey extends Key {
  deletedAt: number;
  deletedBy: string;
  reason: DeletionReason;
  replacedBy?: string | undefined;
  /** Why an operator deleted it. */
  note?: string | undefined;
}

/**
 * Folds the events of one deleted key; undefined if they do not begin with its creation and end with its deletion.
 * @param events the events of one key, in the order of their stream; of several expiries and of several names the last one is enough
 */
export function deletedKey(events: Iterable<PastKeyEvent>): DeletedKey | undefined {
  let keys: ReadonlyMap<string, Key> = new Map();
  for (const event of events) {
    if (event.type === 'KeyDeleted') {
      const { keyId, ...end } = event.data;
      const key = keys.get(keyId);
      return key && { ...key, deletedAt: Date.parse(event.at), deletedBy: event.actor, ...end };
    }
    keys = evolveKeys(keys, event);
  }
  return undefined;
}
