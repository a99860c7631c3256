import { isOutcomeUnknown, messageOf } from '../api/failures.js';
import type { ChangeProgress } from '../api/use-change.js';
import { Notice } from '../ui/Notice.js';

/** Shows why a key was not deleted, or may not have been. */
export function DeletionFailure({ progress }: { progress: ChangeProgress }) {
  if (progress.state !== 'failed') return null;
  return (
    <Notice kind="danger">
      <span>{messageOf(progress.error)}</span>
      {isOutcomeUnknown(progress.error) && <span> The key may have been deleted. It is safe to try again.</span>}
    </Notice>
  );
}
