import { type ComponentType, lazy } from 'react';
import type { Role } from '../client/gql/graphql.js';
import { PAGE } from '../shared/paths.js';
import type { Viewer } from './session/session.js';

/** A page of the dashboard, and who may see it. */
export interface Page {
  path: string;
  title: string;
  roles: readonly Role[];
  /** False for a page that another one leads to. */
  isInMenu?: false;
  /** Loaded only when it is shown. */
  Content: ComponentType<{ viewer: Viewer }>;
}

const PAGES: readonly Page[] = [
  { path: PAGE.keys, title: 'API keys', roles: ['OWNER'], Content: lazy(() => import('./keys/KeysPage.js')) },
  {
    path: PAGE.key,
    title: 'API key',
    roles: ['OWNER'],
    isInMenu: false,
    Content: lazy(() => import('./keys/KeyPage.js')),
  },
  { path: PAGE.history, title: 'History', roles: ['OWNER', 'AUDITOR'], Content: lazy(() => import('./audit/HistoryPage.js')) },
  { path: PAGE.reads, title: 'Access records', roles: ['AUDITOR'], Content: lazy(() => import('./audit/ReadsPage.js')) },
  {
    path: PAGE.verify,
    title: 'Verify an export',
    roles: ['OWNER', 'AUDITOR'],
    Content: lazy(() => import('./verify/VerifyPage.js')),
  },
  { path: PAGE.accounts, title: 'Accounts', roles: ['OPERATOR'], Content: lazy(() => import('./operators/AccountsPage.js')) },
  { path: PAGE.analytics, title: 'Analytics', roles: ['ANALYST'], Content: lazy(() => import('./analytics/AnalyticsPage.js')) },
];

/** Undefined if there is no page at that path. */
export function pageAt(path: string): Page | undefined {
  return PAGES.find((page) => page.path === path);
}

/** The path at which the viewer begins. */
export function firstPathFor(viewer: Viewer): string {
  return pagesFor(viewer)[0]?.path ?? PAGE.keys;
}

/** The pages for the viewer's roles, in the order of the menu. */
export function pagesFor({ roles }: Viewer): Page[] {
  return PAGES.filter((page) => page.roles.some((role) => roles.includes(role)));
}
