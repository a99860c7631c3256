import { useCallback, useEffect, useRef, useState } from 'react';
import { useLoaded } from '../api/use-loaded.js';
import { LoadFailure } from '../ui/LoadFailure.js';
import { Loading } from '../ui/Loading.js';
import { EventTable } from './EventTable.js';
import { type HistoryRow, loadHistory, type Place } from './load-history.js';
import { VerifiedBadge } from './VerifiedBadge.js';

/** How long to wait before checking again whether new events are signed, in milliseconds. A checkpoint comes within ten seconds. */
const RETRY = 2500;
const PATIENCE = 6;

const isUnsigned = ({ verdict }: HistoryRow) => verdict === 'pending';

export interface EventLogProps {
  /** Undefined: of all accounts. */
  account: string | undefined;
  /** Undefined: of all keys. */
  keyId?: string;
  /** Grows with each new event. */
  changes: number;
}

/** The events of an account, of one of its keys, or of all accounts, newest first, in pages. Each is verified. New ones appear by themselves. */
export function EventLog({ account, keyId, changes }: EventLogProps) {
  const [place, setPlace] = useState<Place>({});
  const load = useCallback((signal: AbortSignal) => loadHistory({ account, keyId }, place, signal), [account, keyId, place]);
  const loaded = useLoaded(load);
  const { value, loading, reload, refresh } = loaded;
  const isNewest = place.before === undefined && place.after === undefined;

  useEffect(() => {
    if (isNewest && changes > 0) refresh();
  }, [isNewest, changes, refresh]);

  const isPending = value !== undefined && (value.log.state === 'unsigned' || value.rows.some(isUnsigned));
  const patience = useRef(PATIENCE);
  useEffect(() => {
    if (!isPending) patience.current = PATIENCE;
    if (!isPending || loading || patience.current === 0) return;
    patience.current -= 1;
    const timer = setTimeout(reload, RETRY);
    return () => clearTimeout(timer);
  }, [isPending, loading, reload]);

  if (!value) return loading ? <Loading /> : <LoadFailure of={loaded} />;
  const { rows, log, pageInfo } = value;
  // The API pages in the log's order; the newest event is shown first.
  const newer = pageInfo.hasNextPage ? pageInfo.endCursor : undefined;
  const older = pageInfo.hasPreviousPage ? pageInfo.startCursor : undefined;
  return (
    <section aria-labelledby="events">
      <h2 id="events">Events</h2>
      <LoadFailure of={loaded} />
      <VerifiedBadge log={log} rows={rows} onForget={reload} />
      {rows.length === 0 ? (
        <p className="empty">Nothing has happened yet.</p>
      ) : (
        <EventTable rows={rows} showAccount={account === undefined} />
      )}
      <div className="buttons">
        {!isNewest && (
          <button type="button" onClick={() => setPlace({})}>
            Newest
          </button>
        )}
        <button type="button" disabled={!newer} onClick={() => newer && setPlace({ after: newer })}>
          Newer
        </button>
        <button type="button" disabled={!older} onClick={() => older && setPlace({ before: older })}>
          Older
        </button>
      </div>
    </section>
  );
}
