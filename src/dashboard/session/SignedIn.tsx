import { type ReactNode, useEffect } from 'react';
import { ViewerDocument } from '../../client/gql/graphql.js';
import { send } from '../api/send.js';
import { PATIENCE, useSilence } from '../api/silence.js';
import { useLoaded } from '../api/use-loaded.js';
import { whenSeen } from '../api/when-seen.js';
import { LoadFailure } from '../ui/LoadFailure.js';
import { signInAddress } from './begin-sign-in.js';
import { SessionNotices } from './SessionNotices.js';
import { session, useSession, type Viewer } from './session.js';

/** Shows its content to a signed-in user. Shows everybody else how to sign in. */
export function SignedIn({ children }: { children: (viewer: Viewer) => ReactNode }) {
  const { viewer, ended } = useSession();
  const loaded = useLoaded(beginSession);
  const { reload, refresh } = loaded;
  const silence = useSilence();

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
        <SessionNotices />
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
