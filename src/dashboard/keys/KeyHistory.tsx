import { useMemo, useState } from 'react';
import { EventLog } from '../audit/EventLog.js';
import type { Place } from '../ui/Pager.js';

export interface KeyHistoryProps {
  account: string;
  keyId: string;
  /** False if the account holds no key with this id. */
  isHeld: boolean;
  /** Grows with each new event. */
  changes: number;
}

const UNKNOWN = 'Your account has no event of a key with this id.';

/** The events of one key. */
export function KeyHistory({ account, keyId, isHeld, changes }: KeyHistoryProps) {
  const [place, setPlace] = useState<Place>({});
  const filter = useMemo(() => ({ account, keyId }), [account, keyId]);
  return <EventLog filter={filter} place={place} onPlace={setPlace} changes={changes} {...(!isHeld && { empty: UNKNOWN })} />;
}
