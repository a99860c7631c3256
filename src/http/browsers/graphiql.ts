import type { FastifyInstance } from 'fastify';

/** As on the dashboard's pages, but that GraphiQL's editor sets styles of its own, and makes its hints of Markdown. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = { 'content-security-policy': CONTENT_SECURITY_POLICY, 'referrer-policy': 'no-referrer' };

/**
 * `/graphiql`: a page to try the API on, for development. It loads nothing from elsewhere.
 * @param directory where the pages were built
 */
export function graphiqlRoute(directory: string) {
  return async (server: FastifyInstance): Promise<void> => {
    server.get('/graphiql', (_, reply) =>
      reply.headers(HEADERS).sendFile('graphiql.html', directory, { cacheControl: false, etag: false, lastModified: false }),
    );
  };
}
