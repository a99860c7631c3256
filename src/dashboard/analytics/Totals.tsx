import type { Whole } from '../../client/answer.js';
import { TotalsDocument, type TotalsQuery } from '../../client/gql/graphql.js';
import { present, send } from '../api/send.js';
import { useLoaded } from '../api/use-loaded.js';
import { LoadFailure } from '../ui/LoadFailure.js';
import { Loading } from '../ui/Loading.js';

type TotalsAnswer = NonNullable<Whole<TotalsQuery>['analytics']['totals']>;

const TILES: readonly (readonly [keyof TotalsAnswer, string])[] = [
  ['activeKeys', 'active keys'],
  ['accounts', 'accounts that ever held a key'],
  ['accountsAtLimit', 'accounts at the limit'],
  ['keysCreated', 'keys ever created'],
  ['keysRotated', 'of them by rotation'],
  ['keysDeleted', 'keys deleted'],
  ['createsRefused', 'creates refused by the limit'],
  ['verifications', 'verifications'],
];

/** The totals, in eight numbers. */
export function Totals() {
  const loaded = useLoaded(loadTotals);
  const { value, loading } = loaded;
  return (
    <section aria-label="Totals">
      <LoadFailure of={loaded} />
      {!value && loading && <Loading />}
      {value && (
        <dl className="tiles">
          {TILES.map(([name, text]) => (
            <div key={name}>
              <dt>{text}</dt>
              <dd>{Number(value[name]).toLocaleString('en')}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

async function loadTotals(signal: AbortSignal): Promise<TotalsAnswer> {
  return present((await send(TotalsDocument, {}, { signal })).analytics.totals);
}
