import { messageOf } from '../api/failures.js';
import { Notice } from '../ui/Notice.js';
import type { Progress } from './use-creation.js';

export interface SubmissionProps {
  progress: Progress;
  /** The label of the button, such as `Create`. */
  action: string;
  onCancel: () => void;
}

/** The end of a form for a new key: the state of the request, and the buttons. */
export function Submission({ progress, action, onCancel }: SubmissionProps) {
  const { state } = progress;
  return (
    <>
      {state === 'lost' && (
        <Notice kind="warning">
          <strong>The answer was lost.</strong> {messageOf(progress.error)} It is not known whether a key was made. Ask again:
          it never makes a second one.
        </Notice>
      )}
      {state === 'refused' && <Notice kind="danger">{messageOf(progress.error)}</Notice>}
      <div className="buttons">
        <button type="button" onClick={onCancel} disabled={state === 'asking'}>
          {state === 'lost' ? 'Leave it' : 'Cancel'}
        </button>
        <button type="submit" className="primary" disabled={state === 'asking'}>
          {state === 'asking' ? 'Asking…' : state === 'lost' ? 'Ask again' : action}
        </button>
      </div>
    </>
  );
}
