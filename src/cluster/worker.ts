import cluster from 'node:cluster';
import type { Config } from '../config.js';
import { createLog } from '../observability/log.js';
import { serve } from './serve.js';
import { parsePrimaryMessage, type WorkerMessage } from './worker-messages.js';
import { WorkerMetrics } from './worker-metrics.js';

/**
 * Runs the server as one of several processes behind a port, for as long as the primary keeps the channel to it open.
 * @throws Error if no primary started this process
 */
export async function serveAsWorker(config: Config): Promise<void> {
  const { worker } = cluster;
  if (!worker) throw new Error('This process is not a worker: no primary started it.');
  // Node tells the primary that the server closes. If the primary has closed the channel, that fails and does not matter.
  worker.on('error', () => {});
  const log = createLog(config.logLevel).child({ worker: worker.id });
  const serving = serve(config, {
    // The first worker listens at once, so that `/readyz` is answered. Later workers must not be noticed while they start.
    whenCaughtUp: worker.id > 1,
    log,
    exposition: (own) => new WorkerMetrics(own, worker, log),
    onReady: (address) => worker.send({ type: 'ready', address } satisfies WorkerMessage),
  });
  worker.on('message', (message) => {
    if (parsePrimaryMessage(message)?.type === 'drain') serving.drain();
  });
  worker.send({ type: 'starting' } satisfies WorkerMessage);
  await serving.listening;
  worker.once('disconnect', () => {
    // Without this mark, Node ends a worker at once when its channel closes. That is right only while it does not listen.
    worker.exitedAfterDisconnect = true;
    serving.stop('the channel to the primary is closed');
  });
}
