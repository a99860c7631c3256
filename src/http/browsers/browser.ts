import { namedRoutes } from '../named-routes.js';
import { type DashboardRoutesOptions, dashboardRoutes } from './dashboard.js';
import { type SessionRoutesOptions, sessionRoutes } from './session.js';
import { type SignInRoutesOptions, signInRoutes } from './sign-in.js';

export type BrowserRoutesOptions = Pick<DashboardRoutesOptions, 'directory' | 'graphiql'> &
  SessionRoutesOptions &
  SignInRoutesOptions;

/** The routes for people with a browser: the pages, sign-in and sign-out. */
export function browserRoutes({ directory, graphiql, session, redeem, authenticator, flow }: BrowserRoutesOptions) {
  return namedRoutes('browser', async (server) => {
    server.register(dashboardRoutes({ directory, graphiql, publicUrl: session.publicUrl }));
    server.register(sessionRoutes({ session, redeem }));
    server.register(signInRoutes({ session, authenticator, flow }));
  });
}
