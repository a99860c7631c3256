import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { IdentityProviderUnavailable, Unauthenticated } from '../auth/errors.js';
import type { TokenAuthenticator } from '../auth/token-authenticator.js';
import type { Viewer } from '../auth/viewer.js';
import { send, toRequest } from './light-fetch.js';

/** What answers GraphQL requests of an authenticated viewer. */
export type GraphQLHandler = (
  request: Request,
  context: { viewer: Viewer; correlationId: string; log: FastifyRequest['log'] },
) => Response | Promise<Response>;

export interface GraphQLRouteOptions {
  handler: GraphQLHandler;
  authenticator: TokenAuthenticator;
  production: boolean;
}

const NOBODY: Viewer = { subject: 'nobody', account: undefined, roles: new Set(), expiresAt: 0 };

/** `/graphql`: finds out who asks, then lets GraphQL answer. Nothing here may be kept by a cache. */
export function graphqlRoute({ handler, authenticator, production }: GraphQLRouteOptions) {
  return async (server: FastifyInstance): Promise<void> => {
    server.removeAllContentTypeParsers();
    server.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body));
    server.route({
      method: ['GET', 'POST'],
      url: '/graphql',
      handler: async (request, reply) => {
        reply.header('cache-control', 'no-store');
        const viewer =
          !production && asksForPage(request) ? NOBODY : await authenticator.authenticate(request.headers.authorization);
        return send(await handler(toRequest(request), { viewer, correlationId: request.id, log: request.log }), reply);
      },
      errorHandler: (error, request, reply) => {
        if (error instanceof Unauthenticated) return challenge(error, request, reply);
        if (!(error instanceof IdentityProviderUnavailable)) throw error;
        request.log.warn({ err: error }, 'a token could not be checked');
        return reply.code(503).header('retry-after', '5').send(body(error));
      },
    });
  };
}

/** GraphiQL needs no token to be shown, only to ask; the same condition as yoga's, which then answers with the page alone. */
function asksForPage({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && headers.accept?.includes('text/html') === true;
}

/** RFC 6750, section 3: no error code where there was no token. */
function challenge(error: Unauthenticated, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const reason = request.headers.authorization === undefined ? '' : ', error="invalid_token"';
  return reply.code(401).header('www-authenticate', `Bearer realm="keyledger"${reason}`).send(body(error));
}

function body({ message, code }: Unauthenticated | IdentityProviderUnavailable) {
  return { errors: [{ message, extensions: { code } }] };
}
