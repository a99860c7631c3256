import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RateLimit } from '../domain/rate-limit.js';
import { secretsIn } from '../domain/secret.js';
import { clientNetwork } from './client-network.js';
import { postOnly } from './post-only.js';
import { answerWithProblems, type Problem, problem, sendProblem, sendTooMany } from './problem.js';

/** A report of secrets that are where they should not be. */
export interface LeakReport {
  secrets: string[];
  correlationId: string;
  /** When the request came, by `performance.now()`. */
  since: number;
}

export interface LeakedRouteOptions {
  /** Resolves once no key in the log has one of the secrets, be it that none ever had. */
  reportLeak: (report: LeakReport) => Promise<void>;
  /** Reported secrets of one client. */
  reported: RateLimit;
  /** It throws `NotCaughtUp` until the keys are read from the log for the first time. */
  requireReady: () => unknown;
}

/** How many secrets a report may hold. */
export const MOST_SECRETS = 100;

const NO_SECRET = problem(
  400,
  'The body holds no secret: kls_ and 49 letters and digits, the last 6 of them a checksum. Send the secret, or any text around it.',
);
const TOO_MANY_SECRETS = problem(
  413,
  `The body holds more than ${MOST_SECRETS} secrets. Nothing was done: send several reports.`,
);

/**
 * `POST /v1/leaked`: whoever holds secrets can have their keys deleted, for good. Every secret counts that the body holds, whatever
 * its shape and type. The answer is the same whether there were such keys or not; that it takes longer where there were tells
 * nothing that `/v1/verify` would not.
 */
export function leakedRoute({ reportLeak, reported, requireReady }: LeakedRouteOptions) {
  const refuse = (request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined => {
    const wait = reported.wait(clientNetwork(request.ip));
    return wait > 0 ? sendTooMany(reply, wait) : undefined;
  };
  return async (server: FastifyInstance): Promise<void> => {
    answerWithProblems(server);
    server.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
    postOnly(server, '/v1/leaked');
    server.post('/v1/leaked', {
      onRequest: (request, reply, done) => {
        // Whatever the body says it is, it is looked through as it is.
        delete request.raw.headers['content-type'];
        if (!refuse(request, reply)) done();
      },
      handler: async ({ body, id, ip }, reply) => {
        requireReady();
        const since = performance.now();
        const secrets = secretsIn(textOf(body));
        const fault = faultOf(secrets);
        const wait = reported.take(clientNetwork(ip), fault ? 1 : secrets.length);
        if (wait > 0) return sendTooMany(reply, wait);
        if (fault) return sendProblem(reply, fault);
        await reportLeak({ secrets, correlationId: id, since });
        return reply.send();
      },
    });
  };
}

function faultOf({ length }: string[]): Problem | undefined {
  if (length === 0) return NO_SECRET;
  return length > MOST_SECRETS ? TOO_MANY_SECRETS : undefined;
}

/** The body's ASCII characters in whatever encoding: those that take more than a byte in UTF-16 are filled up with zeros. */
function textOf(body: unknown): string {
  return Buffer.isBuffer(body) ? body.toString('latin1').replaceAll('\0', '') : '';
}
