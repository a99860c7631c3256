import { useCallback, useMemo } from 'react';
import { KeyUsesDocument } from '../../client/gql/graphql.js';
import { Plot } from '../analytics/Plot.js';
import { SheetTable } from '../analytics/SheetTable.js';
import { present, send } from '../api/send.js';
import { useLoaded } from '../api/use-loaded.js';
import { LoadFailure } from '../ui/LoadFailure.js';
import { Loading } from '../ui/Loading.js';
import { DAY } from '../ui/time.js';
import '../styles/analytics.css';

/** How many days are shown, today included. */
const DAYS = 30;

const TITLE = 'Uses by day';

interface Day {
  day: string;
  count: number;
}

/** How often a key was used on each of the last days. Days are days of UTC. */
export function KeyUses({ accountId, keyId }: { accountId: string; keyId: string }) {
  const load = useCallback(
    async (signal: AbortSignal) => {
      const { account } = await send(KeyUsesDocument, { accountId, days: DAYS }, { signal });
      return present(account.keys.find((key) => key.keyId === keyId)?.usage);
    },
    [accountId, keyId],
  );
  const loaded = useLoaded(load);
  return (
    <section className="card figure" aria-labelledby="uses">
      <h2 id="uses">{TITLE}</h2>
      <LoadFailure of={loaded} />
      {loaded.value ? <Uses days={loaded.value} /> : loaded.loading && <Loading />}
    </section>
  );
}

function Uses({ days }: { days: Day[] }) {
  // The bar of a day goes from its beginning to its end.
  const x = useMemo(() => edgesOf(days), [days]);
  const series = useMemo(() => [{ label: 'Uses', values: [...days.map(({ count }) => count), 0] }], [days]);
  const total = days.reduce((sum, { count }) => sum + count, 0);
  return (
    <>
      <Plot
        summary={`Uses of the key on each of the last ${DAYS} days: ${total.toLocaleString('en')} in all.`}
        x={x}
        timeZone="UTC"
        xLabel="Day"
        series={series}
        bars
      />
      <SheetTable title={TITLE} sheet={{ columns: ['Day', 'Uses'], rows: days.map(({ day, count }) => [day, count]) }} />
    </>
  );
}

/** The beginnings of the days, and the end of the last, in seconds since 1970. */
function edgesOf(days: Day[]): number[] {
  const beginnings = days.map(({ day }) => Date.parse(day));
  return [...beginnings, (beginnings.at(-1) ?? 0) + DAY].map((edge) => edge / 1000);
}
