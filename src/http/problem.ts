import { STATUS_CODES } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { hasCode } from '../domain/error-code.js';
import { isLocked } from '../shared/until-unlocked.js';

/** An answer that says what is wrong (RFC 9457), made once: it holds nothing of the request that it answers. */
export interface Problem {
  status: number;
  /** JSON. */
  body: string;
}

/** After how many seconds to try again what will be mended without the caller. */
const RETRY_AFTER = '2';

export const NOT_FRESH = problem(503, 'This server cannot tell whether what it knows of the keys is up to date. Try again.');
const TOO_MANY = problem(429, 'Too many requests of this kind came from your address. Try again later.');
const STORE_UNAVAILABLE = problem(503, 'The event store does not answer. Try again: the same request twice does no harm.');
const LOG_SEALED = problem(503, 'The log was moved to another store, and this server is still on the old one.');
const UNEXPECTED = problem(500, 'Unexpected error.');
const UNREADABLE: ReadonlyMap<number, Problem> = new Map(
  [
    problem(400, 'The body is not what its Content-Type says.'),
    problem(413, 'The body is too large.'),
    problem(415, 'The body has a Content-Type that is not accepted here.'),
  ].map((each) => [each.status, each]),
);

/** The type is `about:blank`: the status says it all, and the title is its name (RFC 9457, section 4.2.1). */
export function problem(status: number, detail: string): Problem {
  return { status, body: JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail }) };
}

export function sendProblem(reply: FastifyReply, { status, body }: Problem): FastifyReply {
  return reply.code(status).header('content-type', 'application/problem+json').send(body);
}

/** Sends a problem that will be mended without the caller. */
export function sendForNow(reply: FastifyReply, given: Problem): FastifyReply {
  return sendProblem(reply.header('retry-after', RETRY_AFTER), given);
}

/** @param wait how many milliseconds until the client is within its limit */
export function sendTooMany(reply: FastifyReply, wait: number): FastifyReply {
  return sendProblem(reply.header('retry-after', String(Math.ceil(wait / 1000))), TOO_MANY);
}

/** Whatever goes wrong on these routes is answered with a problem, which tells nothing of an unexpected error. */
export function answerWithProblems(server: FastifyInstance): void {
  server.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (hasCode(error, 'NOT_READY')) return sendForNow(reply, NOT_FRESH);
    if (isLocked(error)) {
      request.log.warn({ err: error }, 'refused for now');
      return sendForNow(reply, NOT_FRESH);
    }
    if (hasCode(error, 'STORE_UNAVAILABLE') || hasCode(error, 'OUTCOME_UNKNOWN')) {
      request.log.warn({ err: error }, 'refused for now');
      return sendForNow(reply, STORE_UNAVAILABLE);
    }
    if (hasCode(error, 'LOG_SEALED')) {
      request.log.error({ err: error }, 'refused');
      return sendProblem(reply, LOG_SEALED);
    }
    const { statusCode = 500 } = error;
    if (statusCode < 500)
      return sendProblem(reply, UNREADABLE.get(statusCode) ?? problem(statusCode, 'The request is not valid.'));
    request.log.error({ err: error }, 'request failed');
    return sendProblem(reply, UNEXPECTED);
  });
}
