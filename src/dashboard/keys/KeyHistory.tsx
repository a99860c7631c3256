import { useMemo, useState } from 'react';
import { EventLog } from '../audit/EventLog.js';
import type { Place } from '../ui/Pager.js';

export interface KeyHistoryProps {
  account: string;
  keyId: string;
  /** Grows with each new event. */
  changes: number;
}

/** The events of one key. */
export function KeyHistory({ account, keyId, changes }: KeyHistoryProps) {
  const [place, setPlace] = useState<Place>({});
  const filter = useMemo(() => ({ account, keyId }), [account, keyId]);
  return <EventLog filter={filter} place={place} onPlace={setPlace} changes={changes} />;
}
