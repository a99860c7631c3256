import { useEffect, useState } from 'react';
import { send } from '../api/send.js';
import { ViewerDocument } from '../gql/graphql.js';
import { pagesFor } from '../pages.js';
import { Notice } from '../ui/Notice.js';
import { redeem, takeTicket } from './redeem.js';

/** Why the identity provider's sign-in did not succeed, by the code that the server sends along. */
const REASONS = new Map([
  ['denied', 'The identity provider did not let you in.'],
  ['expired', 'The sign-in took too long, or was begun in another window. Begin again.'],
  ['provider', 'The identity provider cannot be reached, or did not answer as it should. Try again later.'],
  ['not-permitted', 'You are known to the identity provider, but your token does not say that you may use Keyledger.'],
  ['too-large', 'The token that the identity provider has issued is too large for a cookie. Tell those who run Keyledger.'],
]);

/**
 * `/sign-in`: takes a one-time link, or says why nobody is signed in and what to do. The server leads here with `returnTo` where
 * people sign in by a link, and with `error` where an identity provider has not signed them in.
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
    // Another link, opened where this page is: a browser does not load it anew for what follows the #.
    const again = () => location.reload();
    addEventListener('hashchange', again);
    return () => removeEventListener('hashchange', again);
  }, []);

  const message = fault ?? (code === null ? undefined : (REASONS.get(code) ?? 'Signing in failed.'));
  const byLink = parameters.has('returnTo') || fault !== undefined;
  return (
    <main className="centred">
      <h1>Keyledger</h1>
      {message && <Notice kind="danger">{message}</Notice>}
      {ticket && !fault && <p role="status">Signing you in…</p>}
      {!byLink && !ticket && (
        <a className="button primary" href="/auth/sign-in">
          Sign in
        </a>
      )}
      {byLink && (
        <p>
          This Keyledger signs people in by a link that works once. The server printed one when it started; for another, run{' '}
          <code>npx --no keyledger sign-in-link --role owner --account demo</code> where it runs.
        </p>
      )}
      <a href="/docs">Documentation</a>
    </main>
  );
}

let entering: Promise<string | undefined> | undefined;

/** Once, however often the page is rendered: the ticket is good for one time. */
function enter(ticket: string): Promise<string | undefined> {
  entering ??= redeem(ticket).then(async (fault) => {
    if (fault === undefined) location.replace(await firstPage().catch(() => '/'));
    return fault;
  });
  return entering;
}

async function firstPage(): Promise<string> {
  const { viewer } = await send(ViewerDocument, {});
  return pagesFor(viewer)[0]?.path ?? '/settings/api-keys';
}
