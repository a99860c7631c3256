import { useEffect } from 'react';
import { PAGE } from '../shared/paths.js';
import { pageAt } from './pages.js';
import { SignedIn } from './session/SignedIn.js';
import { SignInPage } from './session/SignInPage.js';
import { MissingPage } from './ui/MissingPage.js';
import { Shell } from './ui/Shell.js';

/** The page of the current address. Each page is a new document, so none keeps what another has shown. */
export function App() {
  const page = pageAt(location.pathname);
  const isSignIn = location.pathname === PAGE.signIn;
  useEffect(() => {
    document.title = `${page?.title ?? (isSignIn ? 'Sign in' : 'No such page')} · Keyledger`;
  }, [page, isSignIn]);
  if (!page) return isSignIn ? <SignInPage /> : <MissingPage />;
  return <SignedIn>{(viewer) => <Shell viewer={viewer} page={page} />}</SignedIn>;
}
