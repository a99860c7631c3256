import type { FastifyInstance } from 'fastify';

/** What `/metrics` shows. */
export interface Exposition {
  contentType: string;
  exposition(): Promise<string>;
}

/** `GET /metrics`: figures of this process for Prometheus, to anyone; they name no account and no key. */
export function metricsRoute(metrics: Exposition) {
  return async (server: FastifyInstance): Promise<void> => {
    server.get('/metrics', async (_, reply) => reply.type(metrics.contentType).send(await metrics.exposition()));
  };
}
