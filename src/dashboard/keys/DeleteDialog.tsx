import { type FormEvent, useState } from 'react';
import type { KeyFieldsFragment } from '../../client/gql/graphql.js';
import { asShown } from '../ui/as-shown.js';
import { Dialog } from '../ui/Dialog.js';
import { Field } from '../ui/Field.js';
import { DAY } from '../ui/time.js';
import { DeletionFailure } from './DeletionFailure.js';
import { LastUse } from './LastUse.js';
import { type DeletionOutcomes, useDeletion } from './use-deletion.js';

export interface DeleteDialogProps extends DeletionOutcomes {
  doomed: KeyFieldsFragment;
  lastUsedAt: string | undefined;
  onClose: () => void;
}

/** Asks before a key is deleted for good. If the key seems to be in use, the user must type its name. */
export function DeleteDialog({ doomed: { keyId, name }, lastUsedAt, onDeleted, onClose }: DeleteDialogProps) {
  const [typed, setTyped] = useState('');
  const { progress, submit } = useDeletion(keyId, { onDeleted });
  const isInUse = lastUsedAt !== undefined && Date.now() - Date.parse(lastUsedAt) < DAY;
  const isAsking = progress.state === 'asking';
  const close = () => !isAsking && onClose();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void submit();
  };

  return (
    <Dialog title={`Delete “${name}”?`} alert onCloseRequest={close}>
      <form onSubmit={onSubmit}>
        <p>
          This is <strong>permanent and irreversible</strong>: programs that use the key <code translate="no">{keyId}</code> are
          refused at once, and the key cannot be restored. <LastUse at={lastUsedAt} />
        </p>
        {isInUse && (
          <Field label={`To confirm, type the name of the key: ${name}`}>
            {(field) => (
              <input
                {...field}
                value={typed}
                onChange={({ target }) => setTyped(target.value)}
                disabled={isAsking}
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
              />
            )}
          </Field>
        )}
        <DeletionFailure progress={progress} />
        <div className="buttons">
          <button type="button" onClick={close} disabled={isAsking}>
            Keep it
          </button>
          <button type="submit" className="danger" disabled={isAsking || (isInUse && asShown(typed) !== asShown(name))}>
            {isAsking ? 'Deleting…' : 'Delete permanently'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
