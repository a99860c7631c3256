import type { KeyFieldsFragment } from '../../client/gql/graphql.js';
import { RotateIcon, TrashIcon } from '../ui/icons.js';
import { PlainCopy } from '../ui/PlainCopy.js';
import { Time } from '../ui/Time.js';
import { KeyStatus } from './KeyStatus.js';
import { keyAddress } from './key-address.js';

export interface KeyTableProps {
  keys: KeyFieldsFragment[];
  lastUsed: ReadonlyMap<string, string>;
  disabled: boolean;
  onRotate: (key: KeyFieldsFragment) => void;
  onDelete: (key: KeyFieldsFragment) => void;
}

const COLUMNS = ['Name', 'Key id', 'Secret ends in', 'Created', 'Last used', 'Expires', 'Status'];

export function KeyTable({ keys, lastUsed, disabled, onRotate, onDelete }: KeyTableProps) {
  return (
    <table className="stacked">
      <caption className="visually-hidden">Your API keys, the oldest first</caption>
      <thead>
        <tr>
          {COLUMNS.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
          <th scope="col">
            <span className="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <KeyRow
            key={key.keyId}
            row={key}
            lastUsedAt={lastUsed.get(key.keyId)}
            disabled={disabled}
            onRotate={onRotate}
            onDelete={onDelete}
          />
        ))}
      </tbody>
    </table>
  );
}

interface KeyRowProps extends Pick<KeyTableProps, 'disabled' | 'onRotate' | 'onDelete'> {
  row: KeyFieldsFragment;
  lastUsedAt: string | undefined;
}

function KeyRow({ row, lastUsedAt, disabled, onRotate, onDelete }: KeyRowProps) {
  const { keyId, name, hint, scopes, createdAt, createdBy, expiresAt, status } = row;
  const isActive = status === 'ACTIVE';
  // Two keys may have the same name.
  const called = `${name} (…${hint})`;
  return (
    <tr>
      <th scope="row" data-label="Name">
        <a className="name" translate="no" href={keyAddress(keyId)}>
          {name}
        </a>
        {scopes.length > 0 && (
          <span className="detail" translate="no">
            {scopes.join(' ')}
          </span>
        )}
      </th>
      <td data-label="Key id">
        <PlainCopy text={keyId} what={`key id of ${called}`} />
      </td>
      <td data-label="Secret ends in">
        <code translate="no">…{hint}</code>
      </td>
      <td data-label="Created">
        <Time at={createdAt} />
        <span className="detail">by {createdBy}</span>
      </td>
      <td data-label="Last used">{lastUsedAt ? <Time at={lastUsedAt} /> : <span>never</span>}</td>
      <td data-label="Expires">{expiresAt ? <Time at={expiresAt} /> : <span>never</span>}</td>
      <td data-label="Status">
        <KeyStatus of={row} />
      </td>
      <td className="actions">
        {isActive && (
          <button
            type="button"
            className="quiet icon-only"
            disabled={disabled}
            aria-label={`Rotate ${called}`}
            title={`Rotate ${called}`}
            onClick={() => onRotate(row)}
          >
            <RotateIcon />
          </button>
        )}
        <button
          type="button"
          className="quiet icon-only delete"
          disabled={disabled}
          aria-label={`Delete ${called}`}
          title={`Delete ${called}`}
          onClick={() => onDelete(row)}
        >
          <TrashIcon />
        </button>
      </td>
    </tr>
  );
}
