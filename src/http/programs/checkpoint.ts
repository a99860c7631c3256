import type { FastifyInstance } from 'fastify';
import type { Checkpoints } from '../../projections/transparency/checkpoints.js';

/** `GET /v1/checkpoint`: the newest signed checkpoint, unchanged, for anyone; if there is none, a problem that says why. */
export function checkpointRoute(checkpoints: Checkpoints) {
  return async (server: FastifyInstance): Promise<void> => {
    server.get('/v1/checkpoint', async (_, reply) => {
      const { note } = await checkpoints.newest();
      return reply.type('text/plain; charset=utf-8').send(note);
    });
  };
}
