import { type ReactNode, useEffect } from 'react';
import { ViewerDocument } from '../../client/gql/graphql.js';
import { send } from '../api/send.js';
import { PATIENCE, useSilence } from '../api/silence.js';
import { useLoaded } from '../api/use-loaded.js';
import { useOnline } from '../api/use-online.js';
import { whenSeen } from '../api/when-seen.js';
import { LoadFailure } from '../ui/LoadFailure.js';
import { Notice } from '../ui/Notice.js';
import { beginSignIn } from './begin-sign-in.js';
import { session, useSession, type Viewer } from './session.js';

/** Shows its content to a signed-in user. Shows everybody else how to sign in. */
export function SignedIn({ children }: { children: (viewer: Viewer) => ReactNode }) {
  const { viewer, ended } = useSession();
  const loaded = useLoaded(beginSession);
  const { reload, refresh } = loaded;
  const [silence, isOnline] = [useSilence(), useOnline()];

  // The user may have signed in again in another tab.
  useEffect(() => (ended ? whenSeen(reload) : undefined), [ended, reload]);

  useEffect(() => {
    if (silence === 'none') return;
    const timer = setInterval(refresh, PATIENCE);
    return () => clearInterval(timer);
  }, [silence, refresh]);

  if (viewer)
    return (
      <>
        {ended && <Ended />}
        {silence === 'long' && isOnline && <Notice kind="warning">The server does not answer. Trying again.</Notice>}
        {children(viewer)}
      </>
    );
  if (ended) return <Welcome />;
  return (
    <main className="centred">
      <LoadFailure of={loaded} />
    </main>
  );
}

async function beginSession(signal: AbortSignal): Promise<Viewer> {
  const { viewer } = await send(ViewerDocument, {}, { signal });
  session.begin(viewer);
  return viewer;
}

/** The sign-in address that leads back to this page. */
function signInAddress(): string {
  return beginSignIn(location.pathname + location.search);
}

function Ended() {
  return (
    <Notice kind="warning">
      <strong>Your session has ended.</strong> You can read this page, but not make changes.{' '}
      <a href={signInAddress()}>Sign in again</a>
    </Notice>
  );
}

function Welcome() {
  return (
    <main className="centred">
      <h1>Keyledger</h1>
      <p>API keys as a ledger of events: two at most, the secret shown once, deleted for good.</p>
      <a className="button primary" href={signInAddress()}>
        Sign in
      </a>
    </main>
  );
}
