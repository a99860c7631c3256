import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic, { type FastifyStaticOptions } from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { documentationRoutes } from './documentation.js';
import { graphiqlRoute } from './graphiql.js';

/** The pages; the program in the browser finds out which one it is by the address. */
export const PAGES = { keys: '/settings/api-keys', others: ['/history', '/analytics', '/sign-in'] } as const;

/** What `vite build` makes, beside the compiled server. */
const BUILT = join(import.meta.dirname, '../../dashboard');

/**
 * A page may load what this server hands out, and send to it, and nothing else; it makes no program of a text, and nobody may
 * show it in a frame.
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

/** For a year, as browsers ask for it to take the promise seriously (RFC 6797). */
const HTTPS_ALONE = { 'strict-transport-security': 'max-age=31536000' };

/** The names of assets change with what is in them, so that they may be kept; beside each may lie a `.br` or `.gz` of it. */
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
  /** Whether there is a page to try the API on. */
  graphiql: boolean;
  /** Where `index.html` and `assets` are, if not where they are built; nothing beyond it is handed out. */
  directory?: string | undefined;
  publicUrl: URL | undefined;
}

/** The pages of the dashboard and what they load; a server that was built without them serves everything else. */
export function dashboardRoutes({ directory = BUILT, graphiql, publicUrl }: DashboardRoutesOptions) {
  const headers = { ...HEADERS, ...(publicUrl?.protocol === 'https:' && HTTPS_ALONE) };
  const send = (reply: FastifyReply, file: string) =>
    reply.headers(headers).sendFile(file, directory, { cacheControl: false, etag: false, lastModified: false });
  const page = (_: FastifyRequest, reply: FastifyReply) => send(reply, 'index.html');
  return async (server: FastifyInstance): Promise<void> => {
    if (!existsSync(join(directory, 'index.html'))) {
      server.log.info({ directory }, 'there is no dashboard here: `npm run build` makes it');
      return;
    }
    // Whatever is wrong with a path, there is nothing at it.
    server.setErrorHandler((error: Error & { statusCode?: number }, _, reply) => {
      if ((error.statusCode ?? 500) >= 500) throw error;
      reply.callNotFound();
    });
    await server.register(fastifyStatic, { ...ASSETS, root: join(directory, 'assets') });
    for (const path of [PAGES.keys, ...PAGES.others]) server.get(path, page);
    server.register(documentationRoutes(join(directory, 'docs'), (reply, file) => send(reply, join('docs', file))));
    if (graphiql) server.register(graphiqlRoute(directory));
    server.get('/', (_, reply) => reply.redirect(PAGES.keys));
  };
}
