import type { FastifyInstance } from 'fastify';
import type { ProjectionStatus } from '../projections/runner.js';

/** A process whose projections have not held all that the log holds for so long is not ready, in milliseconds. */
const STALENESS = 10_000;

/** `/livez`: the process runs. `/readyz`: it can serve; the body says what is missing where it cannot. */
export function healthRoutes(status: () => ProjectionStatus[]) {
  return async (server: FastifyInstance): Promise<void> => {
    server.get('/livez', async () => ({ status: 'ok' }));
    server.get('/readyz', async (_, reply) => {
      const projections = status().map(describe);
      const ready = projections.every(({ status }) => status === 'ok');
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'unavailable', projections });
    });
  };
}

function describe({ name, position, age, error }: ProjectionStatus) {
  const status = error !== undefined ? 'failing' : age === undefined ? 'catching up' : age > STALENESS ? 'stale' : 'ok';
  return { name, status, position, ...(error !== undefined && { error }) };
}
