import type { AccountFieldsFragment, KeyFieldsFragment } from '../../client/gql/graphql.js';
import { CreateDialog } from './CreateDialog.js';
import { DeleteDialog } from './DeleteDialog.js';
import { RenameDialog } from './RenameDialog.js';
import { RotateDialog } from './RotateDialog.js';
import { SecretDialog } from './SecretDialog.js';
import { UnseenKeyDialog } from './UnseenKeyDialog.js';
import type { AccountWithUse } from './use-account.js';
import type { CreatedKey, CreationOutcomes, UnseenKey } from './use-creation.js';

/** The open dialog and its subject. */
export type OpenDialog =
  | { kind: 'create' }
  | { kind: 'rename' | 'rotate' | 'delete'; key: KeyFieldsFragment }
  | { kind: 'secret'; created: CreatedKey }
  | { kind: 'unseen'; unseen: UnseenKey };

export interface KeyDialogsProps {
  open: OpenDialog;
  current: AccountWithUse;
  onOpen: (dialog: OpenDialog) => void;
  onClose: () => void;
  /**
   * A dialog has ended with this message: a key was deleted, or the user has left a request whose outcome is unknown. Without an account,
   * the displayed one is out of date.
   */
  onEnded: (said: string, account?: AccountFieldsFragment) => void;
  /** A mutation has returned the account. */
  onAccount: (account: AccountFieldsFragment) => void;
  /** The displayed account is out of date. */
  onOutdated: () => void;
}

/** Renders the open dialog, and opens the one that follows it. */
export function KeyDialogs({ open, current, onOpen, onClose, onEnded, onAccount, onOutdated }: KeyDialogsProps) {
  const outcomes: CreationOutcomes = {
    onCreated: (created, account) => {
      onAccount(account);
      onOpen({ kind: 'secret', created });
    },
    onUnseen: (unseen) => {
      onOutdated();
      onOpen({ kind: 'unseen', unseen });
    },
    onAbandoned: () => onEnded('The key may have been created. If it is in the list, its secret was never shown: delete it.'),
  };
  const endDeleted = ({ name }: { name: string }, account: AccountFieldsFragment | undefined) =>
    onEnded(account ? `“${name}” was permanently deleted.` : `“${name}” was already deleted.`, account);
  const leave = () => {
    onOutdated();
    onClose();
  };
  switch (open.kind) {
    case 'create':
      return <CreateDialog {...outcomes} onClose={leave} />;
    case 'rename':
      return <RenameDialog renamed={open.key} onRenamed={onAccount} onClose={onClose} />;
    case 'rotate':
      return (
        <RotateDialog
          rotated={open.key}
          lastUsedAt={current.lastUsed.get(open.key.keyId)}
          canOverlap={current.account.canCreateKey}
          {...outcomes}
          onClose={leave}
        />
      );
    case 'secret':
      return <SecretDialog created={open.created} onClose={onClose} />;
    case 'unseen': {
      const { key } = open.unseen;
      return <UnseenKeyDialog unseen={open.unseen} onDeleted={(account) => key && endDeleted(key, account)} onClose={leave} />;
    }
    case 'delete':
      return (
        <DeleteDialog
          doomed={open.key}
          lastUsedAt={current.lastUsed.get(open.key.keyId)}
          onDeleted={(account) => endDeleted(open.key, account)}
          onClose={onClose}
        />
      );
  }
}
