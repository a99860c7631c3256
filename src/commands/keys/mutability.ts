import { type ErrorCode, errorCodeOf } from '../../shared/error-codes.js';
import type { EventStore } from '../../store/event-store.js';
import type { ClockGuard } from './clock-guard.js';

export interface MutabilityOptions {
  /** What every command asks first; it throws where none is taken. */
  requireReady: () => unknown;
  clockGuard: Pick<ClockGuard, 'isSkewed'> | undefined;
  store: Pick<EventStore, 'isSealed'>;
  /** What the store said last to those who follow it, and to those who append; undefined where all was well. */
  storeFailures: (() => ErrorCode | undefined)[];
}

/** What keeps every command from being done. Other failures, such as tables that cannot be filled, are no business of commands. */
const PREVENTING: readonly ErrorCode[] = ['STORE_UNAVAILABLE', 'OUTCOME_UNKNOWN', 'LOG_SEALED'];

/** With which code commands are refused now, as far as this process knows; undefined where they are possible. It never throws. */
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
