import type { AuditProjections } from '../projections/all-projections.js';
import { FutureEvents } from '../projections/audit/future-events.js';
import type { RecordedEvent } from '../store/event-store.js';
import type { Basis } from './basis.js';

/** Reports new events as projections take them. */
export interface LiveEvents {
  /** Warns about events that are dated in the future. */
  futureEvents: FutureEvents;
  /** Called by the runner of each projection. */
  onLive: (projection: string, events: RecordedEvent[]) => void;
}

export function watchLiveEvents(
  { config, log, clock, metrics }: Basis,
  { history, reads, usage }: AuditProjections,
): LiveEvents {
  const futureEvents = new FutureEvents({ clock, tolerance: config.clockTolerance, log });
  const oneOfEachCategory = new Set<string>([history.name, reads.name, usage.name]);
  const onLive = (projection: string, events: RecordedEvent[]) => {
    metrics.recordProjected(projection, events, clock());
    if (oneOfEachCategory.has(projection)) futureEvents.record(events);
  };
  return { futureEvents, onLive };
}
