import { useEffect } from 'react';
import { PAGE } from '../shared/paths.js';
import { firstPathFor, pageAt } from './pages.js';
import { SignedIn } from './session/SignedIn.js';
import { SignInPage } from './session/SignInPage.js';
import type { Viewer } from './session/session.js';
import { MissingPage } from './ui/MissingPage.js';
import { Shell } from './ui/Shell.js';

/** The titles of the addresses that are no page of the menu. */
const TITLES = new Map<string, string>([
  [PAGE.start, 'Start'],
  [PAGE.signIn, 'Sign in'],
]);

/** The page of the current address. Each page is a new document, so none keeps what another has shown. */
export function App() {
  const path = location.pathname;
  const page = pageAt(path);
  const title = page?.title ?? TITLES.get(path) ?? 'No such page';
  useEffect(() => {
    document.title = `${title} · Keyledger`;
  }, [title]);
  if (path === PAGE.signIn) return <SignInPage />;
  if (path === PAGE.start) return <SignedIn>{(viewer) => <Start viewer={viewer} />}</SignedIn>;
  if (!page) return <MissingPage />;
  return <SignedIn>{(viewer) => <Shell viewer={viewer} page={page} />}</SignedIn>;
}

/** Leads to the first page of the viewer's role. Back does not return here. */
function Start({ viewer }: { viewer: Viewer }) {
  useEffect(() => location.replace(firstPathFor(viewer)), [viewer]);
  return null;
}
