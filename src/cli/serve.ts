import type { Logger } from 'pino';
import { type AppOptions, createApp } from '../app.js';
import type { Config } from '../config.js';
import { createLog } from '../observability/log.js';
import { greet } from './greet.js';

/** How long a stop may take beyond the longest mutation before it is cut short, in milliseconds. */
export const GRACE = 5000;

export interface ServeOptions extends Pick<AppOptions, 'exposition'> {
  log?: Logger;
  /** To listen only when every projection has caught up. */
  whenCaughtUp?: boolean;
  /** Told the address once the server is ready. */
  onReady?: (address: string) => void;
}

/**
 * Runs the server until SIGTERM or SIGINT, then lets requests in flight finish. Resolves, once it listens, with what stops it
 * for another reason.
 */
export async function serve(
  config: Config,
  {
    log = createLog(config.logLevel),
    whenCaughtUp = false,
    onReady = (address) => greet(config, address),
    ...options
  }: ServeOptions = {},
): Promise<(reason: string) => Promise<void>> {
  const onFatal = (error: Error): never => {
    log.fatal({ err: error }, 'the disk failed in mid-commit; nobody knows what is on it, so the process ends');
    process.exit(1);
  };
  const app = await createApp({ ...options, config, log, onFatal });
  const address = await app.start({ whenCaughtUp });
  log.info({ address, store: config.store.kind, data: config.dataDirectory }, 'listening');
  app.ready.then(() => onReady(address));
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
  return stop;

  async function stop(reason: string): Promise<void> {
    if (stopping) return;
    stopping = true;
    log.info({ reason }, 'stopping');
    setTimeout(() => process.exit(1), config.deadline + GRACE).unref();
    await app.stop();
    log.info('stopped');
    // A server that accepts connections and never speaks would keep the process alive.
    process.exit(0);
  }
}
