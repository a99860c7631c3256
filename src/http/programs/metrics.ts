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

/**
 * `GET /metrics`: metrics for Prometheus, for anyone; they name no account and no key. 503 if they are not available. Requests that come
 * while the metrics are rendered get the same text: rendering takes milliseconds of the event loop, and anyone may ask.
 */
export function metricsRoute(metrics: Exposition) {
  let rendering: Promise<string | undefined> | undefined;
  const render = () => {
    rendering ??= metrics.exposition().finally(() => {
      rendering = undefined;
    });
    return rendering;
  };
  return namedRoutes('metrics', async (server) => {
    server.get('/metrics', async (_, reply) => {
      const text = await render();
      if (text !== undefined) return reply.type(metrics.contentType).send(text);
      return sendProblem(reply, UNAVAILABLE);
    });
  });
}
