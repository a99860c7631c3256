import { type FormEvent, type ReactNode, useState } from 'react';
import type { AccountFieldsFragment } from '../../client/gql/graphql.js';
import { isOutcomeUnknown, messageOf } from '../api/failures.js';
import { fieldFaults } from '../api/field-faults.js';
import { asShown } from '../ui/as-shown.js';
import { Dialog } from '../ui/Dialog.js';
import { Field } from '../ui/Field.js';
import { Notice } from '../ui/Notice.js';
import { type Operation, useOperation } from './operations.js';

export interface OperateDialogProps {
  title: string;
  /** The label of the button, such as `Freeze`. */
  action: string;
  /** What must be typed first. Undefined if the change can be undone. */
  typed?: string;
  operation: Operation;
  onDone: (account: AccountFieldsFragment | undefined) => void;
  onClose: () => void;
  /** What the change means. */
  children: ReactNode;
}

/** Asks before an operator changes an account, and for a note. What cannot be undone is confirmed by typing. */
export function OperateDialog({ title, action, typed: asked, operation, onDone, onClose, children }: OperateDialogProps) {
  const [typed, setTyped] = useState('');
  const [note, setNote] = useState('');
  const { progress, submit } = useOperation(operation, onDone);
  const isAsking = progress.state === 'asking';
  const error = progress.state === 'failed' ? progress.error : undefined;
  const noteFault = fieldFaults(error, ['note']).get('note');
  const close = () => !isAsking && onClose();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void submit(note.trim() || undefined);
  };
  const isMissing = asked !== undefined && asShown(typed) !== asShown(asked);
  const isFinal = asked !== undefined;
  return (
    <Dialog title={title} alert={isFinal} onCloseRequest={close}>
      <form onSubmit={onSubmit}>
        <fieldset disabled={isAsking}>
          {children}
          <Field label="Note (optional)" hint="Why. The owner and auditors read it, and it is kept forever." fault={noteFault}>
            {(field) => <input {...field} value={note} onChange={({ target }) => setNote(target.value)} autoComplete="off" />}
          </Field>
          {asked !== undefined && (
            <Field label={`Type “${asked}” to confirm`}>
              {(field) => (
                <input
                  {...field}
                  value={typed}
                  onChange={({ target }) => setTyped(target.value)}
                  autoComplete="off"
                  autoCapitalize="none"
                  spellCheck={false}
                />
              )}
            </Field>
          )}
        </fieldset>
        {error !== undefined && noteFault === undefined && (
          <Notice kind="danger">
            <span>{messageOf(error)}</span>
            {isOutcomeUnknown(error) && <span> The change may have been made. It is safe to try again.</span>}
          </Notice>
        )}
        <div className="buttons">
          <button type="button" onClick={close} disabled={isAsking}>
            Cancel
          </button>
          <button type="submit" className={isFinal ? 'danger' : 'primary'} disabled={isAsking || isMissing}>
            {isAsking ? 'Working…' : action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
