import type { ProviderSignIn } from '../../auth/provider-sign-in.js';
import type { TokenAuthenticator } from '../../auth/token-authenticator.js';
import type { Clock } from '../../shared/clock.js';
import { namedRoutes } from '../named-routes.js';
import type { SecurityLog } from '../security-log.js';
import { type DashboardRoutesOptions, dashboardRoutes } from './dashboard.js';
import { renewalRoutes } from './renewal.js';
import { RenewalCookie } from './renewal-cookie.js';
import { type SessionRoutesOptions, sessionRoutes } from './session.js';
import { signInRoutes } from './sign-in.js';

export type BrowserRoutesOptions = Pick<DashboardRoutesOptions, 'directory' | 'graphiql'> &
  Pick<SessionRoutesOptions, 'session' | 'redeem'> & {
    authenticator: TokenAuthenticator;
    securityLog: SecurityLog;
    /** If undefined, people sign in with a link. */
    provider: ProviderSignIn | undefined;
    clock: Clock;
  };

/** The routes for people with a browser: the pages, sign-in and sign-out. */
export function browserRoutes(options: BrowserRoutesOptions) {
  const { directory, graphiql, session, redeem, authenticator, securityLog, provider, clock } = options;
  const { publicUrl } = session;
  const renewal = new RenewalCookie({ publicUrl, clock });
  return namedRoutes('browser', async (server) => {
    server.register(dashboardRoutes({ directory, graphiql, publicUrl }));
    server.register(sessionRoutes({ session, renewal: provider && renewal, redeem, securityLog }));
    server.register(renewalRoutes({ session, renewal, authenticator, securityLog, provider }));
    server.register(signInRoutes({ session, renewal, securityLog, provider }));
  });
}
