import type { ClockGuard } from '../commands/keys/clock-guard.js';
import { refusalOfMutations } from '../commands/keys/mutability.js';
import type { Failure } from '../http/failure.js';
import type { ErrorCode } from '../shared/error-codes.js';
import type { Basis } from './basis.js';
import type { ReadSide } from './read-side.js';
import type { StoreSide } from './store-side.js';

/** Whether keys can be verified and changed now. The routes and `/readyz` use the same functions. */
export interface Availability {
  /** @throws LogMismatch, NotCaughtUp while answers must not rely on the keys projection */
  requireReady: () => void;
  /** Why keys cannot be verified; undefined if they can. */
  whyNoVerification: () => Failure | undefined;
  /** The code with which mutations are refused; undefined if they are possible, as far as this process knows. */
  whyNoMutations: () => ErrorCode | undefined;
}

export function availabilityOf(
  { config, metrics }: Basis,
  { opened, appendFailure }: StoreSide,
  { guard, runners: { keys } }: ReadSide,
  clockGuard: ClockGuard | undefined,
): Availability {
  const requireReady = () => {
    guard.requireOpen();
    keys.filled();
  };
  const whyNoVerification = (): Failure | undefined => {
    if (guard.mismatch()) return { code: 'LOG_MISMATCH' };
    if (guard.isOpen() && keys.isFresh(config.staleness)) return undefined;
    const { age, failure } = keys.status();
    if (guard.isOpen() && failure === 'LOG_SEALED') return { code: failure };
    return { code: age === undefined || !guard.isOpen() ? 'NOT_READY' : 'STALE' };
  };
  const storeFailures = [() => keys.status().failure, appendFailure];
  const whyNoMutations = () => refusalOfMutations({ requireReady, clockGuard, store: opened, storeFailures });
  metrics.watchMutations(whyNoMutations);
  return { requireReady, whyNoVerification, whyNoMutations };
}
