import type { AccountFieldsFragment, KeyFieldsFragment } from '../../client/gql/graphql.js';
import { KeyStatus } from '../keys/KeyStatus.js';
import { absoluteTime } from '../ui/time.js';
import type { OpenDialog } from './AccountDialogs.js';

export interface AccountTableProps {
  accounts: AccountFieldsFragment[];
  onOpen: (dialog: OpenDialog) => void;
}

/** Accounts with their keys, and what an operator can do to them. */
export function AccountTable({ accounts, onOpen }: AccountTableProps) {
  return (
    <table className="stacked">
      <caption className="visually-hidden">Accounts, in the order of their ids</caption>
      <thead>
        <tr>
          <th scope="col">Account</th>
          <th scope="col">Keys</th>
          <th scope="col">
            <span className="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {accounts.map((account) => (
          <AccountRow key={account.accountId} account={account} onOpen={onOpen} />
        ))}
      </tbody>
    </table>
  );
}

function AccountRow({ account, onOpen }: { account: AccountFieldsFragment; onOpen: AccountTableProps['onOpen'] }) {
  const { accountId, frozenAt, keys } = account;
  const about = <span className="visually-hidden"> {accountId}</span>;
  return (
    <tr>
      <th scope="row" data-label="Account">
        <span translate="no">{accountId}</span>
        {frozenAt && <span className="status expired">{`Frozen since ${absoluteTime(Date.parse(frozenAt))}`}</span>}
      </th>
      <td data-label="Keys">
        {keys.length === 0 && <span className="detail">none</span>}
        <ul className="held">
          {keys.map((held) => (
            <HeldKey key={held.keyId} held={held} onRevoke={() => onOpen({ kind: 'revoke', account, held })} />
          ))}
        </ul>
      </td>
      <td className="actions">
        <button type="button" onClick={() => onOpen({ kind: frozenAt ? 'thaw' : 'freeze', account })}>
          <span>{frozenAt ? 'Thaw' : 'Freeze'}</span>
          {about}
        </button>
        {keys.length > 0 && (
          <button type="button" onClick={() => onOpen({ kind: 'revoke all', account })}>
            <span>Revoke all keys</span>
            <span className="visually-hidden"> of {accountId}</span>
          </button>
        )}
      </td>
    </tr>
  );
}

function HeldKey({ held, onRevoke }: { held: KeyFieldsFragment; onRevoke: () => void }) {
  const { keyId, name, hint, createdAt, createdBy, expiresAt, status } = held;
  const end = expiresAt && `, ${status === 'EXPIRED' ? 'expired' : 'expires'} ${absoluteTime(Date.parse(expiresAt))}`;
  return (
    <li>
      <span>
        <strong translate="no">{name}</strong> <KeyStatus of={held} />
        <span className="detail">
          <code translate="no">{keyId}</code>, secret …<span translate="no">{hint}</span>
        </span>
        <span className="detail">{`Created ${absoluteTime(Date.parse(createdAt))} by ${createdBy}${end ?? ''}`}</span>
      </span>
      <button type="button" className="quiet" onClick={onRevoke}>
        <span>Revoke</span>
        <span className="visually-hidden"> {`${name} (…${hint})`}</span>
      </button>
    </li>
  );
}
