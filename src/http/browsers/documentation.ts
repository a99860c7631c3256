import { existsSync, readdirSync } from 'node:fs';
import type { FastifyReply } from 'fastify';
import { PATH } from '../../shared/paths.js';
import { namedRoutes } from '../named-routes.js';

/** Old addresses that were given to clients, and the pages that they lead to now. Browsers keep the part after the #. */
const MOVED = new Map([['errors', `${PATH.docs}/reference/errors`]]);

/**
 * `/docs`: the documentation, as of the server's build.
 * @param directory where its pages are
 * @param send answers with one of its files
 */
export function documentationRoutes(directory: string, send: (reply: FastifyReply, file: string) => FastifyReply) {
  const files = existsSync(directory) ? readdirSync(directory, { recursive: true, encoding: 'utf8' }) : [];
  const names = new Set(files.filter((file) => /\.(?:html|svg|png)$/.test(file)));
  const fileOf = (path: string) => [`${path || 'index'}.html`, path].find((file) => names.has(file));
  return namedRoutes('documentation', async (server) => {
    server.get(PATH.docs, (_, reply) => answer('', reply));
    server.get<{ Params: { '*': string } }>(`${PATH.docs}/*`, ({ params }, reply) => answer(params['*'], reply));
  });

  function answer(path: string, reply: FastifyReply) {
    const moved = MOVED.get(path);
    if (moved !== undefined) return reply.redirect(moved);
    const file = fileOf(path);
    return file === undefined ? reply.callNotFound() : send(reply, file);
  }
}
