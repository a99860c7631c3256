import type { Whole } from '../../client/answer.js';
import type { KeysAsOfQuery } from '../../client/gql/graphql.js';
import { absoluteTime } from '../ui/time.js';

export interface SnapshotTableProps {
  snapshot: NonNullable<Whole<KeysAsOfQuery>['account']['asOf']>;
}

/** The keys of an account at an instant. */
export function SnapshotTable({ snapshot: { at, keys } }: SnapshotTableProps) {
  if (keys.length === 0) return <p role="status">The account held no keys.</p>;
  return (
    <table className="stacked">
      <caption className="visually-hidden">The keys that the account held at that instant</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Key id</th>
          <th scope="col">Created</th>
          <th scope="col">Expires</th>
          <th scope="col">Status then</th>
        </tr>
      </thead>
      <tbody>
        {keys.map(({ keyId, name, createdAt, createdBy, expiresAt, couldAuthenticate }) => (
          <tr key={keyId}>
            <th scope="row" data-label="Name">
              {name}
            </th>
            <td data-label="Key id">
              <code translate="no">{keyId}</code>
            </td>
            <td data-label="Created">
              {absoluteTime(Date.parse(createdAt))}
              <span className="detail">by {createdBy}</span>
            </td>
            <td data-label="Expires">{expiresAt ? absoluteTime(Date.parse(expiresAt)) : 'never'}</td>
            <td data-label="Status then">
              <span className={`status ${couldAuthenticate ? 'active' : 'expired'}`}>
                {couldAuthenticate ? 'Active' : hasExpired(expiresAt, at) ? 'Expired' : 'Disabled'}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** As the server's `Key.status`: of a key that has expired, it does not say that it was disabled before. */
function hasExpired(expiresAt: string | null | undefined, at: string): boolean {
  return expiresAt ? Date.parse(expiresAt) <= Date.parse(at) : false;
}
