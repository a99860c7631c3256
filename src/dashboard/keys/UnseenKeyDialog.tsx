import { Dialog } from '../ui/Dialog.js';
import { DeletionFailure } from './DeletionFailure.js';
import type { UnseenKey } from './use-creation.js';
import { type DeletionOutcomes, useDeletion } from './use-deletion.js';

export interface UnseenKeyDialogProps extends DeletionOutcomes {
  unseen: UnseenKey;
  onClose: () => void;
}

/** Reports a key that was created while its secret was lost with the answer. Nobody can use the key, and it counts for the limit. */
export function UnseenKeyDialog({ unseen: { keyId, key }, onDeleted, onClose }: UnseenKeyDialogProps) {
  const { progress, submit } = useDeletion(keyId, { onDeleted });
  const isAsking = progress.state === 'asking';
  const close = () => !isAsking && onClose();
  if (!key) {
    return (
      <Dialog title="The key was created and then deleted" onCloseRequest={onClose}>
        <p>The response with its secret was lost, and the key has been deleted since. You can create another.</p>
        <div className="buttons">
          <button type="button" className="primary" onClick={onClose}>
            Close
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={`“${key.name}” was created, but its secret was lost`} alert onCloseRequest={close}>
      <p>
        The key exists, but the response with its secret was lost, and a secret is never shown again. Nobody can use this key.
        Delete it and create another.
      </p>
      <DeletionFailure progress={progress} />
      <div className="buttons">
        <button type="button" onClick={close} disabled={isAsking}>
          Keep it
        </button>
        <button type="button" className="danger" onClick={submit} disabled={isAsking}>
          {isAsking ? 'Deleting…' : 'Delete it'}
        </button>
      </div>
    </Dialog>
  );
}
