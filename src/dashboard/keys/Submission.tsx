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
          <strong>The response was lost.</strong> {messageOf(progress.error)} The key may have been created. Try again: this
          never creates a second key.
        </Notice>
      )}
      {state === 'refused' && <Notice kind="danger">{messageOf(progress.error)}</Notice>}
      <div className="buttons">
        <button type="button" onClick={onCancel} disabled={state === 'asking'}>
          {state === 'lost' ? 'Leave' : 'Cancel'}
        </button>
        <button type="submit" className="primary" disabled={state === 'asking'}>
          {state === 'asking' ? 'Working…' : state === 'lost' ? 'Try again' : action}
        </button>
      </div>
    </>
  );
}
