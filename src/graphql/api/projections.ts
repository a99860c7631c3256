import type { HistoryProjection } from '../../projections/audit/history.js';
import type { TransparencyProjection } from '../../projections/transparency/transparency.js';
import type { UsageProjection } from '../../projections/usage/usage.js';
import type { Context } from './context.js';

/*
 * The projections for the resolvers of a request. After a mutation, or if the request names a minimum version, these functions wait until
 * the projection includes it, for as long as the request may take. Otherwise they return at once.
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
 * The Merkle tree, for a proof about that event.
 * @throws NotCaughtUp
 */
export function treeOf(
  { tree, required, time }: Context,
  eventId: string,
): TransparencyProjection | Promise<TransparencyProjection> {
  return required.isEmpty ? tree.filled() : tree.once((tree) => tree.holds(eventId), time.signal);
}
