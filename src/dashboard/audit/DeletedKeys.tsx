import { useCallback, useEffect, useState } from 'react';
import type { Whole } from '../../client/answer.js';
import { DeletedKeysDocument, type DeletedKeysQuery, type DeletionReason } from '../../client/gql/graphql.js';
import { PAGE } from '../../shared/paths.js';
import { present, send } from '../api/send.js';
import { useLoaded } from '../api/use-loaded.js';
import { hrefOf } from '../ui/address.js';
import { LoadFailure } from '../ui/LoadFailure.js';
import { Loading } from '../ui/Loading.js';
import { absoluteTime } from '../ui/time.js';

type DeletedKey = NonNullable<Whole<DeletedKeysQuery>['account']['deletedKeys']>['edges'][number]['node'];

const SIZE = 10;

const REASONS: Record<DeletionReason, string> = {
  REQUESTED: 'Requested',
  ROTATED: 'Rotated',
  EXPIRED: 'Expired',
  LEAKED: 'Leaked',
  REVOKED: 'Revoked by an operator',
};

export interface DeletedKeysProps {
  account: string;
  /** Grows with each new event. */
  changes: number;
}

/** The deleted keys of an account, the newest first. Each leads to its events. */
export function DeletedKeys({ account, changes }: DeletedKeysProps) {
  const [before, setBefore] = useState<string>();
  const load = useCallback(
    async (signal: AbortSignal) => {
      const page = { last: SIZE, ...(before !== undefined && { before }) };
      return present((await send(DeletedKeysDocument, { accountId: account, ...page }, { signal })).account.deletedKeys);
    },
    [account, before],
  );
  const loaded = useLoaded(load);
  const { value, loading, refresh } = loaded;
  useEffect(() => {
    if (changes > 0) refresh();
  }, [changes, refresh]);
  const older = value?.pageInfo.hasPreviousPage ? value.pageInfo.startCursor : undefined;
  return (
    <section className="part" aria-labelledby="deleted-keys">
      <h2 id="deleted-keys">Deleted keys</h2>
      <LoadFailure of={loaded} />
      {!value && loading && <Loading />}
      {value && value.edges.length === 0 && <p className="empty">No key was deleted.</p>}
      {value && value.edges.length > 0 && (
        <DeletedKeyTable account={account} keys={value.edges.map(({ node }) => node).reverse()} />
      )}
      <div className="buttons">
        {before !== undefined && (
          <button type="button" onClick={() => setBefore(undefined)}>
            Latest deleted keys
          </button>
        )}
        {older && (
          <button type="button" onClick={() => setBefore(older)}>
            More deleted keys
          </button>
        )}
      </div>
    </section>
  );
}

function DeletedKeyTable({ account, keys }: { account: string; keys: DeletedKey[] }) {
  return (
    <table className="stacked">
      <caption className="visually-hidden">Deleted keys, the newest first</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Key id</th>
          <th scope="col">Created</th>
          <th scope="col">Deleted</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {keys.map(({ keyId, name, createdAt, createdBy, deletedAt, deletedBy, reason, note }) => (
          <tr key={keyId}>
            <th scope="row" data-label="Name" translate="no">
              {name}
            </th>
            <td data-label="Key id">
              <a href={hrefOf(PAGE.history, { account, keyId })}>
                <code translate="no">{keyId}</code>
              </a>
            </td>
            <td data-label="Created">
              <span>{absoluteTime(Date.parse(createdAt))}</span> <span className="detail">by {createdBy}</span>
            </td>
            <td data-label="Deleted">
              <span>{absoluteTime(Date.parse(deletedAt))}</span> <span className="detail">by {deletedBy}</span>
            </td>
            <td data-label="Why">
              <span>{REASONS[reason]}</span> {note !== null && <span className="detail">{note}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
