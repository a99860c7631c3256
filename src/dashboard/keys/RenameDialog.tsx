import { type FormEvent, useState } from 'react';
import type { AccountFieldsFragment, KeyFieldsFragment } from '../../client/gql/graphql.js';
import { messageOf } from '../api/failures.js';
import { fieldFaults } from '../api/field-faults.js';
import { Dialog } from '../ui/Dialog.js';
import { Notice } from '../ui/Notice.js';
import { NameField } from './NameField.js';
import { rename, useKeyChange } from './use-key-change.js';

export interface RenameDialogProps {
  renamed: KeyFieldsFragment;
  onRenamed: (account: AccountFieldsFragment) => void;
  onClose: () => void;
}

/** Asks for another name of a key. */
export function RenameDialog({ renamed: { keyId, name: known }, onRenamed, onClose }: RenameDialogProps) {
  const [name, setName] = useState(known);
  const { progress, submit } = useKeyChange((account) => {
    onRenamed(account);
    onClose();
  });
  const isAsking = progress.state === 'asking';
  const error = progress.state === 'failed' ? progress.error : undefined;
  const fault = fieldFaults(error, ['name']).get('name');
  const close = () => !isAsking && onClose();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void submit(() => rename(keyId, name));
  };
  return (
    <Dialog title={`Rename “${known}”`} onCloseRequest={close}>
      <form onSubmit={onSubmit}>
        <NameField value={name} onChange={setName} fault={fault} />
        {error !== undefined && fault === undefined && <Notice kind="danger">{messageOf(error)}</Notice>}
        <div className="buttons">
          <button type="button" onClick={close} disabled={isAsking}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={isAsking}>
            {isAsking ? 'Renaming…' : 'Rename'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
