import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { RateLimit } from '../domain/rate-limit.js';
import { clientNetwork } from './client-network.js';
import { fieldOf, takeForms } from './forms.js';
import { postOnly } from './post-only.js';
import { answerWithProblems, NOT_FRESH, problem, sendForNow, sendProblem, sendTooMany } from './problem.js';

/** A report that a secret is where it should not be. */
export interface LeakReport {
  secret: string;
  correlationId: string;
  /** When the request came, by `performance.now()`. */
  since: number;
}

export interface LeakedRouteOptions {
  /** Resolves once the key that the secret belongs to is deleted, or at once where there is none. */
  reportLeak: (report: LeakReport) => Promise<void>;
  /** Reports of one client. */
  reports: RateLimit;
  isFresh: () => boolean;
}

const BAD_REPORT = problem(400, 'Send the secret as JSON, {"secret": "kls_…"}, or as the field "secret" of a form.');

const JSON_REPORT = z.object({ secret: z.string() });

/**
 * `POST /v1/leaked`: whoever holds a secret can have its key deleted, for good. The answer is the same whether there was such a
 * key or not; that it takes longer where there was tells nothing that `/v1/verify` would not.
 */
export function leakedRoute({ reportLeak, reports, isFresh }: LeakedRouteOptions) {
  const refuse = (request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined => {
    if (!isFresh()) return sendForNow(reply, NOT_FRESH);
    const wait = reports.take(clientNetwork(request.ip));
    return wait > 0 ? sendTooMany(reply, wait) : undefined;
  };
  return async (server: FastifyInstance): Promise<void> => {
    answerWithProblems(server);
    takeForms(server);
    postOnly(server, '/v1/leaked');
    server.post('/v1/leaked', {
      onRequest: (request, reply, done) => void (refuse(request, reply) ?? done()),
      handler: async ({ body, id }, reply) => {
        // The body may have taken its time.
        if (!isFresh()) return sendForNow(reply, NOT_FRESH);
        const since = performance.now();
        const secret = JSON_REPORT.safeParse(body).data?.secret ?? fieldOf(body, 'secret');
        if (secret === undefined) return sendProblem(reply, BAD_REPORT);
        await reportLeak({ secret, correlationId: id, since });
        return reply.send();
      },
    });
  };
}
