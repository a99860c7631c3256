import type { FastifyBaseLogger } from 'fastify';
import type { ProjectionStatus } from '../../projections/engine/projection-status.js';
import { asError } from '../../shared/as-error.js';
import type { ErrorCode } from '../../shared/error-codes.js';
import { type Failure, failureOf } from '../failure.js';
import { namedRoutes } from '../named-routes.js';

export interface HealthRoutesOptions {
  /** Why `/v1/verify` does not answer now; undefined if it does. That route uses the same function. */
  whyNoVerification: () => Failure | undefined;
  /** Looks up a key that does not exist, as `/v1/verify` would. Throws if the look-up fails. */
  lookUp: () => unknown;
  /** The code with which changes are refused now; undefined if they are possible. */
  whyNoMutations: () => ErrorCode | undefined;
  statuses: () => ProjectionStatus[];
  /** True if the process was told to stop. */
  isDraining: () => boolean;
  /** How long, in milliseconds, a projection may be behind the log. */
  staleness: number;
}

/**
 * `/livez`: the process runs. `/readyz`: 200 exactly while `/v1/verify` answers, but 503 from SIGTERM on, while requests are still
 * answered. Other problems appear in the body as codes, and do not take the server out of a load balancer.
 */
export function healthRoutes({ lookUp, isDraining, ...options }: HealthRoutesOptions) {
  const whyNoVerification = (log: FastifyBaseLogger): ErrorCode | undefined => {
    try {
      const failure = options.whyNoVerification();
      if (!failure) lookUp();
      return failure?.code;
    } catch (error) {
      return failureOf(asError(error), log).code;
    }
  };
  return namedRoutes('health', async (server) => {
    server.get('/livez', async () => ({ status: 'ok' }));
    server.get('/readyz', async ({ log }, reply) => {
      const refused = options.whyNoMutations();
      const unready = whyNoVerification(log);
      const draining = isDraining();
      return reply.code(unready || draining ? 503 : 200).send({
        status: draining ? 'stopping' : unready ? 'unavailable' : 'ok',
        verification: { ready: unready === undefined, code: unready },
        mutations: { possible: refused === undefined, code: refused },
        projections: Object.fromEntries(options.statuses().map((status) => describe(status, options.staleness))),
      });
    });
  });
}

/** The projection's name without the number of its tables, and its progress. */
function describe({ name, position, age, failure, quarantined, leftOut }: ProjectionStatus, staleness: number) {
  const filled = age === undefined ? 'filling' : age > staleness ? 'stale' : 'ok';
  return [
    name.replace(/_\d+$/, ''),
    {
      position,
      behind: age === undefined ? undefined : Math.round(age) / 1000,
      state: failure === undefined ? filled : 'failing',
      code: failure,
      ...(quarantined > 0 && { quarantined }),
      ...(leftOut > 0 && { leftOut }),
    },
  ] as const;
}
