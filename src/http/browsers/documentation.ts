import { existsSync, readdirSync } from 'node:fs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PATH } from '../../shared/paths.js';
import { namedRoutes } from '../named-routes.js';

/** Old addresses that were given to clients, and the pages that they lead to now. Browsers keep the part after the #. */
const MOVED = new Map([['errors', `${PATH.docs}/reference/errors`]]);

/**
 * `/docs`: the documentation, as of the server's build.
 * @param directory where its pages are
 * @param send answers with one of its files
 * @param missing answers if there is no page at the address
 */
export function documentationRoutes(
  directory: string,
  send: (reply: FastifyReply, file: string) => FastifyReply,
  missing: (request: FastifyRequest, reply: FastifyReply) => unknown,
) {
  const files = existsSync(directory) ? readdirSync(directory, { recursive: true, encoding: 'utf8' }) : [];
  const names = new Set(files.filter((file) => /\.(?:html|svg|png)$/.test(file)));
  const fileOf = (path: string) => [`${path || 'index'}.html`, path].find((file) => names.has(file));
  return namedRoutes('documentation', async (server) => {
    server.get(PATH.docs, (request, reply) => answer('', request, reply));
    server.get<{ Params: { '*': string } }>(`${PATH.docs}/*`, (request, reply) => answer(request.params['*'], request, reply));
  });

  function answer(asked: string, request: FastifyRequest, reply: FastifyReply) {
    const path = asked.replace(/\/$/, '');
    if (path !== asked && fileOf(path) !== undefined) return reply.redirect(`${PATH.docs}/${path}`, 308);
    const moved = MOVED.get(path);
    if (moved !== undefined) return reply.redirect(moved);
    const file = fileOf(path);
    return file === undefined ? missing(request, reply) : send(reply, file);
  }
}
