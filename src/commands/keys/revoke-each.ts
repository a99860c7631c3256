import { setTimeout as delay } from 'node:timers/promises';
import { NO_KEYS } from '../../domain/keys/model.js';
import { AccountUnreadable } from '../../domain/keys/refusals.js';
import type { Clock } from '../../shared/clock.js';
import type { EventStore } from '../../store/event-store.js';
import { type Caller, handle } from './handle.js';

/** How many accounts are worked on at a time. A store commits their appends together. */
const AT_ONCE = 16;

/**
 * How many keys are deleted in a second, at most. A store takes many more; but each server has to project the events, and answers nobody
 * while it is not fresh. One projects some 6,000 a second on a machine that does nothing else.
 */
const RATE = 2000;

type Accounts = ReadonlyMap<string, readonly string[] | undefined>;

export interface RevokeEachOptions {
  store: EventStore;
  clock: Clock;
  caller: Pick<Caller, 'actor' | 'correlationId'>;
  note: string | undefined;
  /** How long the store may be unavailable, in milliseconds. */
  patience: number;
  /** Called after each account with the number of its keys that were deleted now. */
  onRevoked: (keys: number) => void;
  /** Called for an account whose events cannot be read: its keys stay. */
  onUnreadable: (account: string, error: AccountUnreadable) => void;
  /** Aborts to stop after the accounts that are being worked on. */
  signal: AbortSignal;
}

/**
 * Deletes these keys of these accounts, those of an account in one append, at a pace that servers can follow. Keys that are gone by now are
 * left out, so it can be run again.
 * @param accounts the ids of the keys to delete, by account; undefined: all that the account has by then
 * @throws OutcomeUnknown, StoreUnavailable, LogSealed, LogMismatch
 */
export async function revokeEach(accounts: Accounts, options: RevokeEachOptions): Promise<void> {
  const waiting = accounts.entries();
  await Promise.all(Array.from({ length: AT_ONCE }, () => revokeNext(waiting, options)));
}

/** Works on one account after another until there are no more. */
async function revokeNext(
  waiting: MapIterator<[string, readonly string[] | undefined]>,
  options: RevokeEachOptions,
): Promise<void> {
  for (let next = waiting.next(); !next.done && !options.signal.aborted; next = waiting.next()) {
    const [account, keyIds] = next.value;
    const deleted = await revokeOf(account, keyIds, options);
    // An account holds few keys, so this takes milliseconds, and an interruption waits for it.
    if (deleted > 0) await delay((deleted * AT_ONCE * 1000) / RATE);
  }
}

/** @returns the number of keys that were deleted now */
async function revokeOf(account: string, keyIds: readonly string[] | undefined, options: RevokeEachOptions): Promise<number> {
  const { store, clock, note, onRevoked, onUnreadable, patience } = options;
  const caller = { ...options.caller, account, since: performance.now() };
  try {
    const command = { type: 'RevokeKeys', keyIds, note } as const;
    const { events } = await handle({ store, clock }, caller, command, NO_KEYS, AbortSignal.timeout(patience));
    onRevoked(events.length);
    return events.length;
  } catch (error) {
    if (!(error instanceof AccountUnreadable)) throw error;
    onUnreadable(account, error);
    return 0;
  }
}
