import type { FastifyInstance, FastifyRequest } from 'fastify';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE']);

/** nginx's status for a caller that went away before there was an answer. */
const CLIENT_CLOSED_REQUEST = 499;

/** Tells of every request once it is over, however it ended. */
export function observeRequests(
  server: FastifyInstance,
  note: (route: string, method: string, status: number, duration: number) => void,
): void {
  server.addHook('onRequest', (request, { raw }, done) => {
    const start = performance.now();
    raw.once('close', () => {
      const status = raw.headersSent ? raw.statusCode : CLIENT_CLOSED_REQUEST;
      note(routeOf(request), methodOf(request), status, performance.now() - start);
    });
    done();
  });
}

/** The route's template; the same for every path that has none. */
export function routeOf({ routeOptions }: FastifyRequest): string {
  return routeOptions.url ?? 'none';
}

/** The method; the same for every one that is rare. */
export function methodOf({ method }: FastifyRequest): string {
  return METHODS.has(method) ? method : 'other';
}
