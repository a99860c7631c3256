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

/** Matches every address at which there is nothing. It is answered with a page that says so, and does not count as a route in metrics. */
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
