import type { FastifyInstance, FastifyReply } from 'fastify';
import { docsOf, type ErrorCode, meaningOf } from '../shared/error-codes.js';
import { failureOf } from './failure.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** The origin at which clients reach the server; empty if that is not known. */
    publicOrigin: string;
  }
}

/** An error answer (RFC 9457). It contains nothing of the request. */
export interface Problem {
  status: number;
  /** After how many seconds to try again; undefined if trying again does not help by itself. */
  retryAfter: number | undefined;
  /**
   * JSON. A proxy may pass it on to the clients of another service, so its type begins with the origin of this server, if that is known.
   */
  bodyAt(publicOrigin: string): string;
}

/** @param detail what is wrong here and what to do next, if that is more than the code's own remedy */
export function problem(code: ErrorCode, detail?: string): Problem {
  const { status, title, remedy, retryAfter } = meaningOf(code);
  const fields = { title, status, code, detail: detail ?? remedy };
  return { status, retryAfter, bodyAt: (origin) => JSON.stringify({ type: origin + docsOf(code), ...fields }) };
}

export function sendProblem(reply: FastifyReply, { status, retryAfter, bodyAt }: Problem): FastifyReply {
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  return reply.code(status).header('content-type', 'application/problem+json').send(bodyAt(reply.server.publicOrigin));
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
