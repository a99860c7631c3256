import { isOutcomeUnknown, messageOf } from '../api/failures.js';
import { Notice } from '../ui/Notice.js';
import type { DeletionProgress } from './use-deletion.js';

/** Shows why a key was not deleted, or may not have been. */
export function DeletionFailure({ progress }: { progress: DeletionProgress }) {
  if (progress.state !== 'failed') return null;
  return (
    <Notice kind="danger">
      <span>{messageOf(progress.error)}</span>
      {isOutcomeUnknown(progress.error) && (
        <span> It is not known whether the key was deleted. To ask again does no harm.</span>
      )}
    </Notice>
  );
}
