/** The pages of the dashboard. The program in the browser chooses the page by the path. */
export const PAGE = {
  /** Leads to the first page that the viewer may see. */
  start: '/',
  keys: '/settings/api-keys',
  key: '/settings/api-key',
  history: '/history',
  reads: '/reads',
  verify: '/verify',
  accounts: '/accounts',
  analytics: '/analytics',
  signIn: '/sign-in',
} as const;

/** Every address that nothing is at. It is answered with a page that says so, and is no route to those who count requests. */
export const NOWHERE = '/*';

/** The other addresses of the server that browsers use. */
export const PATH = {
  graphql: '/graphql',
  beginSignIn: '/auth/sign-in',
  completeSignIn: '/auth/callback',
  session: '/auth/session',
  renew: '/auth/renew',
  signOut: '/auth/sign-out',
  signedOut: '/auth/signed-out',
  docs: '/docs',
  graphiql: '/graphiql',
} as const;
