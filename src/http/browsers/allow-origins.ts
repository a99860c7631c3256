import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** Without `credentials`, so that a browser does not let a page read the answer to a request with a cookie. */
const OPTIONS: FastifyCorsOptions = {
  methods: ['GET', 'POST'],
  allowedHeaders: ['authorization', 'content-type', 'x-graphql-yoga-csrf', 'traceparent'],
  exposedHeaders: ['retry-after', 'www-authenticate', 'x-request-id'],
  maxAge: 600,
};

/**
 * Lets pages of these origins read the answers of that address, but of no other address of the server. They send a bearer token, since the
 * cookie counts only for our own pages.
 * @param origins as browsers write them; with none, nothing changes
 */
export async function allowOrigins(server: FastifyInstance, url: string, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await server.register(cors, {
    delegator: ({ headers, routeOptions }, done) => {
      const isAllowed = routeOptions.url === url && origins.includes(headers.origin ?? '');
      done(null, { ...OPTIONS, origin: isAllowed });
    },
  });
}
