import type { RefObject } from 'react';
import type { AccountFieldsFragment, KeyFieldsFragment } from '../../client/gql/graphql.js';
import { messageOf } from '../api/failures.js';
import { useOnline } from '../api/use-online.js';
import { Notice } from '../ui/Notice.js';
import type { OpenDialog } from './KeyDialogs.js';
import { KeyStatus } from './KeyStatus.js';
import { disable, enable, useKeyChange } from './use-key-change.js';

export interface KeyHeadProps {
  held: KeyFieldsFragment;
  heading: RefObject<HTMLHeadingElement | null>;
  onOpen: (dialog: OpenDialog) => void;
  /** A change has returned the account. */
  onChanged: (account: AccountFieldsFragment) => void;
}

/** The name of a key, and what its owner can do with it. */
export function KeyHead({ held, heading, onOpen, onChanged }: KeyHeadProps) {
  const { progress, submit } = useKeyChange(onChanged);
  const isOnline = useOnline();
  const isDisabled = held.status === 'DISABLED';
  return (
    <>
      <header className="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1} translate="no">
            {held.name}
          </h1>
          <KeyStatus of={held} />
        </div>
        <div className="buttons">
          <button type="button" disabled={!isOnline} onClick={() => onOpen({ kind: 'rename', key: held })}>
            Rename
          </button>
          <button
            type="button"
            disabled={!isOnline}
            aria-busy={progress.state === 'asking'}
            onClick={() => void submit(() => (isDisabled ? enable(held.keyId) : disable(held.keyId)))}
          >
            <span>{isDisabled ? 'Enable' : 'Disable'}</span>
          </button>
          {held.status === 'ACTIVE' && (
            <button type="button" disabled={!isOnline} onClick={() => onOpen({ kind: 'rotate', key: held })}>
              Rotate
            </button>
          )}
          <button type="button" className="danger" disabled={!isOnline} onClick={() => onOpen({ kind: 'delete', key: held })}>
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
