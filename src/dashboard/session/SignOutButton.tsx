import { useState } from 'react';
import { PATH } from '../../shared/paths.js';

/** Ends the session here, then at the identity provider. The server deletes the cookies, which scripts cannot read. */
export function SignOutButton() {
  const [failed, setFailed] = useState(false);
  const signOut = async () => {
    try {
      const { ok } = await fetch(PATH.signOut, { method: 'POST' });
      if (ok) location.assign(PATH.signedOut);
      else setFailed(true);
    } catch {
      setFailed(true);
    }
  };
  return (
    <button type="button" className="quiet" onClick={signOut}>
      {failed ? 'Not signed out: try again' : 'Sign out'}
    </button>
  );
}
