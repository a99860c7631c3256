import type { FastifyInstance } from 'fastify';
import { type Checkpoints, NoCheckpoint } from '../projections/checkpoints.js';

/** `GET /v1/checkpoint`: the newest signed checkpoint, as it is, to anyone; 503 and the reason where there is none. */
export function checkpointRoute(checkpoints: Checkpoints) {
  return async (server: FastifyInstance): Promise<void> => {
    server.get('/v1/checkpoint', async (_, reply) => {
      reply.type('text/plain; charset=utf-8');
      try {
        return (await checkpoints.newest()).note;
      } catch (error) {
        if (!(error instanceof NoCheckpoint)) throw error;
        return reply.code(503).header('retry-after', '10').send(`${error.message}\n`);
      }
    });
  };
}
