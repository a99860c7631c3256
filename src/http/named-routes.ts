import type { FastifyInstance } from 'fastify';

type Routes = (server: FastifyInstance) => Promise<void>;

/** Gives routes a name for `register`. Without one, Fastify looks for it among all loaded modules, each time, which is slow. */
export function namedRoutes(name: string, routes: Routes): Routes {
  return Object.assign(routes, { [Symbol.for('fastify.display-name')]: name });
}
