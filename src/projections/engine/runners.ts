import type { Feed } from '../audit/feed.js';
import type { ReadYourWrites } from '../keys/read-your-writes.js';
import type { allProjections } from './all-projections.js';
import type { Projection } from './projection.js';
import { ProjectionRunner, type RunnerOptions } from './runner.js';

/**
 * The maximum time by which projections that no mutation waits for stay behind, in milliseconds. It makes mutations pay little for them.
 */
const AUDIT_REST = 100;

/** Opens a runner for each projection. Mutations wait for the keys projection only. */
export function openRunners(
  shared: Pick<RunnerOptions<Projection>, 'database' | 'store' | 'log' | 'recognition' | 'onLive'>,
  { keys, transparency, history, reads, usage }: ReturnType<typeof allProjections>,
  { readYourWrites, feed }: { readYourWrites: ReadYourWrites; feed: Feed },
) {
  const rest = AUDIT_REST;
  return {
    keys: new ProjectionRunner({ ...shared, projection: keys, onProjected: (events) => readYourWrites.record(events) }),
    tree: new ProjectionRunner({ ...shared, projection: transparency, rest }),
    history: new ProjectionRunner({
      ...shared,
      projection: history,
      rest,
      onProjected: (events) => feed.refresh(events.length === 0),
    }),
    reads: new ProjectionRunner({ ...shared, projection: reads, rest }),
    usage: new ProjectionRunner({ ...shared, projection: usage, rest }),
  };
}
