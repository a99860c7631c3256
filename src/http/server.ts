import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Logger } from 'pino';
import { answerClientError } from './client-error.js';
import { within } from './client-network.js';
import { answerWithProblems, problem, sendProblem } from './problem.js';
import { boundUnanswered } from './unanswered.js';

/** Far more than any client's operation needs. */
const BODY_LIMIT = 64 * 1024;

const HEADERS = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' };

/** Fastify's own answers would repeat the address, including any secret in it. */
const NOTHING_HERE = problem('NOT_FOUND');
const UNREADABLE_ADDRESS = problem(
  'BAD_REQUEST',
  'The address contains a % without two hexadecimal digits after it, or bytes that are not UTF-8. Encode it as a URL.',
);

/** No route has a schema, so Fastify need not load its compilers of schemas: they are a tenth of the start of the process. */
const NO_SCHEMAS = { compilersFactory: { buildValidator: refuseSchema, buildSerializer: refuseSchema } };

export interface ServerOptions {
  /** Addresses and networks whose `X-Forwarded-For` is trusted. For others, the socket's address counts. */
  trustedProxies?: string[];
  /** Where clients reach the server, if that is known. */
  publicUrl?: URL | undefined;
}

/** Creates the HTTP server without routes: request ids, limits, log lines, `no-store` on answers, errors that reveal nothing. */
export function createServer(log: Logger, { trustedProxies = [], publicUrl }: ServerOptions = {}): FastifyInstance {
  const publicOrigin = publicUrl?.origin ?? '';
  const logger: FastifyBaseLogger = log;
  const server = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
    frameworkErrors: (_, __, reply) => void sendProblem(reply.headers(HEADERS), UNREADABLE_ADDRESS),
    clientErrorHandler: (error, socket) => answerClientError(error, socket, publicOrigin),
    return503OnClosing: false,
    schemaController: NO_SCHEMAS,
    ...(trustedProxies.length > 0 && { trustProxy: within(trustedProxies) }),
  });
  server.decorate('publicOrigin', publicOrigin);
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers({ 'x-request-id': request.id, ...HEADERS });
    done();
  });
  server.setNotFoundHandler((_, reply) => sendProblem(reply, NOTHING_HERE));
  boundUnanswered(server);
  if (log.isLevelEnabled('debug')) logAnswers(server);
  answerWithProblems(server);
  return server;
}

function refuseSchema(): never {
  throw new Error('No route has a schema.');
}

function logAnswers(server: FastifyInstance): void {
  server.addHook('onResponse', ({ log, method, routeOptions }, { statusCode, elapsedTime }, done) => {
    log.debug({ method, route: routeOptions.url, statusCode, ms: Math.round(elapsedTime * 10) / 10 }, 'answered');
    done();
  });
}
