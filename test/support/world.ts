import { join } from 'node:path';
import { type App, type AppOptions, createApp } from '../../src/app.js';
import type { Role } from '../../src/auth/viewer.js';
import { type Config, readConfig } from '../../src/config.js';
import { createLog } from '../../src/observability/log.js';
import type { Clock } from '../../src/shared/clock.js';
import type { EventStore } from '../../src/store/event-store.js';
import { answeringHere } from './answering-here.js';
import { cleanUpLater, newAccount, temporaryDirectory } from './cleanup.js';
import { Client } from './client.js';
import { untilFilled } from './readiness.js';

export interface WorldOptions {
  dataDirectory?: string;
  /** Settings, as the environment would give them. */
  env?: Record<string, string>;
  clock?: Clock;
  store?: EventStore;
  /** What answers analysts; by default this thread does. */
  answering?: NonNullable<AppOptions['answering']>;
  /** The directory of the dashboard's pages; by default there are none. */
  dashboard?: string;
  /** True: do not wait until it serves. */
  unready?: boolean;
}

/** A Keyledger in this process, listening on a free port, with clients for any viewer that a test needs. */
export interface World {
  app: App;
  url: string;
  config: Config;
  /** The whole log so far. */
  log(): string;
  /** `ttl` is the lifetime of its token, in seconds. */
  client(viewer: { account?: string; role?: Role; subject?: string; ttl?: number }): Promise<Client>;
  stop(): Promise<void>;
}

/**
 * Starts a new world in which keys can be verified. Its other projections may still be filled; until then, the history, the usage and the
 * analytics answer that they are not ready. It ends after the test, or after the file if no test has begun, or earlier if somebody stops it.
 */
export async function openWorld({
  dataDirectory = temporaryDirectory(),
  env = {},
  clock,
  store,
  answering = answeringHere,
  dashboard = join(dataDirectory, 'no-dashboard'),
  unready = false,
}: WorldOptions = {}): Promise<World> {
  const config = readConfig({ PORT: '0', KEYLEDGER_DATA: dataDirectory, LOG_LEVEL: 'debug', ...env });
  const lines: string[] = [];
  const log = createLog(config.logLevel, { write: (line) => void lines.push(line) });
  const app = await createApp({
    config,
    log,
    dashboard,
    answering,
    fillHere: true,
    ...(clock && { clock }),
    ...(store && { store }),
  });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= app.stop();
    return stopped;
  };
  cleanUpLater(stop);
  const url = await app.start();
  if (!unready) await app.ready;
  return {
    app,
    url,
    config,
    log: () => lines.join(''),
    stop,
    async client({ account = newAccount(), role = 'owner', subject = 'tester', ttl = 3600 }) {
      if (!app.issuer) throw new Error('This world has an identity provider: make the token there.');
      const token = await app.issuer.issue({ account, role, subject, ttl }, config.claims);
      return new Client(url, token, account);
    },
  };
}

/** Starts a new world, and waits until each of its projections has held all of the log. */
export async function openFilledWorld(options: WorldOptions = {}): Promise<World> {
  const world = await openWorld(options);
  await untilFilled(world);
  return world;
}
