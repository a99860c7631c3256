import type { FastifyInstance } from 'fastify';
import { Refusal } from './failure.js';

/** Refuses all methods except these before the body is read, and lists the allowed ones (RFC 9110, section 15.5.6). */
export function onlyMethods(server: FastifyInstance, url: string, ...allowed: string[]): void {
  const refusal = new Refusal('METHOD_NOT_ALLOWED', `This address accepts only ${allowed.join(' and ')}.`);
  server.route({
    method: server.supportedMethods.filter((name) => !allowed.includes(name)),
    url,
    onRequest: (_, reply, done) => {
      reply.header('allow', allowed.join(', '));
      done(refusal);
    },
    handler: (_, reply) => reply,
  });
}
