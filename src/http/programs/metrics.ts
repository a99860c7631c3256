import type { FastifyInstance } from 'fastify';
import { problem, sendProblem } from '../problem.js';

/** What `/metrics` shows. */
export interface Exposition {
  contentType: string;
  /** Undefined where it is not to be had now. */
  exposition(): Promise<string | undefined>;
}

const UNAVAILABLE = problem(
  'METRICS_UNAVAILABLE',
  'The process that adds up the metrics of all workers does not answer. Scrape again.',
);

/** `GET /metrics`: figures for Prometheus, to anyone; they name no account and no key. 503 where there are none. */
export function metricsRoute(metrics: Exposition) {
  return async (server: FastifyInstance): Promise<void> => {
    server.get('/metrics', async (_, reply) => {
      const text = await metrics.exposition();
      if (text !== undefined) return reply.type(metrics.contentType).send(text);
      return sendProblem(reply, UNAVAILABLE);
    });
  };
}
