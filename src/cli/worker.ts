import cluster from 'node:cluster';
import { z } from 'zod';
import type { Config } from '../config.js';
import { createLog } from '../observability/log.js';
import { serve } from './serve.js';

const READY = z.object({ type: z.literal('ready'), address: z.string() });

/** What a worker tells its primary: that it is ready. */
export type WorkerMessage = z.output<typeof READY>;

/** Undefined for a message that is none of ours. */
export function parseWorkerMessage(message: unknown): WorkerMessage | undefined {
  return READY.safeParse(message).data;
}

/** Runs the server as one of several behind a port, for as long as the primary keeps the channel to it open. */
export async function serveAsWorker(config: Config): Promise<void> {
  const { worker } = cluster;
  if (!worker) throw new Error('This process is not a worker: no primary started it.');
  // Node tells the primary that the server closes; where the primary has closed the channel, that fails and does not matter.
  worker.on('error', () => {});
  const stop = await serve(config, {
    // The first one listens at once, so that somebody answers `/readyz`; of the later ones nobody shall notice the start.
    whenCaughtUp: worker.id > 1,
    log: createLog(config.logLevel).child({ worker: worker.id }),
    onReady: (address) => worker.send({ type: 'ready', address } satisfies WorkerMessage),
  });
  worker.once('disconnect', () => {
    // Without this mark, Node ends a worker whose channel closes on the spot.
    worker.exitedAfterDisconnect = true;
    stop('the channel to the primary is closed');
  });
}
