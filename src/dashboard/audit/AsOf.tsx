import { useCallback, useEffect, useState } from 'react';
import { FirstEventDocument, KeysAsOfDocument } from '../../client/gql/graphql.js';
import { present, send } from '../api/send.js';
import { useLoaded } from '../api/use-loaded.js';
import { Field } from '../ui/Field.js';
import { LoadFailure } from '../ui/LoadFailure.js';
import { absoluteTime } from '../ui/time.js';
import { SnapshotTable } from './SnapshotTable.js';

/** How long the slider must rest before its instant is loaded, in milliseconds. */
const REST = 150;

export interface AsOfProps {
  account: string;
  /** Grows with each new event. */
  changes: number;
}

/** A slider from the account's first event to now, and the keys at the chosen instant. */
export function AsOf({ account, changes }: AsOfProps) {
  const load = useCallback((signal: AbortSignal) => timeOf(account, signal), [account, changes]);
  const loaded = useLoaded(load);
  if (!loaded.value && loaded.error === undefined) return null;
  return (
    <section className="card as-of" aria-labelledby="as-of">
      <h2 id="as-of">Keys as of an instant</h2>
      {loaded.value ? <Slider account={account} {...loaded.value} /> : <LoadFailure of={loaded} />}
    </section>
  );
}

/** In milliseconds since 1970. */
interface Range {
  first: number;
  now: number;
}

/** Undefined if the account has no events. */
async function timeOf(account: string, signal: AbortSignal): Promise<Range | undefined> {
  const { events } = await send(FirstEventDocument, { filter: { account } }, { signal });
  const [first] = events.edges;
  return first && { first: Date.parse(first.node.at), now: Date.now() };
}

function Slider({ account, first, now }: Range & { account: string }) {
  // Undefined means now.
  const [past, setPast] = useState<number>();
  const chosen = past ?? now;
  const instant = useRested(chosen, REST);
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
      <Field label={absoluteTime(chosen)}>
        {(field) => (
          <input
            {...field}
            type="range"
            min={first}
            max={now}
            step={1}
            value={chosen}
            aria-valuetext={absoluteTime(chosen)}
            onChange={({ target }) => setPast(Number(target.value) < now ? Number(target.value) : undefined)}
          />
        )}
      </Field>
      <div className="ends">
        <span>{absoluteTime(first)}</span>
        <span>now</span>
      </div>
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
