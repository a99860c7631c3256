import { useSilence } from '../api/silence.js';
import { useOnline } from '../api/use-online.js';
import { Notice } from '../ui/Notice.js';
import { signInAddress } from './begin-sign-in.js';
import { useSession } from './session.js';

export interface SessionNoticesProps {
  /** True in a dialog: a sign-in opens a new tab, so that the dialog keeps what was typed, or a secret. */
  isInDialog?: boolean;
}

/** Says that the session has ended, and that the server does not answer. A dialog needs its own: nobody reaches what lies behind it. */
export function SessionNotices({ isInDialog = false }: SessionNoticesProps) {
  const { ended } = useSession();
  const [silence, isOnline] = [useSilence(), useOnline()];
  return (
    <>
      {ended && (isInDialog ? <EndedInDialog /> : <Ended />)}
      {silence === 'long' && isOnline && <Notice kind="warning">The server does not answer. Trying again.</Notice>}
    </>
  );
}

function Ended() {
  return (
    <Notice kind="warning">
      <strong>Your session has ended.</strong> You can read this page, but not make changes.{' '}
      <a href={signInAddress()}>Sign in again</a>
    </Notice>
  );
}

function EndedInDialog() {
  return (
    <Notice kind="warning">
      <strong>Your session has ended.</strong>{' '}
      <a href={signInAddress()} target="_blank" rel="noreferrer">
        Sign in again
      </a>{' '}
      in a new tab, then come back: this dialog stays as it is.
    </Notice>
  );
}
