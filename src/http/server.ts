import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import type { Logger } from 'pino';
import { problem, sendProblem } from './problem.js';

/** Far more than any operation of a client needs. */
const BODY_LIMIT = 64 * 1024;

const HEADERS = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' };

/** Fastify's own answers would repeat the address, and with it whatever secret somebody put there. */
const NOTHING_HERE = problem(404, 'There is nothing at this address. GraphQL answers at /graphql.');
const UNREADABLE_ADDRESS = problem(400, 'The address has a % that is not followed by two hexadecimal digits, or is no UTF-8.');

/**
 * The HTTP server without routes: ids, limits, log lines, answers that no cache keeps, errors that tell nothing they should not.
 * @param trustedProxies addresses and networks whose word is taken for whom they ask; of others, the socket's address counts
 */
export function createServer(log: Logger, trustedProxies: string[] = []): FastifyInstance {
  const server = Fastify({
    loggerInstance: log as FastifyInstance['log'],
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
    frameworkErrors: (_, __, reply) => void sendProblem(reply.headers(HEADERS), UNREADABLE_ADDRESS),
    ...(trustedProxies.length > 0 && { trustProxy: trustedProxies }),
  });
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers({ 'x-request-id': request.id, ...HEADERS });
    done();
  });
  server.setNotFoundHandler((_, reply) => sendProblem(reply, NOTHING_HERE));
  closePromptly(server);
  if (log.isLevelEnabled('debug')) logAnswers(server);
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

function logAnswers(server: FastifyInstance): void {
  server.addHook('onResponse', ({ log, method, routeOptions }, { statusCode, elapsedTime }, done) => {
    log.debug({ method, route: routeOptions.url, statusCode, ms: Math.round(elapsedTime * 10) / 10 }, 'answered');
    done();
  });
}

/** When the server closes, requests in flight finish; connections that ask for nothing, or never end to ask, do not hold it up. */
function closePromptly(server: FastifyInstance): void {
  let inFlight = 0;
  let closing = false;
  const closeIdle = () => {
    if (closing && inFlight === 0) server.server.closeAllConnections();
  };
  server.addHook('onRequest', (_, reply, done) => {
    inFlight += 1;
    reply.raw.once('close', () => {
      inFlight -= 1;
      closeIdle();
    });
    done();
  });
  server.addHook('preClose', (done) => {
    closing = true;
    closeIdle();
    done();
  });
}
