import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, createApp } from '../../src/app.js';
import type { Role } from '../../src/auth/viewer.js';
import { type Config, readConfig } from '../../src/config.js';
import { createLog } from '../../src/observability/log.js';
import type { Clock } from '../../src/shared/clock.js';
import type { EventStore } from '../../src/store/event-store.js';
import { Client } from './client.js';

const cleanups: (() => unknown)[] = [];
const cleanupsOfTest: (() => unknown)[] = [];
let isInTest = false;

/** Undoes, after the test file, what its tests set up: the last first. */
export function cleanUpLater(undo: () => unknown): void {
  cleanups.push(undo);
}

/** Undoes, after the test that is under way and also where it fails, what would make the next one fail; outside a test, after the file. */
export function cleanUpAfterTest(undo: () => unknown): void {
  (isInTest ? cleanupsOfTest : cleanups).push(undo);
}

beforeEach(() => {
  isInTest = true;
});

afterEach(async () => {
  isInTest = false;
  for (const undo of cleanupsOfTest.splice(0).reverse()) await undo();
});

afterAll(async () => {
  for (const undo of cleanups.splice(0).reverse()) await undo();
});

/** An empty directory, gone after the test file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'keyledger-'));
  cleanUpLater(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

let accounts = 0;

/** An account that no other test uses, on whatever store. */
export function newAccount(): string {
  accounts += 1;
  return `test-${process.pid}-${Date.now().toString(36)}-${accounts}`;
}

export interface WorldOptions {
  dataDirectory?: string;
  /** Settings, as the environment would give them. */
  env?: Record<string, string>;
  clock?: Clock;
  store?: EventStore;
  /** Where the dashboard's pages are; without it, there is none. */
  dashboard?: string;
  /** Not to wait until it serves. */
  unready?: boolean;
}

/** A Keyledger in this process, listening on a free port, with clients for whom a test asks for. */
export interface World {
  app: App;
  url: string;
  config: Config;
  /** Everything logged so far. */
  log(): string;
  /** `ttl` is for how long its token is valid, in seconds. */
  client(viewer: { account?: string; role?: Role; subject?: string; ttl?: number }): Promise<Client>;
  stop(): Promise<void>;
}

/**
 * Starts a world of its own; it ends after the test file, or sooner when the test stops it. On EventStoreDB, of which a process has one
 * at a time, it ends with the test.
 */
export async function openWorld({
  dataDirectory = temporaryDirectory(),
  env = {},
  clock,
  store,
  dashboard = join(dataDirectory, 'no-dashboard'),
  unready = false,
}: WorldOptions = {}): Promise<World> {
  const config = readConfig({ PORT: '0', KEYLEDGER_DATA: dataDirectory, LOG_LEVEL: 'debug', ...env });
  const lines: string[] = [];
  const log = createLog(config.logLevel, { write: (line) => void lines.push(line) });
  const app = await createApp({ config, log, dashboard, ...(clock && { clock }), ...(store && { store }) });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= app.stop();
    return stopped;
  };
  const hasTheOnlyStore = !store && config.store.kind === 'eventstoredb';
  (hasTheOnlyStore ? cleanUpAfterTest : cleanUpLater)(stop);
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
