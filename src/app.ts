import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { openAuthority } from './app/authority.js';
import { availabilityOf } from './app/availability.js';
import { createBackgroundWork } from './app/background-work.js';
import { openBasis } from './app/basis.js';
import { openReadSide } from './app/read-side.js';
import { createServers } from './app/servers.js';
import { openStoreSide } from './app/store-side.js';
import { createWriteSide, type WriteSide } from './app/write-side.js';
import type { LocalIssuer } from './auth/local-issuer.js';
import type { Config } from './config.js';
import type { Exposition } from './http/programs/metrics.js';
import type { Metrics } from './observability/metrics.js';
import type { Answering } from './projections/analytics/answering.js';
import type { Verifier } from './projections/keys/verification.js';
import type { Clock } from './shared/clock.js';
import { makeDirectory } from './shared/make-directory.js';
import type { EventStore } from './store/event-store.js';

export interface AppOptions {
  config: Config;
  log: Logger;
  clock?: Clock;
  /** A schema to use instead of the public one, for benchmarks. */
  schema?: GraphQLSchema;
  /** A store to use instead of the configured one, for tests. */
  store?: EventStore;
  /** What answers analysts' questions from that file, instead of a thread; for tests. */
  answering?: (file: string) => Answering;
  /** True: files of projections are filled in this thread instead of one of their own. A given store is read here anyway. */
  fillHere?: boolean;
  onFatal?: (error: Error) => void;
  /** The directory of the dashboard's pages, if not the built one. */
  dashboard?: string;
  /** The source of `/metrics`, if it shows more than the metrics of this process. */
  exposition?: (own: Metrics) => Exposition;
}

/** A complete Keyledger server. It does not listen until `start`. */
export interface App {
  /**
   * Starts to listen, at once or when keys can be verified. Resolves with the address. Calls `beforeListening` when it begins to listen:
   * before that, there are no requests.
   */
  start(options?: { whenCaughtUp?: boolean; beforeListening?: () => void }): Promise<string>;
  /** Resolves when keys can be verified: the log is recognised, and the keys projection has caught up with it. */
  ready: Promise<void>;
  /** Makes `/readyz` answer 503, so that load balancers send no new requests. Everything else is answered as before. */
  drain(): void;
  /** Lets requests in flight finish, then closes the store. */
  stop(): Promise<void>;
  /** Undefined if there is an identity provider. */
  issuer: LocalIssuer | undefined;
  verification: Verifier;
  /** For callers in this process, without a token and a request. */
  write: Pick<WriteSide, 'commands' | 'uses'>;
}

/**
 * Wires the parts together; `app/` creates each of them:
 *
 *     servers: mutation ─► write side: command ─► decide ─► store side: append
 *                                                                │ follow
 *     servers: query, verification ◄─ read side: projections ◄── events
 */
export async function createApp({ config, log, clock = Date.now, ...options }: AppOptions): Promise<App> {
  makeDirectory(config.dataDirectory);
  const tokens = await openAuthority(config, log);
  const basis = await openBasis({ config, log, clock });
  const store = await openStoreSide(basis, { given: options.store, onFatal: options.onFatal });
  const read = await openReadSide(basis, store, {
    answering: options.answering,
    fillHere: options.fillHere ?? options.store !== undefined,
  });
  const background = createBackgroundWork(basis, store, read);
  const write = createWriteSide(basis, read, background.clockGuard);
  const availability = availabilityOf(basis, store, read, background.clockGuard);
  const { schema, dashboard, exposition } = options;
  const servers = createServers({ basis, tokens, read, write, availability, schema, dashboard, exposition });

  return {
    issuer: tokens.issuer,
    verification: read.verifier,
    write,
    ready: read.ready,
    async start({ whenCaughtUp = false, beforeListening = () => {} } = {}) {
      read.start();
      background.start();
      if (whenCaughtUp) await read.ready;
      beforeListening();
      return servers.start();
    },
    drain: () => servers.drain(),
    /** Closes from the outside inwards: nothing is closed while something else may still use it. */
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
