import { useEffect, useState } from 'react';
import { ViewerDocument } from '../../client/gql/graphql.js';
import { PAGE, PATH } from '../../shared/paths.js';
import { send } from '../api/send.js';
import { firstPathFor } from '../pages.js';
import { Notice } from '../ui/Notice.js';
import { beginSignIn } from './begin-sign-in.js';
import { redeem, takeTicket } from './redeem.js';

/** Why sign-in at the identity provider failed, by the server's code. */
const REASONS = new Map([
  ['denied', 'The identity provider did not let you in.'],
  ['expired', 'The sign-in took too long, or was started in another window. Sign in again.'],
  ['provider', 'The identity provider cannot be reached, or did not answer as it should. Try again later.'],
  ['not-permitted', 'You are signed in at the identity provider, but you do not have access to Keyledger.'],
  [
    'still-signed-in',
    'You are signed out of Keyledger, but the identity provider could not be told. You may still be signed in there.',
  ],
  [
    'too-large',
    'The token that the identity provider has issued is too large for a cookie. Contact your Keyledger administrator.',
  ],
]);

/**
 * `/sign-in`: redeems a one-time link, or explains why nobody is signed in and what to do. The server redirects here with `returnTo` if
 * people sign in with links, and with `error` if sign-in at an identity provider has failed; `returnTo` is then for another attempt.
 */
export function SignInPage() {
  const [ticket] = useState(takeTicket);
  const [fault, setFault] = useState<string>();
  const parameters = new URLSearchParams(location.search);
  const code = parameters.get('error');

  useEffect(() => {
    if (ticket) void enter(ticket).then(setFault);
  }, [ticket]);

  useEffect(() => {
    // If the user opens another link here, only the fragment changes, and the browser does not reload the page.
    const again = () => location.reload();
    addEventListener('hashchange', again);
    return () => removeEventListener('hashchange', again);
  }, []);

  const message = fault ?? (code === null ? undefined : (REASONS.get(code) ?? 'Signing in failed.'));
  const returnTo = parameters.get('returnTo');
  const byLink = (returnTo !== null && code === null) || fault !== undefined;
  return (
    <main className="centred">
      <h1>Keyledger</h1>
      {message && <Notice kind="danger">{message}</Notice>}
      {ticket && !fault && <p role="status">Signing you in…</p>}
      {!byLink && !ticket && (
        <a className="button primary" href={beginSignIn(returnTo ?? undefined)}>
          Sign in
        </a>
      )}
      {byLink && (
        <p>
          This Keyledger signs people in by a link that works once. The server printed one when it started; for another, run{' '}
          <code translate="no">npx --no keyledger sign-in-link --role owner --account demo</code> where it runs, with its
          settings.
        </p>
      )}
      <a href={PATH.docs}>Documentation</a>
    </main>
  );
}

let entering: Promise<string | undefined> | undefined;

/** Redeems the ticket once, however often the page is rendered. */
function enter(ticket: string): Promise<string | undefined> {
  entering ??= redeem(ticket).then(async (fault) => {
    if (fault === undefined) location.replace(await firstPage().catch(() => PAGE.start));
    return fault;
  });
  return entering;
}

async function firstPage(): Promise<string> {
  const { viewer } = await send(ViewerDocument, {});
  return firstPathFor(viewer);
}
