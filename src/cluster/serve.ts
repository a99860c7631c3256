import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type App, type AppOptions, createApp } from '../app.js';
import type { Config } from '../config.js';
import { createLog } from '../observability/log.js';
import { BUILD_INFO } from '../shared/build-info.js';
import { onSignal } from './signals.js';

/** How long a stop may take beyond the longest mutation before it is cut short, in milliseconds. */
export const GRACE = 5000;

export interface ServeOptions extends Pick<AppOptions, 'exposition'> {
  log?: Logger;
  /** Listen only after the keys projection has caught up. */
  whenCaughtUp?: boolean;
  /** Called with the address once the server is ready, unless a signal came first. */
  onReady?: (address: string) => void;
}

/** A server that starts or runs. */
export interface Serving {
  /** Resolves once it listens. */
  listening: Promise<void>;
  /** Makes `/readyz` answer 503 from now on. If it does not listen yet, ends the process. */
  drain(): void;
  /** Lets requests in flight finish, then ends the process. */
  stop(reason: string): Promise<void>;
}

/**
 * Runs the server until SIGTERM or SIGINT. Then it drains and lets requests in flight finish. A second signal ends it at once, and so does
 * the first one while it does not listen yet.
 * @returns functions that drain and stop it for another reason
 */
export function serve(
  config: Config,
  { log = createLog(config.logLevel), whenCaughtUp = false, onReady = () => {}, ...options }: ServeOptions = {},
): Serving {
  /** Undefined until requests may arrive. */
  let serving: App | undefined;
  let signalled = false;
  let stopping = false;
  onSignal(drainAndStop);
  return { listening: start(), drain, stop };

  async function start(): Promise<void> {
    log.info({ ...BUILD_INFO, node: process.version }, 'Keyledger starts');
    const onFatal = (error: Error): never => {
      log.fatal({ err: error }, 'the disk failed during a commit; it is unknown what was written, so the process ends');
      process.exit(1);
    };
    const app = await createApp({ ...options, config, log, onFatal });
    const beforeListening = () => {
      serving = app;
    };
    const address = await app.start({ whenCaughtUp, beforeListening });
    log.info({ address, store: config.store.kind, data: config.dataDirectory }, 'listening');
    app.ready.then(() => {
      if (!signalled) onReady(address);
    });
  }

  async function drainAndStop(signal: string): Promise<void> {
    if (signalled) process.exit(1);
    signalled = true;
    log.info({ reason: signal, drain: config.drain }, 'stopping');
    drain();
    await delay(config.drain);
    await stop(signal);
  }

  function drain(): void {
    if (!serving) end();
    serving.drain();
  }

  async function stop(reason: string): Promise<void> {
    if (stopping) return;
    stopping = true;
    if (!serving) end();
    log.info({ reason }, 'finishing requests in flight');
    setTimeout(() => process.exit(1), config.deadline + GRACE).unref();
    await serving.stop();
    end();
  }

  function end(): never {
    log.info('stopped');
    // A server that accepts connections and never answers would otherwise keep the process alive.
    process.exit(0);
  }
}
