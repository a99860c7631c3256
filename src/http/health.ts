import type { FastifyInstance } from 'fastify';
import type { ProjectionStatus } from '../projections/runner.js';

/**
 * `/livez`: the process runs. `/readyz`: it can serve; the body says what is missing where it cannot.
 * @param staleness for how many milliseconds projections may not have held all that the log holds
 */
export function healthRoutes(status: () => ProjectionStatus[], staleness: number) {
  const describe = ({ name, position, age, error }: ProjectionStatus) => {
    const stale = age === undefined ? 'catching up' : age > staleness ? 'stale' : 'ok';
    return { name, status: error !== undefined ? 'failing' : stale, position, ...(error !== undefined && { error }) };
  };
  return async (server: FastifyInstance): Promise<void> => {
    server.get('/livez', async () => ({ status: 'ok' }));
    server.get('/readyz', async (_, reply) => {
      const projections = status().map(describe);
      const ready = projections.every(({ status }) => status === 'ok');
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'unavailable', projections });
    });
  };
}
