import type { HistoryProjection } from '../../projections/audit/history.js';
import type { TransparencyProjection } from '../../projections/transparency/transparency.js';
import type { UsageProjection } from '../../projections/usage/usage.js';
import type { Context } from './context.js';

/*
 * Projections as the fields of a request read them. After a change, or where a version was asked for, they are waited for until
 * they hold it, as long as the request may take; otherwise they answer at once.
 */

/** @throws NotCaughtUp */
export function historyOf({ history, required, time }: Context): HistoryProjection | Promise<HistoryProjection> {
  return required.isEmpty ? history.filled() : history.once((history) => required.areIn(history), time.signal);
}

/** @throws NotCaughtUp */
export function usageOf({ usage, required, time }: Context): UsageProjection | Promise<UsageProjection> {
  return required.isEmpty ? usage.filled() : usage.once(() => true, time.signal);
}

/**
 * The tree, which is to hold that event.
 * @throws NotCaughtUp
 */
export function treeOf(
  { tree, required, time }: Context,
  eventId: string,
): TransparencyProjection | Promise<TransparencyProjection> {
  return required.isEmpty ? tree.filled() : tree.once((tree) => tree.holds(eventId), time.signal);
}
