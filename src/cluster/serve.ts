import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type AppOptions, createApp } from '../app.js';
import type { Config } from '../config.js';
import { createLog } from '../observability/log.js';
import { BUILD_INFO } from '../shared/build-info.js';

/** The signals with which an orchestrator or a terminal stops a process. */
export const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** How long a stop may take beyond the longest mutation before it is cut short, in milliseconds. */
export const GRACE = 5000;

export interface ServeOptions extends Pick<AppOptions, 'exposition'> {
  log?: Logger;
  /** Listen only after the keys projection has caught up. */
  whenCaughtUp?: boolean;
  /** Called with the address once the server is ready. */
  onReady?: (address: string) => void;
}

/** A running server. */
export interface Serving {
  /** Makes `/readyz` answer 503 from now on. */
  drain(): void;
  /** Lets requests in flight finish, then ends the process. */
  stop(reason: string): Promise<void>;
}

/**
 * Runs the server until SIGTERM or SIGINT. Then it drains and lets requests in flight finish. A second signal ends it at once. Resolves
 * once it listens.
 * @returns functions that drain and stop it for another reason
 */
export async function serve(
  config: Config,
  { log = createLog(config.logLevel), whenCaughtUp = false, onReady = () => {}, ...options }: ServeOptions = {},
): Promise<Serving> {
  log.info({ ...BUILD_INFO, node: process.version }, 'Keyledger starts');
  const onFatal = (error: Error): never => {
    log.fatal({ err: error }, 'the disk failed during a commit; it is unknown what was written, so the process ends');
    process.exit(1);
  };
  const app = await createApp({ ...options, config, log, onFatal });
  const address = await app.start({ whenCaughtUp });
  log.info({ address, store: config.store.kind, data: config.dataDirectory }, 'listening');
  app.ready.then(() => onReady(address));
  let stopping = false;
  for (const signal of SIGNALS) process.once(signal, drainAndStop);
  return { drain: app.drain, stop };

  async function drainAndStop(signal: string): Promise<void> {
    for (const again of SIGNALS) process.once(again, () => process.exit(1));
    log.info({ reason: signal, drain: config.drain }, 'stopping');
    app.drain();
    await delay(config.drain);
    await stop(signal);
  }

  async function stop(reason: string): Promise<void> {
    if (stopping) return;
    stopping = true;
    log.info({ reason }, 'finishing requests in flight');
    setTimeout(() => process.exit(1), config.deadline + GRACE).unref();
    await app.stop();
    log.info('stopped');
    // A server that accepts connections and never answers would otherwise keep the process alive.
    process.exit(0);
  }
}
