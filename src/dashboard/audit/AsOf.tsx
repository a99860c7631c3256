import { useCallback, useEffect, useState } from 'react';
import { FirstEventDocument, KeysAsOfDocument } from '../../client/gql/graphql.js';
import { present, send } from '../api/send.js';
import { useLoaded } from '../api/use-loaded.js';
import { LoadFailure } from '../ui/LoadFailure.js';
import { InstantFields } from './InstantFields.js';
import type { Past } from './past.js';
import { SnapshotTable } from './SnapshotTable.js';

/** How long a choice must rest before its instant is loaded, in milliseconds. */
const REST = 150;

export interface AsOfProps {
  account: string;
  /** Grows with each new event. */
  changes: number;
}

/** The keys at an instant, from the account's first event to now. */
export function AsOf({ account, changes }: AsOfProps) {
  const load = useCallback((signal: AbortSignal) => timeOf(account, signal), [account, changes]);
  const loaded = useLoaded(load);
  if (!loaded.value && loaded.error === undefined) return null;
  return (
    <section className="card as-of" aria-labelledby="as-of">
      <h2 id="as-of">Keys at a point in time</h2>
      {loaded.value ? <KeysThen account={account} past={loaded.value} /> : <LoadFailure of={loaded} />}
    </section>
  );
}

/** Undefined if the account has no events. */
async function timeOf(account: string, signal: AbortSignal): Promise<Past | undefined> {
  const { events } = await send(FirstEventDocument, { filter: { account } }, { signal });
  const [first] = events.edges;
  return first && { first: Date.parse(first.node.at), now: Date.now() };
}

function KeysThen({ account, past }: { account: string; past: Past }) {
  // Undefined means now.
  const [chosen, setChosen] = useState<number>();
  const instant = useRested(chosen ?? past.now, REST);
  const load = useCallback(
    async (signal: AbortSignal) => {
      const at = new Date(instant).toISOString();
      return present((await send(KeysAsOfDocument, { accountId: account, at }, { signal })).account.asOf);
    },
    [account, instant],
  );
  const loaded = useLoaded(load);
  return (
    <>
      <InstantFields past={past} chosen={chosen} onChoose={setChosen} />
      <LoadFailure of={loaded} />
      {loaded.value && <SnapshotTable snapshot={loaded.value} />}
    </>
  );
}

/** The value after it has not changed for `rest` milliseconds. */
function useRested<T>(value: T, rest: number): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), rest);
    return () => clearTimeout(timer);
  }, [value, rest]);
  return rested;
}
