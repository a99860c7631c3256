import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { CodeFlow } from './auth/code-flow.js';
import { type LocalIssuer, openLocalIssuer } from './auth/local-issuer.js';
import { openLogKey } from './auth/log-key.js';
import { NoPseudonymKey, openPseudonymKey } from './auth/pseudonym-key.js';
import { ticketExchange } from './auth/ticket-exchange.js';
import { identityProvider, TokenAuthenticator } from './auth/token-authenticator.js';
import { ReadLog } from './commands/audit/read-log.js';
import { ReadsRetention } from './commands/audit/reads-retention.js';
import { ClockGuard } from './commands/keys/clock-guard.js';
import { KeyCommands } from './commands/keys/keys.js';
import { refusalOfMutations } from './commands/keys/mutability.js';
import { RefusalLog } from './commands/usage/refusal-log.js';
import { UsageLog } from './commands/usage/usage-log.js';
import { UsageTotals } from './commands/usage/usage-totals.js';
import type { Config } from './config.js';
import { createGraphQLEndpoint } from './graphql/api/endpoint.js';
import { browserRoutes } from './http/browsers/browser.js';
import { SessionCookie } from './http/browsers/session-cookie.js';
import type { Failure } from './http/failure.js';
import { graphqlRoute } from './http/graphql.js';
import { lightFetch } from './http/light-fetch.js';
import { checkpointRoute } from './http/programs/checkpoint.js';
import { FailedAttempts } from './http/programs/failed-attempts.js';
import { healthRoutes } from './http/programs/health.js';
import { introspectRoute } from './http/programs/introspect.js';
import { leakedRoute, MOST_SECRETS } from './http/programs/leaked.js';
import { type Exposition, metricsRoute } from './http/programs/metrics.js';
import { refuseWhile } from './http/programs/refuse-for-now.js';
import { verifyRoute } from './http/programs/verify.js';
import { createServer } from './http/server.js';
import { LastAppend } from './observability/last-append.js';
import { Metrics } from './observability/metrics.js';
import { ObservedCommands } from './observability/observed-commands.js';
import { ObservedEventStore } from './observability/observed-store.js';
import { ObservedVerifier } from './observability/observed-verifier.js';
import { both } from './observability/observer.js';
import { observeRequests, traceRequests } from './observability/requests.js';
import { startAnalytics } from './projections/analytics/open-analytics.js';
import { Feed } from './projections/audit/feed.js';
import { FutureEvents } from './projections/audit/future-events.js';
import { allProjections } from './projections/engine/all-projections.js';
import { openProjections } from './projections/engine/database.js';
import { openRunners } from './projections/engine/runners.js';
import { AccountVersions } from './projections/keys/account-versions.js';
import { KeySearch } from './projections/keys/key-search.js';
import { ReadYourWrites } from './projections/keys/read-your-writes.js';
import { Verification, type Verified, type Verifier } from './projections/keys/verification.js';
import { guardLog } from './projections/transparency/guarded-log.js';
import { GuardedEventStore } from './projections/transparency/guarded-store.js';
import { readBuildInfo } from './shared/build-info.js';
import { type Clock, watched } from './shared/clock.js';
import { RateLimit } from './shared/rate-limit.js';
import { untilUnlocked } from './shared/until-unlocked.js';
import type { EventStore, RecordedEvent } from './store/event-store.js';
import { openStore } from './store/open.js';

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

/** The time that a mutation leaves of its deadline for the answer itself, in milliseconds. */
const ANSWER_TIME = 250;

/** How long a process that stops waits for the last events, which its last checkpoint and its history are to hold, in milliseconds. */
const LAST_EVENTS = 1000;

/** The only place where parts are made and joined. */
export async function createApp({
  config,
  log,
  clock: source = Date.now,
  schema,
  onFatal,
  ...given
}: AppOptions): Promise<App> {
  const { dataDirectory, claims, production, publicUrl } = config;
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const { authority, issuer } = await openAuthority(config);
  const metrics = new Metrics(readBuildInfo());
  const clock = watched(source, (milliseconds) => {
    metrics.recordClockStep();
    log.warn(
      { milliseconds },
      'the clock was stepped back, and is followed; what happens now may be dated before what happened',
    );
  });
  const authenticator = new TokenAuthenticator(authority, claims, clock);

  const tracing = config.tracing && (await import('./observability/otlp.js')).openTracing(config.tracing, log);
  const opened = given.store ?? (await openStore(config.store, { onFatal, staleness: config.staleness }));
  const { database, projections } = await openProjections(join(dataDirectory, 'projections.db'), log, allProjections);
  const { keys, history } = projections;
  const { known, guard, checkpoints } = guardLog({
    dataDirectory,
    store: opened,
    database,
    projections,
    treeRunner: { catchesUp: () => runners.tree.catchesUp(), readsOn: () => runners.tree.readsOn() },
    staleness: config.staleness,
    seed: await openLogKey(config),
    log,
  });
  const lastAppend = new LastAppend();
  const observeStore = both(both(metrics.observeStore, lastAppend.observe), tracing?.observeStore);
  const observed = new ObservedEventStore(opened, observeStore);
  const store = new GuardedEventStore(observed, guard);
  const feed = new Feed(history, { clock, tolerance: config.clockTolerance });
  const readYourWrites = new ReadYourWrites((account) => keys.version(account));
  const futureEvents = new FutureEvents({ clock, tolerance: config.clockTolerance, log });
  const oneOfEachCategory = new Set<string>([history.name, projections.reads.name, projections.usage.name]);
  const onLive = (projection: string, events: RecordedEvent[]) => {
    metrics.recordProjected(projection, events, clock());
    if (oneOfEachCategory.has(projection)) futureEvents.note(events);
  };
  const runners = openRunners({ database, store, log, recognition: guard, onLive }, projections, { readYourWrites, feed });
  const pseudonymKey = await openPseudonymKey(config);
  const analysts = await startAnalytics({ dataDirectory, pseudonymKey, store, log, recognition: guard, onLive, clock });
  if (analysts) known.add(analysts.file);
  const allRunners = () => [...Object.values(runners), ...(analysts?.runners ?? [])];
  const statuses = () => allRunners().map((runner) => runner.status());
  metrics.watchProjections(statuses);
  const { clockTolerance: tolerance } = config;
  const clockGuard = opened.serverClock && new ClockGuard({ serverClock: opened.serverClock, clock, tolerance, log });
  metrics.watchClock({ store: store.kind, ahead: () => clockGuard?.ahead(), eventsAhead: () => futureEvents.ahead() });
  const verification = new Verification(database, clock);
  const deadline = config.deadline - ANSWER_TIME;
  const refusals = new RefusalLog({ store, clock, log });
  const search = new KeySearch({ database, store, keys });
  const requireClock = clockGuard && ((signal: AbortSignal) => clockGuard.require(signal));
  const keyCommands = new KeyCommands({
    store,
    keys,
    search,
    readYourWrites,
    verification,
    clock,
    requireClock,
    deadline,
    refusals,
  });
  const commands = new ObservedCommands(keyCommands, both(metrics.observeCommand, tracing?.observeCommand));
  const reads = new ReadLog({ store, clock, log });
  const retention = new ReadsRetention({
    store,
    clock,
    log,
    retention: config.readsRetention,
    reads: projections.reads,
    readsOn: () => runners.reads.readsOn(),
  });
  metrics.watchRemovedReads(() => untilUnlocked(() => projections.reads.removals()));
  const uses = new UsageLog({ store, clock, log });
  const { openDays } = projections.usage;
  const totals = new UsageTotals({ store, clock, log, openDays, readsOn: () => runners.usage.readsOn() });

  const services = {
    commands,
    keys,
    versions: new AccountVersions({ store, keys: runners.keys }),
    history: runners.history,
    tree: runners.tree,
    usage: runners.usage,
    recordedReads: runners.reads,
    feed,
    analytics: () => {
      if (!analysts) throw new NoPseudonymKey();
      return analysts.filled();
    },
    reads,
    checkpoints,
    clock,
    mutations: rateLimit(config.mutationsPerMinute),
    deadline,
  };
  const onError = metrics.recordGraphQLError;
  const handler = createGraphQLEndpoint({
    services,
    production,
    log,
    fetchAPI: lightFetch,
    onError,
    ...(schema && { schema }),
  });
  const server = createServer(log, config.trustedProxies);
  observeRequests(server, metrics.recordRequest);
  if (tracing) traceRequests(server, tracing);
  const session = new SessionCookie({ authenticator, clock, publicUrl });
  const requireReady = () => {
    guard.requireOpen();
    runners.keys.filled();
  };
  server.register(graphqlRoute({ handler, authenticator, session, requireReady, onRefused: onError }));
  const redeem = issuer && ticketExchange({ dataDirectory, issuer, claims, clock });
  const flow = config.codeFlow && new CodeFlow(config.codeFlow);
  server.register(
    browserRoutes({ directory: given.dashboard, graphiql: config.graphiql, session, authenticator, redeem, flow }),
  );
  server.register(checkpointRoute(checkpoints));
  server.register(metricsRoute(given.exposition?.(metrics) ?? metrics));
  /** Whoever verifies keys asks this, and so does `/readyz`. */
  const whyNoVerification = (): Failure | undefined => {
    if (guard.mismatch()) return { code: 'LOG_MISMATCH' };
    if (guard.isOpen() && runners.keys.isFresh(config.staleness)) return undefined;
    const { age } = runners.keys.status();
    return { code: age === undefined || !guard.isOpen() ? 'NOT_READY' : 'STALE' };
  };
  const refuseForNow = refuseWhile(whyNoVerification);
  const failedAttempts = new FailedAttempts(rateLimit(config.failuresPerMinute));
  const verifier = new ObservedVerifier(verification, metrics.recordVerification);
  const onAccepted = (verified: Verified) => uses.note(verified);
  server.register(verifyRoute({ verifier, refuseForNow, failedAttempts, onAccepted }));
  server.register(
    introspectRoute({ token: config.introspectionToken, verifier, keys, refuseForNow, failedAttempts, onAccepted }),
  );
  const reported = new RateLimit(MOST_SECRETS);
  server.register(leakedRoute({ reportLeak: (report) => commands.reportLeak(report), reported, requireReady }));
  let draining = false;
  const whyNoMutations = () =>
    refusalOfMutations({
      requireReady,
      clockGuard,
      store: opened,
      storeFailures: [() => runners.keys.status().failure, () => lastAppend.failure()],
    });
  metrics.watchMutations(whyNoMutations);
  server.register(
    healthRoutes({
      whyNoVerification,
      lookUp: () => verification.verify('', ''),
      whyNoMutations,
      statuses,
      isDraining: () => draining,
      staleness: config.staleness,
    }),
  );
  const ready = Promise.all([runners.keys.caughtUp, guard.opened]).then(() => {});

  return {
    issuer,
    verification: verifier,
    ready,
    async start({ whenCaughtUp = false } = {}) {
      guard.start();
      for (const runner of allRunners()) runner.start();
      clockGuard?.start();
      totals.start();
      retention.start();
      Promise.all([guard.opened, runners.tree.caughtUp]).then(() => checkpoints.start());
      runners.history.caughtUp.then(async () => futureEvents.note(await untilUnlocked(() => history.latest())));
      if (whenCaughtUp) await ready;
      return server.listen({ port: config.port, host: config.host });
    },
    drain() {
      draining = true;
    },
    async stop() {
      await server.close();
      await Promise.all([reads.stop(), uses.stop(), refusals.stop(), totals.stop(), retention.stop(), clockGuard?.stop()]);
      const lastTaken = Promise.all([runners.tree.readsOn(), runners.history.readsOn()]);
      await Promise.race([lastTaken, delay(LAST_EVENTS, undefined, { ref: false })]);
      await Promise.all(allRunners().map((runner) => runner.stop()));
      await checkpoints.stop();
      await guard.stop();
      await store.close();
      database.close();
      analysts?.close();
      await tracing?.stop();
    },
  };
}

async function openAuthority({ identityProvider: provider, dataDirectory }: Config) {
  if (provider) return { authority: identityProvider(provider), issuer: undefined };
  const issuer = await openLocalIssuer(join(dataDirectory, 'issuer.jwk'));
  return { authority: issuer.authority, issuer };
}

function rateLimit(perMinute: number | undefined): RateLimit | undefined {
  return perMinute === undefined ? undefined : new RateLimit(perMinute);
}
