import type { Checkpoints } from '../../projections/transparency/checkpoints.js';
import { namedRoutes } from '../named-routes.js';

/** `GET /v1/checkpoint`: the newest signed checkpoint, unchanged, for anyone; if there is none, a problem that says why. */
export function checkpointRoute(checkpoints: Checkpoints) {
  return namedRoutes('checkpoint', async (server) => {
    server.get('/v1/checkpoint', async (_, reply) => {
      const { note } = await checkpoints.newest();
      return reply.type('text/plain; charset=utf-8').send(note);
    });
  });
}
