import { PATH } from '../../shared/paths.js';
import { namedRoutes } from '../named-routes.js';

/** Like that of the dashboard's pages, except that GraphiQL's editor sets its own styles and renders its hints from Markdown. */
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
 * `/graphiql`: a page for trying the API, for development. It loads nothing from other hosts.
 * @param directory where the pages were built
 */
export function graphiqlRoute(directory: string) {
  return namedRoutes('graphiql', async (server) => {
    server.get(PATH.graphiql, (_, reply) =>
      reply.headers(HEADERS).sendFile('graphiql.html', directory, { cacheControl: false, etag: false, lastModified: false }),
    );
  });
}
