import { messageOf, Refused, SignedOut } from '../api/failures.js';
import type { Loaded } from '../api/use-loaded.js';
import { BusyButton } from './BusyButton.js';
import { Notice } from './Notice.js';

/** Why something could not be loaded, and a button to try again. An ended session is reported once, above the page. */
export function LoadFailure({ of: { value, error, loading, reload } }: { of: Omit<Loaded<unknown>, 'refresh' | 'replace'> }) {
  if (error === undefined || error instanceof SignedOut) return null;
  return (
    <Notice kind="danger">
      <span>{messageOf(error)}</span> {value !== undefined && <span>This may be out of date.</span>}{' '}
      {error instanceof Refused && error.docs && <a href={error.docs}>What this means</a>}{' '}
      <BusyButton busy={loading} onClick={reload}>
        Try again
      </BusyButton>
    </Notice>
  );
}
