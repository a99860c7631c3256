import cluster from 'node:cluster';
import { readConfig, unknownSettings } from '../config.js';
import { type Environment, NO_SETTING } from './settings.js';

/**
 * Starts the server in this process, or in that many workers.
 * @throws WrongSettings, CannotListen
 */
export async function startServer(env: Environment, workers: number): Promise<void> {
  const config = readConfig(env);
  if (cluster.isWorker) {
    const { serveAsWorker } = await import('../cluster/worker.js');
    return serveAsWorker(config);
  }
  const { createLog } = await import('../observability/log.js');
  for (const setting of unknownSettings(env)) createLog(config.logLevel).warn({ setting }, NO_SETTING);
  const { greet } = await import('./greet.js');
  const greeting = (address: string) => void greet(config, address);
  if (workers > 1) {
    const { serveOnWorkers } = await import('../cluster/workers.js');
    await serveOnWorkers(config, workers, greeting);
  } else {
    const { serve } = await import('../cluster/serve.js');
    await serve(config, { onReady: greeting }).listening;
  }
}
