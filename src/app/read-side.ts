import { setTimeout as delay } from 'node:timers/promises';
import { openLogKey } from '../auth/log-key.js';
import { openPseudonymKey } from '../auth/pseudonym-key.js';
import { ObservedVerifier } from '../observability/observed-verifier.js';
import type { AuditProjections, KeysProjections } from '../projections/all-projections.js';
import { type AnalyticsSide, type AnalyticsSideOptions, startAnalytics } from '../projections/analytics/open-analytics.js';
import { Feed } from '../projections/audit/feed.js';
import type { FutureEvents } from '../projections/audit/future-events.js';
import { Outage } from '../projections/engine/outage.js';
import type { ProjectionStatus } from '../projections/engine/projection-status.js';
import { AccountSearch } from '../projections/keys/account-search.js';
import { AccountVersions } from '../projections/keys/account-versions.js';
import { KeySearch } from '../projections/keys/key-search.js';
import { ReadYourWrites } from '../projections/keys/read-your-writes.js';
import { Verification, type Verifier } from '../projections/keys/verification.js';
import { openFiles } from '../projections/open-files.js';
import { openKeysRunner, openRunners } from '../projections/runners.js';
import type { Checkpoints } from '../projections/transparency/checkpoints.js';
import { guardLog } from '../projections/transparency/guarded-log.js';
import { GuardedEventStore } from '../projections/transparency/guarded-store.js';
import type { LogGuard } from '../projections/transparency/log-guard.js';
import { untilUnlocked } from '../shared/until-unlocked.js';
import type { EventStore } from '../store/event-store.js';
import type { Basis } from './basis.js';
import { openFilling } from './filling.js';
import { watchLiveEvents } from './live-events.js';
import { openProjecting } from './projecting-thread.js';
import type { StoreSide } from './store-side.js';

/** How long a stop waits for the last events to reach the tree and the history, in milliseconds. */
const LAST_EVENTS = 1000;

const LATEST_UNKNOWN = 'the date of the latest event could not be read; no warning is given if it is in the future';

/** The projections, the runners that fill them, and what reads from them. */
export interface ReadSide {
  /** Checks that the store holds the log that the tables belong to. */
  guard: LogGuard;
  /** The store for all appends. It refuses them unless the guard has recognised the log. */
  guarded: EventStore;
  projections: KeysProjections & AuditProjections;
  /** Fill the projections, one runner each. */
  runners: { keys: ReturnType<typeof openKeysRunner> } & ReturnType<typeof openRunners>;
  /** Undefined without a key for pseudonyms. */
  analytics: AnalyticsSide | undefined;
  checkpoints: Checkpoints;
  feed: Feed;
  versions: AccountVersions;
  readYourWrites: ReadYourWrites;
  search: KeySearch;
  accounts: AccountSearch;
  /** For commands, which update it. */
  verification: Verification;
  /** For the routes. Counts and times each verification. */
  verifier: Verifier;
  futureEvents: FutureEvents;
  statuses: () => ProjectionStatus[];
  /** Resolves when keys can be verified: the guard has recognised the log, and the keys projection has caught up with it. */
  ready: Promise<void>;
  start(): void;
  /** Waits a moment for the last events, signs them, and stops following the store. The tables can still be read. */
  stop(): Promise<void>;
  /** Closes the tables. Call it after the store is closed. */
  close(): void;
}

export interface ReadSideOptions extends Pick<AnalyticsSideOptions, 'answering'> {
  /** True: no thread fills files of projections, but this one. */
  fillHere?: boolean;
}

export async function openReadSide(
  basis: Basis,
  { opened, observed }: StoreSide,
  { answering, fillHere = false }: ReadSideOptions = {},
): Promise<ReadSide> {
  const { config, log, clock, metrics } = basis;
  const { dataDirectory } = config;
  const pseudonymKey = await openPseudonymKey(config);
  const filling = openFilling({ ...config, pseudonymKey, log, here: fillHere ? opened : undefined });
  const { keys: keysFile, audit: auditFile, projections } = await openFiles(filling.open);
  const { keys, history } = projections;
  const { known, guard, checkpoints } = guardLog({
    dataDirectory,
    store: opened,
    ...auditFile,
    treeRunner: { catchesUp: () => runners.tree.catchesUp(), readsOn: () => runners.tree.readsOn() },
    staleness: config.staleness,
    seed: await openLogKey(config),
    log,
  });
  known.add(keysFile);
  const store = new GuardedEventStore(observed, guard);
  const feed = new Feed(history, { clock, tolerance: config.clockTolerance });
  const readYourWrites = new ReadYourWrites((account) => keys.version(account));
  const { futureEvents, onLive } = watchLiveEvents(basis, projections);
  const following = { store, log, outage: new Outage(log), recognition: guard, onLive };
  const projector = fillHere ? undefined : openProjecting({ ...config, pseudonymKey, log });
  const behind = { ...following, projector };
  const runners = {
    keys: openKeysRunner(following, keysFile, readYourWrites),
    ...openRunners(behind, auditFile, feed),
  };
  const analytics = await startAnalytics({ ...behind, dataDirectory, pseudonymKey, clock, answering, open: filling.open });
  if (analytics) known.add(analytics.file);
  const allRunners = [...Object.values(runners), ...(analytics?.runners ?? [])];
  const statuses = () => allRunners.map((runner) => runner.status());
  metrics.watchProjections(statuses);
  const verification = new Verification(keysFile.database, clock);
  return {
    guard,
    guarded: store,
    projections,
    runners,
    analytics,
    checkpoints,
    feed,
    versions: new AccountVersions({ store, keys: runners.keys }),
    readYourWrites,
    accounts: new AccountSearch(keysFile.database),
    search: new KeySearch({ database: keysFile.database, store, keys }),
    verification,
    verifier: new ObservedVerifier(verification, metrics.recordVerification),
    futureEvents,
    statuses,
    ready: Promise.all([runners.keys.caughtUp, guard.opened]).then(() => {}),
    start() {
      guard.start();
      for (const runner of allRunners) runner.start();
      Promise.all([guard.opened, runners.tree.caughtUp]).then(() => checkpoints.start());
      const lookAtLatest = async () => futureEvents.record(await untilUnlocked(() => history.latest()));
      // Only a warning depends on it. If the file is damaged, its runner fills it anew.
      runners.history.caughtUp.then(lookAtLatest).catch((err: unknown) => log.warn({ err }, LATEST_UNKNOWN));
    },
    async stop() {
      const lastTaken = Promise.all([runners.tree.readsOn(), runners.history.readsOn()]);
      await Promise.race([lastTaken, delay(LAST_EVENTS, undefined, { ref: false })]);
      await Promise.all([filling.stop(), projector?.stop()]);
      await Promise.all(allRunners.map((runner) => runner.stop()));
      await checkpoints.stop();
      await guard.stop();
    },
    close() {
      keysFile.database.close();
      auditFile.database.close();
      analytics?.close();
    },
  };
}
