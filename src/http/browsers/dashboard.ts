import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic, { type FastifyStaticOptions } from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PACKAGE } from '../../shared/build-info.js';
import { NOWHERE, PAGE } from '../../shared/paths.js';
import { namedRoutes } from '../named-routes.js';
import { documentationRoutes } from './documentation.js';
import { graphiqlRoute } from './graphiql.js';

/** The output of `vite build src/dashboard`. */
const BUILT = join(PACKAGE, 'dist/dashboard');

/**
 * A page may load from this server and send to it, and to no other. It may not evaluate text as code, and nobody may show it in a frame.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** A path with a slash at its end, which is not part of the first group, and a query. */
const SLASHED = /^([^?]*)\/(\?.*)?$/;

const isPage = (path: string) => Object.values(PAGE).some((page) => page === path);

/** A year, the minimum that browsers expect (RFC 6797). */
const HTTPS_ALONE = { 'strict-transport-security': 'max-age=31536000' };

/** The name of an asset changes with its content, so it may be cached forever. A compressed `.br` or `.gz` may lie beside it. */
const ASSETS: Omit<FastifyStaticOptions, 'root'> = {
  prefix: '/assets/',
  index: false,
  dotfiles: 'ignore',
  maxAge: '365d',
  immutable: true,
  preCompressed: true,
  setHeaders: (reply) => void reply.setHeader('vary', 'accept-encoding'),
};

export interface DashboardRoutesOptions {
  /** True if there is a page for trying the API. */
  graphiql: boolean;
  /** The directory of `index.html` and `assets`, if not the built one. Nothing outside it is served. */
  directory?: string | undefined;
  publicUrl: URL | undefined;
}

/** The pages of the dashboard and their assets. A server that was built without them serves everything else. */
export function dashboardRoutes({ directory = BUILT, graphiql, publicUrl }: DashboardRoutesOptions) {
  const headers = { ...HEADERS, ...(publicUrl?.protocol === 'https:' && HTTPS_ALONE) };
  const send = (reply: FastifyReply, file: string) =>
    reply.headers(headers).sendFile(file, directory, { cacheControl: false, etag: false, lastModified: false });
  const page = (_: FastifyRequest, reply: FastifyReply) => send(reply, 'index.html');
  /** Answers people with a page, and programs as the server does without a dashboard. */
  const missing = (request: FastifyRequest, reply: FastifyReply) => {
    const [, path = '', query = ''] = SLASHED.exec(request.url) ?? [];
    if (isPage(path)) return reply.redirect(path + query, 308);
    return request.headers.accept?.includes('text/html') ? send(reply.code(404), 'index.html') : reply.callNotFound();
  };
  return namedRoutes('dashboard', async (server) => {
    if (!existsSync(join(directory, 'index.html'))) {
      server.log.info({ directory }, 'the dashboard is missing, so its pages are not served: run `npm run build`');
      return;
    }
    // Any fault in a path is answered as not found.
    server.setErrorHandler((error: Error & { statusCode?: number }, _, reply) => {
      if ((error.statusCode ?? 500) >= 500) throw error;
      reply.callNotFound();
    });
    await server.register(fastifyStatic, { ...ASSETS, root: join(directory, 'assets') });
    for (const path of Object.values(PAGE)) server.get(path, page);
    server.register(documentationRoutes(join(directory, 'docs'), (reply, file) => send(reply, join('docs', file)), missing));
    if (graphiql) server.register(graphiqlRoute(directory));
    server.get(NOWHERE, missing);
  });
}
