import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { CodeFlow } from '../auth/code-flow.js';
import { ProviderSignIn } from '../auth/provider-sign-in.js';
import { NoPseudonymKey } from '../auth/pseudonym-key.js';
import { RenewalSeal } from '../auth/renewal-seal.js';
import { SharedRenewals } from '../auth/shared-renewals.js';
import { ticketExchange } from '../auth/ticket-exchange.js';
import { TokenAuthenticator } from '../auth/token-authenticator.js';
import type { Services } from '../graphql/api/context.js';
import { createGraphQLEndpoint } from '../graphql/api/endpoint.js';
import { OpenFeeds } from '../graphql/audit/open-feeds.js';
import { browserRoutes } from '../http/browsers/browser.js';
import { SessionCookie } from '../http/browsers/session-cookie.js';
import { graphqlRoute } from '../http/graphql.js';
import type { SecurityLog } from '../http/security-log.js';
import type { TokenSource } from './authority.js';
import type { Availability } from './availability.js';
import type { Basis } from './basis.js';
import { perMinute } from './per-minute.js';
import type { ReadSide } from './read-side.js';
import type { WriteSide } from './write-side.js';

export interface PeopleOptions {
  basis: Basis;
  tokens: TokenSource;
  read: ReadSide;
  write: WriteSide;
  availability: Pick<Availability, 'requireReady'>;
  securityLog: SecurityLog;
  /** A schema to use instead of the public one. */
  schema: GraphQLSchema | undefined;
  /** The directory of the dashboard's pages, if not the built one. */
  dashboard: string | undefined;
}

/** Registers the GraphQL API and the pages that use it. */
export function servePeople(server: FastifyInstance, options: PeopleOptions): void {
  const { basis, tokens, schema, dashboard, securityLog } = options;
  const { config, log, clock, metrics } = basis;
  const { claims, production, publicUrl, allowedOrigins, graphiql, dataDirectory } = config;
  const onError = metrics.recordGraphQLError;
  const services = servicesOf(options);
  const handler = createGraphQLEndpoint({
    services,
    production,
    log,
    keyEvents: () => options.read.analytics?.events() ?? 0,
    onError,
    ...(schema && { schema }),
  });
  const authenticator = new TokenAuthenticator(tokens.authority, claims, clock);
  const session = new SessionCookie({ authenticator, clock, publicUrl });
  const { requireReady } = options.availability;
  const asked = { authenticator, session, securityLog };
  server.register(graphqlRoute({ ...asked, handler, allowedOrigins, requireReady, onRefused: onError }));
  const redeem = tokens.issuer && ticketExchange({ dataDirectory, issuer: tokens.issuer, claims, clock });
  const provider = signInOf(options, authenticator);
  server.register(browserRoutes({ ...asked, directory: dashboard, graphiql, redeem, provider, clock }));
}

/** Undefined if people sign in with a link. */
function signInOf({ basis, tokens }: PeopleOptions, authenticator: TokenAuthenticator): ProviderSignIn | undefined {
  const { config, clock, log } = basis;
  const { sessionKey } = tokens;
  if (!config.codeFlow) return undefined;
  return new ProviderSignIn({
    flow: new CodeFlow(config.codeFlow),
    authenticator,
    seal: sessionKey && new RenewalSeal(sessionKey, clock),
    renewals: new SharedRenewals(config.dataDirectory),
    clock,
    onNotRevoked: ({ message }) =>
      log.warn({ reason: message }, 'a refresh token was not revoked; the sign-out at the provider may still end it'),
  });
}

/** What resolvers use: mutations go to the write side, everything else to the read side. */
function servicesOf({ basis, read, write }: PeopleOptions): Services {
  const { config, clock, deadline } = basis;
  const { projections, runners, analytics, versions, feed, checkpoints } = read;
  return {
    commands: write.commands,
    operators: write.operators,
    keys: projections.keys,
    accounts: read.accounts,
    versions,
    history: runners.history,
    tree: runners.tree,
    usage: runners.usage,
    recordedReads: runners.reads,
    feed,
    feeds: new OpenFeeds(),
    analytics: () => {
      if (!analytics) throw new NoPseudonymKey();
      return analytics.filled();
    },
    reads: write.reads,
    checkpoints,
    clock,
    mutations: perMinute(config.mutationsPerMinute),
    deadline,
  };
}
