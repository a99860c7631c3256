import { useCallback, useEffect, useRef } from 'react';
import type { EventFilter } from '../../client/gql/graphql.js';
import { useLoaded } from '../api/use-loaded.js';
import { LoadFailure } from '../ui/LoadFailure.js';
import { Loading } from '../ui/Loading.js';
import { isNewest, Pager, type Place } from '../ui/Pager.js';
import { EventTable } from './EventTable.js';
import { type HistoryRow, loadHistory } from './load-history.js';
import { VerifiedBadge } from './VerifiedBadge.js';

/** How long to wait before checking again whether new events are signed, in milliseconds. A checkpoint comes within ten seconds. */
const RETRY = 2500;

/** How often to check after the last event, in case a busy server signs late. A server without a key never signs. */
const PATIENCE = 24;

const NOTHING = 'Nothing has happened yet.';

const isUnsigned = ({ verdict }: HistoryRow) => verdict === 'pending';

export interface EventLogProps {
  filter: EventFilter;
  place: Place;
  onPlace: (place: Place) => void;
  showAccount?: boolean;
  /** What to say if there are no events. */
  empty?: string;
  /** Grows with each new event. */
  changes: number;
}

/** The events that match the filter, newest first, in pages. Each event is verified. New events appear automatically. */
export function EventLog({ filter, place, onPlace, showAccount = false, empty = NOTHING, changes }: EventLogProps) {
  const load = useCallback((signal: AbortSignal) => loadHistory(filter, place, signal), [filter, place]);
  const loaded = useLoaded(load);
  const { value, loading, reload, refresh } = loaded;
  const follows = isNewest(place);

  const patience = useRef(PATIENCE);
  useEffect(() => {
    if (!follows || changes === 0) return;
    patience.current = PATIENCE;
    refresh();
  }, [follows, changes, refresh]);

  const isPending = value !== undefined && (value.log.state === 'unsigned' || value.rows.some(isUnsigned));
  useEffect(() => {
    if (!isPending) patience.current = PATIENCE;
    if (!isPending || loading || patience.current === 0) return;
    patience.current -= 1;
    const timer = setTimeout(reload, RETRY);
    return () => clearTimeout(timer);
  }, [isPending, loading, reload]);

  if (!value) return loading ? <Loading /> : <LoadFailure of={loaded} />;
  const { rows, log, pageInfo } = value;
  return (
    <section className="part" aria-labelledby="events">
      <h2 id="events">Events</h2>
      <LoadFailure of={loaded} />
      <VerifiedBadge log={log} rows={rows} onForget={reload} />
      {rows.length === 0 ? <p className="empty">{empty}</p> : <EventTable rows={rows} showAccount={showAccount} />}
      <Pager pageInfo={pageInfo} place={place} onPlace={onPlace} />
    </section>
  );
}
