import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** Without `credentials`: a browser then shows no page an answer to a request that it sent with a cookie. */
const OPTIONS: FastifyCorsOptions = {
  methods: ['GET', 'POST'],
  allowedHeaders: ['authorization', 'content-type', 'x-graphql-yoga-csrf', 'traceparent'],
  exposedHeaders: ['retry-after', 'www-authenticate', 'x-request-id'],
  maxAge: 600,
};

/**
 * Lets pages of these origins read the answers at that address, and of the other addresses of the server none. They send a bearer token:
 * the cookie counts for our own pages alone.
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
