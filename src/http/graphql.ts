import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { IdentityProviderUnavailable, Unauthenticated } from '../auth/errors.js';
import type { TokenAuthenticator } from '../auth/token-authenticator.js';
import type { Viewer } from '../auth/viewer.js';
import { NotCaughtUp } from '../projections/runner.js';
import { send, toRequest } from './light-fetch.js';
import { OpenStreams } from './open-streams.js';
import type { SessionCookie } from './session-cookie.js';

/** What answers GraphQL requests of an authenticated viewer. */
export type GraphQLHandler = (
  request: Request,
  context: { viewer: Viewer; correlationId: string; since: number; log: FastifyRequest['log'] },
) => Response | Promise<Response>;

export interface GraphQLRouteOptions {
  handler: GraphQLHandler;
  authenticator: TokenAuthenticator;
  session: SessionCookie;
  /** It throws `NotCaughtUp` until the keys projection holds all that the log holds: before that, an answer could be outdated. */
  requireReady: () => unknown;
}

/** `/graphql`: finds out who asks, then lets GraphQL answer. */
export function graphqlRoute({ handler, authenticator, session, requireReady }: GraphQLRouteOptions) {
  return async (server: FastifyInstance): Promise<void> => {
    const streams = new OpenStreams();
    server.addHook('preClose', async () => streams.end());
    server.removeAllContentTypeParsers();
    server.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body));
    server.route({
      method: ['GET', 'POST'],
      url: '/graphql',
      handler: async (request, reply) => {
        const since = performance.now();
        const viewer = await authenticator.authenticate(session.authorizationOf(request));
        requireReady();
        const context = { viewer, correlationId: request.id, since, log: request.log };
        return send(await handler(toRequest(request), context), reply, streams);
      },
      errorHandler: (error, request, reply) => {
        if (error instanceof Unauthenticated) return challenge(error, session.authorizationOf(request), reply);
        if (!(error instanceof IdentityProviderUnavailable || error instanceof NotCaughtUp)) throw error;
        request.log.warn({ err: error }, 'refused for now');
        return reply.code(503).header('retry-after', '2').send(body(error));
      },
    });
  };
}

/** RFC 6750, section 3: no error code where there was no token. */
function challenge(error: Unauthenticated, authorization: string | undefined, reply: FastifyReply): FastifyReply {
  const reason = authorization === undefined ? '' : ', error="invalid_token"';
  return reply.code(401).header('www-authenticate', `Bearer realm="keyledger"${reason}`).send(body(error));
}

function body({ message, code }: Error & { code: string }) {
  return { errors: [{ message, extensions: { code } }] };
}
