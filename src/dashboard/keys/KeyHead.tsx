import type { AccountFieldsFragment, KeyFieldsFragment } from '../../client/gql/graphql.js';
import { messageOf } from '../api/failures.js';
import { useOnline } from '../api/use-online.js';
import { Notice } from '../ui/Notice.js';
import type { OpenDialog } from './KeyDialogs.js';
import { KeyStatus } from './KeyStatus.js';
import { disable, enable, useKeyChange } from './use-key-change.js';

export interface KeyHeadProps {
  held: KeyFieldsFragment;
  onOpen: (dialog: OpenDialog) => void;
  /** A change has returned the account. */
  onChanged: (account: AccountFieldsFragment) => void;
}

/** The name of a key, and what its owner can do with it. */
export function KeyHead({ held, onOpen, onChanged }: KeyHeadProps) {
  const { progress, submit } = useKeyChange(onChanged);
  const isOnline = useOnline();
  const isDisabled = held.status === 'DISABLED';
  const isBusy = !isOnline || progress.state === 'asking';
  return (
    <>
      <header className="page-head">
        <div>
          <h1 translate="no">{held.name}</h1>
          <KeyStatus of={held} />
        </div>
        <div className="buttons">
          <button type="button" disabled={isBusy} onClick={() => onOpen({ kind: 'rename', key: held })}>
            Rename
          </button>
          <button
            type="button"
            disabled={isBusy}
            onClick={() => void submit(() => (isDisabled ? enable(held.keyId) : disable(held.keyId)))}
          >
            <span>{isDisabled ? 'Enable' : 'Disable'}</span>
          </button>
          {held.status === 'ACTIVE' && (
            <button type="button" disabled={isBusy} onClick={() => onOpen({ kind: 'rotate', key: held })}>
              Rotate
            </button>
          )}
          <button type="button" className="danger" disabled={isBusy} onClick={() => onOpen({ kind: 'delete', key: held })}>
            Delete
          </button>
        </div>
      </header>
      {progress.state === 'failed' && <Notice kind="danger">{messageOf(progress.error)}</Notice>}
      {isDisabled && (
        <Notice kind="info">
          Programs that use this key are refused until you enable it. It still counts toward the limit.
        </Notice>
      )}
    </>
  );
}
