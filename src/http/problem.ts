import type { FastifyInstance, FastifyReply } from 'fastify';
import { docsOf, type ErrorCode, meaningOf } from '../shared/error-codes.js';
import { failureOf } from './failure.js';

/** An answer that says what is wrong (RFC 9457), made once: it holds nothing of the request that it answers. */
export interface Problem {
  status: number;
  /** After how many seconds to try again; undefined: it is not mended without the caller. */
  retryAfter: number | undefined;
  /** JSON. */
  body: string;
}

/** @param detail what is wrong here and what to do next, where that is more than the code's own remedy */
export function problem(code: ErrorCode, detail?: string): Problem {
  const { status, title, remedy, retryAfter } = meaningOf(code);
  const body = JSON.stringify({ type: docsOf(code), title, status, code, detail: detail ?? remedy });
  return { status, retryAfter, body };
}

export function sendProblem(reply: FastifyReply, { status, retryAfter, body }: Problem): FastifyReply {
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  return reply.code(status).header('content-type', 'application/problem+json').send(body);
}

const TOO_MANY = problem('RATE_LIMITED', 'Too many requests of this kind came from your address. Try again after Retry-After.');

/** @param wait how many milliseconds until the client is within its limit */
export function sendTooMany(reply: FastifyReply, wait: number): FastifyReply {
  return sendProblem(reply, { ...TOO_MANY, retryAfter: Math.ceil(wait / 1000) });
}

/** Whatever goes wrong is answered with a problem, which tells nothing of an unexpected error. */
export function answerWithProblems(server: FastifyInstance): void {
  server.setErrorHandler((error: Error, { log }, reply) => {
    const { code, message } = failureOf(error, log);
    return sendProblem(reply, problem(code, message));
  });
}
