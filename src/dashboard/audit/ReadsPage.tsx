import { useCallback, useMemo } from 'react';
import type { Whole } from '../../client/answer.js';
import { ReadsDocument, type ReadsQuery } from '../../client/gql/graphql.js';
import { send } from '../api/send.js';
import { useLoaded } from '../api/use-loaded.js';
import { givenIn, go, useAddress } from '../ui/address.js';
import { type FilterField, FilterForm } from '../ui/FilterForm.js';
import { LoadFailure } from '../ui/LoadFailure.js';
import { Loading } from '../ui/Loading.js';
import { Pager, pageAt, placeIn } from '../ui/Pager.js';
import { absoluteTime } from '../ui/time.js';

const FIELDS: readonly FilterField[] = [
  { name: 'actor', label: 'Who read', all: 'anybody' },
  { name: 'from', label: 'From', all: '', kind: 'time' },
  { name: 'to', label: 'To', all: '', kind: 'time' },
];

const SIZE = 20;

type ReadEdge = Whole<ReadsQuery>['reads']['edges'][number];

/** Who read the history. For auditors. */
export default function ReadsPage() {
  const address = useAddress();
  const { asked, place } = useMemo(
    () => ({ asked: givenIn(address, ['actor', 'from', 'to']), place: placeIn(address) }),
    [address],
  );
  const load = useCallback(
    async (signal: AbortSignal) => (await send(ReadsDocument, { filter: asked, ...pageAt(place, SIZE) }, { signal })).reads,
    [asked, place],
  );
  const loaded = useLoaded(load);
  const { value, loading } = loaded;
  return (
    <>
      <header className="page-head">
        <div>
          <h1>Access records</h1>
          <p>
            Who read the history. Opening this page is recorded, too. Records come in the order in which they were written, the
            last one first; with From or To, in the order of their times.
          </p>
        </div>
      </header>
      <FilterForm key={address.toString()} label="Filter of access records" fields={FIELDS} address={address} />
      <LoadFailure of={loaded} />
      {!value && loading && <Loading />}
      {value?.removedBefore && (
        <p className="said">
          {`${value.removedRecords?.toLocaleString('en') ?? 'Some'} records from before ${absoluteTime(Date.parse(value.removedBefore))} were removed: the server keeps them for a limited time.`}
        </p>
      )}
      {value && value.edges.length === 0 && <p className="empty">No record matches the filter.</p>}
      {value && value.edges.length > 0 && <ReadTable reads={value.edges.toReversed()} />}
      {value && <Pager pageInfo={value.pageInfo} place={place} onPlace={(next) => go({ ...asked, ...next })} />}
    </>
  );
}

function ReadTable({ reads }: { reads: ReadEdge[] }) {
  return (
    <table className="stacked">
      <caption className="visually-hidden">Access records, the last one first</caption>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Who</th>
          <th scope="col">What</th>
          <th scope="col">Asked for</th>
          <th scope="col">Times</th>
        </tr>
      </thead>
      <tbody>
        {reads.map(({ cursor, node: { at, actor, what, filter, times } }) => (
          <tr key={cursor}>
            <td data-label="When">
              <time dateTime={at}>{absoluteTime(Date.parse(at))}</time>
            </td>
            <td data-label="Who">{actor}</td>
            <td data-label="What">
              <code translate="no">{what}</code>
            </td>
            <td data-label="Asked for" className="what">
              {askedFor(filter)}
            </td>
            <td data-label="Times">{times.toLocaleString('en')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The filter of a read in words: `account acme, from 2026-11-23T18:00:00Z`. */
function askedFor(filter: unknown): string {
  const parts = Object.entries(Object(filter)).map(([name, value]) => `${name} ${String(value)}`);
  return parts.length === 0 ? 'everything' : parts.join(', ');
}
