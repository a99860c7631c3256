import { Suspense } from 'react';
import { PAGE, PATH } from '../../shared/paths.js';
import { type Page, pagesFor } from '../pages.js';
import { SignOutButton } from '../session/SignOutButton.js';
import type { Viewer } from '../session/session.js';
import { KeyIcon } from './icons.js';
import { Notice } from './Notice.js';
import { Safeguard } from './Safeguard.js';

export interface ShellProps {
  viewer: Viewer;
  page: Page;
}

/** The frame of every page: menu, signed-in user and sign-out. */
export function Shell({ viewer, page }: ShellProps) {
  const pages = pagesFor(viewer);
  const { Content } = page;
  return (
    <>
      <header className="bar">
        <a className="brand" href={PAGE.start}>
          <KeyIcon />
          Keyledger
        </a>
        <nav aria-label="Pages">
          {pages
            .filter(({ isInMenu = true }) => isInMenu)
            .map(({ path, title }) => (
              <a key={path} href={path} aria-current={path === page.path ? 'page' : undefined}>
                {title}
              </a>
            ))}
          <a href={PATH.docs}>Documentation</a>
        </nav>
        <div className="signed-in">
          <span className="who">
            {viewer.subject}
            {viewer.accountId && <span className="detail">{viewer.accountId}</span>}
          </span>
          <SignOutButton />
        </div>
      </header>
      <main>
        {pages.includes(page) ? (
          <Safeguard>
            <Suspense>
              <Content viewer={viewer} />
            </Suspense>
          </Safeguard>
        ) : (
          <Notice kind="info">
            You do not have access to this page. Choose another page from the menu, or sign in with another account.
          </Notice>
        )}
      </main>
    </>
  );
}
