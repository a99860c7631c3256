import { type ErrorCode, errorCodeOf } from '../../shared/error-codes.js';
import type { EventStore } from '../../store/event-store.js';
import type { ClockGuard } from './clock-guard.js';

export interface MutabilityOptions {
  /** The check that precedes every command. Throws if no command is accepted. */
  requireReady: () => unknown;
  clockGuard: Pick<ClockGuard, 'isSkewed'> | undefined;
  store: Pick<EventStore, 'isSealed'>;
  /** The failure of the store's last answer to its followers, and of the last append; undefined if there was none. */
  storeFailures: (() => ErrorCode | undefined)[];
}

/** The failures that make every command impossible. Others, such as tables that cannot be filled, do not affect commands. */
const PREVENTING: readonly ErrorCode[] = ['STORE_UNAVAILABLE', 'OUTCOME_UNKNOWN', 'LOG_SEALED'];

/** The code with which commands are refused now, as far as this process knows; undefined if they are possible. Never throws. */
export function refusalOfMutations({
  requireReady,
  clockGuard,
  store,
  storeFailures,
}: MutabilityOptions): ErrorCode | undefined {
  try {
    requireReady();
    if (clockGuard?.isSkewed()) return 'CLOCK_SKEW';
    if (store.isSealed?.()) return 'LOG_SEALED';
    return storeFailures.map((failure) => failure()).find((code) => code && PREVENTING.includes(code));
  } catch (error) {
    return errorCodeOf(error) ?? 'STORE_UNAVAILABLE';
  }
}
