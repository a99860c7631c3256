import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problem, sendProblem } from './problem.js';

const METHOD_NOT_ALLOWED = problem(405, 'This address takes POST alone.');

/** Answers every method but POST with 405 and what is allowed (RFC 9110, section 15.5.6), before anybody looks at a body. */
export function postOnly(server: FastifyInstance, url: string): void {
  const refuse = (_: FastifyRequest, reply: FastifyReply) =>
    void sendProblem(reply.header('allow', 'POST'), METHOD_NOT_ALLOWED);
  const method = server.supportedMethods.filter((name) => name !== 'POST');
  server.route({ method, url, onRequest: refuse, handler: refuse });
}
