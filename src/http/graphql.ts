import type { FastifyRequest } from 'fastify';
import { Unauthenticated } from '../auth/errors.js';
import type { TokenAuthenticator } from '../auth/token-authenticator.js';
import type { Viewer } from '../auth/viewer.js';
import { docsOf, type ErrorCode, meaningOf } from '../shared/error-codes.js';
import { PATH } from '../shared/paths.js';
import { allowOrigins } from './browsers/allow-origins.js';
import type { SessionCookie } from './browsers/session-cookie.js';
import { failureOf } from './failure.js';
import { type FetchRequest, send, toFetch } from './fetch-api.js';
import { answerableTypes } from './media-types.js';
import { namedRoutes } from './named-routes.js';
import { onlyMethods } from './only-methods.js';
import { onlyPlainBodies } from './only-plain-bodies.js';
import { OpenStreams } from './open-streams.js';
import type { SecurityLog } from './security-log.js';

/** Answers GraphQL requests of an authenticated viewer. */
type GraphQLHandler = (
  request: FetchRequest,
  context: { viewer: Viewer; correlationId: string; since: number; log: FastifyRequest['log'] },
) => Response | Promise<Response>;

export interface GraphQLRouteOptions {
  handler: GraphQLHandler;
  authenticator: TokenAuthenticator;
  session: SessionCookie;
  securityLog: SecurityLog;
  /** The origins of other servers whose pages may ask. */
  allowedOrigins: readonly string[];
  /** Throws `NotCaughtUp` until the keys projection holds all that the log holds, since an earlier answer could be outdated. */
  requireReady: () => unknown;
  /** Called for each request that is refused before it reaches GraphQL. */
  onRefused: (code: ErrorCode) => void;
}

/** `/graphql`: authenticates the caller, then passes the request to GraphQL. Its own refusals have the form of GraphQL errors. */
export function graphqlRoute({
  handler,
  authenticator,
  session,
  securityLog,
  allowedOrigins,
  requireReady,
  onRefused,
}: GraphQLRouteOptions) {
  return namedRoutes('graphql', async (server) => {
    const streams = new OpenStreams();
    server.addHook('preClose', async () => streams.end());
    await allowOrigins(server, PATH.graphql, allowedOrigins);
    onlyPlainBodies(server);
    server.removeAllContentTypeParsers();
    server.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body));
    server.setErrorHandler((error: Error, request, reply) => {
      const { code, message } = failureOf(error, request.log);
      const { status, title, remedy, retryAfter } = meaningOf(code);
      onRefused(code);
      if (status === 401) {
        const authorization = session.authorizationOf(request);
        reply.header('www-authenticate', challenge(authorization));
        const reason = error instanceof Unauthenticated ? error.reason : error.message;
        if (authorization !== undefined) securityLog.record(request, 'a token was refused', { reason });
      }
      if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
      const extensions = { code, docs: docsOf(code) };
      return reply.code(status).send({ errors: [{ message: message ?? `${title}. ${remedy}`, extensions }] });
    });
    onlyMethods(server, PATH.graphql, 'GET', 'POST');
    server.route({
      method: ['GET', 'POST'],
      url: PATH.graphql,
      exposeHeadRoute: false,
      handler: async (request, reply) => {
        const since = performance.now();
        const viewer = await authenticator.authenticate(session.authorizationOf(request));
        requireReady();
        const accept = answerableTypes(request.headers.accept);
        const context = { viewer, correlationId: request.id, since, log: request.log };
        return send(await handler(toFetch(request, accept), context), reply, streams);
      },
    });
  });
}

/** RFC 6750, section 3: no error code if there was no token. */
function challenge(authorization: string | undefined): string {
  return authorization === undefined ? 'Bearer realm="keyledger"' : 'Bearer realm="keyledger", error="invalid_token"';
}
