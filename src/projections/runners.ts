import type { AuditProjections, KeysProjections } from './all-projections.js';
import type { Feed } from './audit/feed.js';
import type { Opened } from './engine/database.js';
import type { Projection } from './engine/projection.js';
import { ProjectionRunner, type RunnerOptions } from './engine/runner.js';
import type { ReadYourWrites } from './keys/read-your-writes.js';

/**
 * The maximum time by which projections that no mutation waits for stay behind, in milliseconds. It makes mutations pay little for them.
 */
const AUDIT_REST = 100;

type Shared = Pick<RunnerOptions<Projection>, 'store' | 'log' | 'outage' | 'recognition' | 'onLive'>;

/** Opens the runner of the keys projection, for which mutations wait. */
export function openKeysRunner(
  shared: Shared,
  { database, projections: { keys }, file }: Opened<KeysProjections>,
  readYourWrites: ReadYourWrites,
) {
  return new ProjectionRunner({
    ...shared,
    database,
    file,
    projection: keys,
    onProjected: (events) => readYourWrites.record(events),
  });
}

/** Opens a runner for each of the other projections. */
export function openRunners(
  following: Shared & Pick<RunnerOptions<Projection>, 'projector'>,
  { database, projections: { transparency, history, reads, usage }, file }: Opened<AuditProjections>,
  feed: Feed,
) {
  const rest = AUDIT_REST;
  const shared = { ...following, database, file };
  return {
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
