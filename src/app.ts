import { mkdirSync } from 'node:fs';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { openAuthority } from './app/authority.js';
import { availabilityOf } from './app/availability.js';
import { createBackgroundWork } from './app/background-work.js';
import { openBasis } from './app/basis.js';
import { openReadSide } from './app/read-side.js';
import { createServers } from './app/servers.js';
import { openStoreSide } from './app/store-side.js';
import { createWriteSide } from './app/write-side.js';
import type { LocalIssuer } from './auth/local-issuer.js';
import type { Config } from './config.js';
import type { Exposition } from './http/programs/metrics.js';
import type { Metrics } from './observability/metrics.js';
import type { Verifier } from './projections/keys/verification.js';
import type { Clock } from './shared/clock.js';
import type { EventStore } from './store/event-store.js';

export interface AppOptions {
  config: Config;
  log: Logger;
  clock?: Clock;
  /** Another schema than the public one, for benchmarks. */
  schema?: GraphQLSchema;
  /** Another store than the configured one, for tests. */
  store?: EventStore;
  onFatal?: (error: Error) => void;
  /** Where the pages of the dashboard are, if not where they are built. */
  dashboard?: string;
  /** What `/metrics` shows where it is more than the metrics of this process. */
  exposition?: (own: Metrics) => Exposition;
}

/** A whole Keyledger, made and joined, not yet listening. */
export interface App {
  /** Resolves with the address, once the server listens: at once, or when the keys are caught up with. */
  start(options?: { whenCaughtUp?: boolean }): Promise<string>;
  /** Resolves once it serves: when the projections have caught up with the log. */
  ready: Promise<void>;
  /** From now on `/readyz` answers 503, and everything else as before: load balancers send nothing new. */
  drain(): void;
  /** Lets requests in flight finish, then closes the store. */
  stop(): Promise<void>;
  /** Undefined where there is an identity provider. */
  issuer: LocalIssuer | undefined;
  verification: Verifier;
}

/**
 * Joins the sides, each of which `app/` makes from its parts:
 *
 *     servers: mutation ─► write side: command ─► decide ─► store side: append
 *                                                                │ follow
 *     servers: query, verification ◄─ read side: projections ◄── events
 */
export async function createApp({ config, log, clock = Date.now, ...options }: AppOptions): Promise<App> {
  mkdirSync(config.dataDirectory, { recursive: true, mode: 0o700 });
  const tokens = await openAuthority(config);
  const basis = await openBasis({ config, log, clock });
  const store = await openStoreSide(basis, { given: options.store, onFatal: options.onFatal });
  const read = await openReadSide(basis, store);
  const background = createBackgroundWork(basis, store, read);
  const write = createWriteSide(basis, read, background.clockGuard);
  const availability = availabilityOf(basis, store, read, background.clockGuard);
  const { schema, dashboard, exposition } = options;
  const servers = createServers({ basis, tokens, read, write, availability, schema, dashboard, exposition });

  return {
    issuer: tokens.issuer,
    verification: read.verifier,
    ready: read.ready,
    async start({ whenCaughtUp = false } = {}) {
      read.start();
      background.start();
      if (whenCaughtUp) await read.ready;
      return servers.start();
    },
    drain: () => servers.drain(),
    /** From the outside inwards: nothing is closed while somebody may still ask it. */
    async stop() {
      await servers.stop();
      await Promise.all([write.stop(), background.stop()]);
      await read.stop();
      await store.stop();
      read.close();
      await basis.stop();
    },
  };
}
