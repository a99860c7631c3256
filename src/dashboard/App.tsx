import { useEffect } from 'react';
import { pageAt } from './pages.js';
import { SignedIn } from './session/SignedIn.js';
import { SignInPage } from './session/SignInPage.js';
import { Shell } from './ui/Shell.js';

/** The page of the current address. Each page is a new document, so none keeps what another has shown. */
export function App() {
  const page = pageAt(location.pathname);
  useEffect(() => {
    document.title = `${page?.title ?? 'Sign in'} · Keyledger`;
  }, [page]);
  if (!page) return <SignInPage />;
  return <SignedIn>{(viewer) => <Shell viewer={viewer} page={page} />}</SignedIn>;
}
