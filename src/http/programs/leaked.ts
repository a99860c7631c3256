import { secretsIn } from '../../domain/keys/secret.js';
import { errorCodeOf } from '../../shared/error-codes.js';
import type { RateLimit } from '../../shared/rate-limit.js';
import { clientNetwork } from '../client-network.js';
import { Refusal } from '../failure.js';
import { namedRoutes } from '../named-routes.js';
import { onlyMethods } from '../only-methods.js';
import { type Problem, problem, sendProblem, sendTooMany } from '../problem.js';

/** A report of leaked secrets. */
export interface LeakReport {
  secrets: string[];
  correlationId: string;
  /** When the request came, by `performance.now()`. */
  since: number;
}

export interface LeakedRouteOptions {
  /** Resolves once no key in the log has one of the secrets, even if none ever had. */
  reportLeak: (report: LeakReport) => Promise<void>;
  /** Limits the reported secrets of one client. */
  reported: RateLimit;
  /** Throws `NotCaughtUp` until the keys are read from the log for the first time. */
  requireReady: () => unknown;
}

/** The maximum number of secrets in a report. */
export const MOST_SECRETS = 100;

const NO_SECRET = problem('NO_SECRET');
const TOO_MANY_SECRETS = problem('TOO_MANY_SECRETS');

/**
 * `POST /v1/leaked`: anyone who holds secrets can have their keys deleted, for good. Every secret in the body counts, whatever the body's
 * form and type. The answer is the same whether or not there were such keys. It takes longer if there were, but that reveals nothing that
 * `/v1/verify` does not.
 */
export function leakedRoute({ reportLeak, reported, requireReady }: LeakedRouteOptions) {
  return namedRoutes('leaked', async (server) => {
    server.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
    onlyMethods(server, '/v1/leaked', 'POST');
    server.post('/v1/leaked', {
      onRequest: ({ raw, ip }, reply, done) => {
        // The body is searched as it is, whatever its declared type.
        delete raw.headers['content-type'];
        const wait = reported.wait(clientNetwork(ip));
        if (wait > 0) sendTooMany(reply, wait);
        else done();
      },
      handler: async ({ body, id, ip }, reply) => {
        requireReady();
        const since = performance.now();
        const secrets = secretsIn(textOf(body));
        const fault = faultOf(secrets);
        const wait = reported.take(clientNetwork(ip), fault ? 1 : secrets.length);
        if (wait > 0) return sendTooMany(reply, wait);
        if (fault) return sendProblem(reply, fault);
        await reportLeak({ secrets, correlationId: id, since }).catch(askAgain);
        return reply.send();
      },
    });
  });
}

function faultOf({ length }: string[]): Problem | undefined {
  if (length === 0) return NO_SECRET;
  return length > MOST_SECRETS ? TOO_MANY_SECRETS : undefined;
}

/** The ASCII characters of a body in any encoding. In UTF-16 they are padded with zero bytes. */
function textOf(body: unknown): string {
  return Buffer.isBuffer(body) ? body.toString('latin1').replaceAll('\0', '') : '';
}

function askAgain(error: unknown): never {
  if (errorCodeOf(error) !== 'OUTCOME_UNKNOWN') throw error;
  throw new Refusal(
    'OUTCOME_UNKNOWN',
    'The store did not say in time whether all keys were deleted. Report the secrets again: this is safe.',
    { cause: error },
  );
}
