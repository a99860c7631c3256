import { namedRoutes } from '../named-routes.js';
import { problem, sendProblem } from '../problem.js';

/** The source of `/metrics`. */
export interface Exposition {
  contentType: string;
  /** Undefined if it is not available now. */
  exposition(): Promise<string | undefined>;
}

const UNAVAILABLE = problem(
  'METRICS_UNAVAILABLE',
  'The process that adds up the metrics of all workers did not answer. Scrape again.',
);

/** `GET /metrics`: metrics for Prometheus, for anyone; they name no account and no key. 503 if they are not available. */
export function metricsRoute(metrics: Exposition) {
  return namedRoutes('metrics', async (server) => {
    server.get('/metrics', async (_, reply) => {
      const text = await metrics.exposition();
      if (text !== undefined) return reply.type(metrics.contentType).send(text);
      return sendProblem(reply, UNAVAILABLE);
    });
  });
}
