import type { FastifyInstance } from 'fastify';
import type { Checkpoints } from '../../projections/transparency/checkpoints.js';

/** `GET /v1/checkpoint`: the newest signed checkpoint, as it is, to anyone; a problem that says why where there is none. */
export function checkpointRoute(checkpoints: Checkpoints) {
  return async (server: FastifyInstance): Promise<void> => {
    server.get('/v1/checkpoint', async (_, reply) => {
      const { note } = await checkpoints.newest();
      return reply.type('text/plain; charset=utf-8').send(note);
    });
  };
}
