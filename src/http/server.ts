import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import type { Logger } from 'pino';

/** Far more than any operation of a client needs. */
const BODY_LIMIT = 64 * 1024;

/** The HTTP server without routes: ids, limits, log lines, and errors that tell nothing that they should not. */
export function createServer(log: Logger): FastifyInstance {
  const server = Fastify({
    loggerInstance: log as FastifyInstance['log'],
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
  });
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
  });
  server.addHook('onResponse', async ({ log, method, routeOptions }, { statusCode, elapsedTime }) => {
    log.debug({ method, route: routeOptions.url, statusCode, ms: Math.round(elapsedTime * 10) / 10 }, 'answered');
  });
  server.setErrorHandler((error: Error & { statusCode?: number; code?: string }, request, reply) => {
    const status = error.statusCode ?? 500;
    const isOurs = status >= 500;
    if (isOurs) request.log.error({ err: error }, 'request failed');
    const message = isOurs ? 'Unexpected error.' : error.message;
    const code = isOurs ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST';
    return reply.code(status).send({ errors: [{ message, extensions: { code } }] });
  });
  return server;
}
