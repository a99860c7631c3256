import type { FastifyInstance, FastifyReply } from 'fastify';
import { docsOf, type ErrorCode, meaningOf } from '../shared/error-codes.js';
import { failureOf } from './failure.js';

/** An error answer (RFC 9457), created once. It contains nothing of the request. */
export interface Problem {
  status: number;
  /** After how many seconds to try again; undefined if trying again does not help by itself. */
  retryAfter: number | undefined;
  /** JSON. */
  body: string;
}

/** @param detail what is wrong here and what to do next, if that is more than the code's own remedy */
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

/** Answers every error with a problem, which reveals nothing about unexpected errors. */
export function answerWithProblems(server: FastifyInstance): void {
  server.setErrorHandler((error: Error, { log }, reply) => {
    const { code, message } = failureOf(error, log);
    return sendProblem(reply, problem(code, message));
  });
}
