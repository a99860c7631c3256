import type { FastifyInstance } from 'fastify';
import type { ProjectionStatus } from '../projections/runner.js';

export interface HealthRoutesOptions {
  statuses: () => ProjectionStatus[];
  /** Whether the process has been told to stop. */
  isDraining: () => boolean;
  /** For how many milliseconds projections may not have held all that the log holds. */
  staleness: number;
}

/**
 * `/livez`: the process runs. `/readyz`: it can serve; the body says what is missing where it cannot, and how many accounts are in
 * quarantine, which keeps nobody else from being served.
 */
export function healthRoutes({ statuses, isDraining, staleness }: HealthRoutesOptions) {
  const describe = ({ name, position, age, error, quarantined }: ProjectionStatus) => {
    const stale = age === undefined ? 'catching up' : age > staleness ? 'stale' : 'ok';
    const status = error !== undefined ? 'failing' : stale;
    return { name, status, position, ...(error !== undefined && { error }), ...(quarantined > 0 && { quarantined }) };
  };
  return async (server: FastifyInstance): Promise<void> => {
    server.get('/livez', async () => ({ status: 'ok' }));
    server.get('/readyz', async (_, reply) => {
      const projections = statuses().map(describe);
      const ready = !isDraining() && projections.every(({ status }) => status === 'ok');
      const status = ready ? 'ok' : isDraining() ? 'stopping' : 'unavailable';
      return reply.code(ready ? 200 : 503).send({ status, projections });
    });
  };
}
