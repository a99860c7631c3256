import { useCallback } from 'react';
import { type AccountFieldsFragment, KeyDocument, type KeyFieldsFragment } from '../../client/gql/graphql.js';
import { send } from '../api/send.js';
import { useLoaded } from '../api/use-loaded.js';
import { LastUse } from '../keys/LastUse.js';
import { counted } from '../ui/counted.js';
import { OperateDialog, type OperateDialogProps } from './OperateDialog.js';
import { freeze, revokeAll, revokeKey, thaw } from './operations.js';

/** What an operator is asked about. */
export type OpenDialog =
  | { kind: 'freeze' | 'thaw' | 'revoke all'; account: AccountFieldsFragment }
  | { kind: 'revoke'; account: AccountFieldsFragment; held: KeyFieldsFragment };

export interface AccountDialogsProps extends Pick<OperateDialogProps, 'onDone' | 'onClose'> {
  open: OpenDialog;
}

/**
 * What was done, in a sentence.
 * @param account after the change; undefined if there was nothing to change
 */
export function doneOf(open: OpenDialog, account: AccountFieldsFragment | undefined): string {
  const { accountId } = open.account;
  switch (open.kind) {
    case 'freeze':
      return `${accountId} was frozen.`;
    case 'thaw':
      return `${accountId} was thawed.`;
    case 'revoke all':
      return `All keys of ${accountId} were revoked.`;
    case 'revoke':
      return `“${open.held.name}” of ${accountId} ${account ? 'was revoked' : 'was already deleted'}.`;
  }
}

/** The open dialog about an account. */
export function AccountDialogs({ open, ...outcomes }: AccountDialogsProps) {
  const { accountId, keys } = open.account;
  switch (open.kind) {
    case 'freeze':
      return (
        <OperateDialog title={`Freeze ${accountId}?`} action="Freeze" operation={freeze(accountId)} {...outcomes}>
          <p>Nobody can create, rotate or enable a key of this account until you thaw it. Its keys still work.</p>
        </OperateDialog>
      );
    case 'thaw':
      return (
        <OperateDialog title={`Thaw ${accountId}?`} action="Thaw" operation={thaw(accountId)} {...outcomes}>
          <p>The owner can create, rotate and enable keys again.</p>
        </OperateDialog>
      );
    case 'revoke all':
      return (
        <OperateDialog
          title={`Revoke all keys of ${accountId}?`}
          action="Revoke permanently"
          typed={accountId}
          operation={revokeAll(accountId)}
          {...outcomes}
        >
          <p>
            <span>{`This deletes ${counted(keys.length, 'key')} of the account. It is `}</span>
            <strong>permanent and irreversible</strong>. The owner can create new keys, unless you freeze the account.
          </p>
        </OperateDialog>
      );
    case 'revoke':
      return <RevokeKeyDialog held={open.held} {...outcomes} />;
  }
}

interface RevokeKeyDialogProps extends Pick<OperateDialogProps, 'onDone' | 'onClose'> {
  held: KeyFieldsFragment;
}

function RevokeKeyDialog({ held: { keyId, name }, ...outcomes }: RevokeKeyDialogProps) {
  const load = useCallback(
    async (signal: AbortSignal) => ({ at: (await send(KeyDocument, { keyId }, { signal })).key?.lastUsedAt ?? undefined }),
    [keyId],
  );
  const { value } = useLoaded(load);
  return (
    <OperateDialog
      title={`Revoke “${name}”?`}
      action="Revoke permanently"
      typed={name}
      operation={revokeKey(keyId)}
      {...outcomes}
    >
      <p>
        This is <strong>permanent and irreversible</strong>: programs that use the key <code translate="no">{keyId}</code> are
        refused at once, and the key cannot be restored.
      </p>
      {value && (
        <p>
          <LastUse at={value.at} />
        </p>
      )}
    </OperateDialog>
  );
}
