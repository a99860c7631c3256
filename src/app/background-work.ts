import { ReadsRetention } from '../commands/audit/reads-retention.js';
import { ClockGuard } from '../commands/keys/clock-guard.js';
import { SealReport } from '../commands/seal-report.js';
import { UsageTotals } from '../commands/usage/usage-totals.js';
import { untilUnlocked } from '../shared/until-unlocked.js';
import type { Basis } from './basis.js';
import type { ReadSide } from './read-side.js';
import type { StoreSide } from './store-side.js';

/** Periodic work: compares the clock with the store's, reports a seal, totals the uses of past days, removes old access records. */
export interface BackgroundWork {
  /** Undefined if the store has no clock of its own. */
  clockGuard: ClockGuard | undefined;
  start(): void;
  /** Resolves when no work is running any more. */
  stop(): Promise<void>;
}

export function createBackgroundWork(
  { config, log, clock, metrics }: Basis,
  { opened }: Pick<StoreSide, 'opened'>,
  { guarded: store, projections, runners, futureEvents }: ReadSide,
): BackgroundWork {
  const { kind, serverClock } = opened;
  const { clockTolerance: tolerance, readsRetention: retention } = config;
  const clockGuard = serverClock && new ClockGuard({ serverClock, clock, tolerance, log });
  metrics.watchClock({ store: kind, ahead: () => clockGuard?.ahead(), eventsAhead: () => futureEvents.ahead() });
  const sealReport = new SealReport({ store: opened, log });
  const { reads } = projections;
  const removal = new ReadsRetention({ store, clock, log, retention, reads, readsOn: () => runners.reads.readsOn() });
  metrics.watchRemovedReads(() => untilUnlocked(() => reads.removals()));
  const { openDays } = projections.usage;
  const totals = new UsageTotals({ store, clock, log, openDays, readsOn: () => runners.usage.readsOn() });
  return {
    clockGuard,
    start() {
      sealReport.start();
      clockGuard?.start();
      totals.start();
      removal.start();
    },
    async stop() {
      sealReport.stop();
      await Promise.all([totals.stop(), removal.stop(), clockGuard?.stop()]);
    },
  };
}
