import type { Viewer } from '../../auth/viewer.js';
import type { ReadLog } from '../../commands/audit/read-log.js';
import type { KeyCommands } from '../../commands/keys/keys.js';
import type { OperatorCommands } from '../../commands/keys/operator.js';
import type { QueuedAnalytics } from '../../projections/analytics/queued-analytics.js';
import type { Feed } from '../../projections/audit/feed.js';
import type { HistoryProjection } from '../../projections/audit/history.js';
import type { ReadsProjection } from '../../projections/audit/reads.js';
import type { Readable } from '../../projections/engine/readable.js';
import type { AccountSearch } from '../../projections/keys/account-search.js';
import type { AccountVersions } from '../../projections/keys/account-versions.js';
import type { KeysProjection } from '../../projections/keys/keys.js';
import type { Checkpoints } from '../../projections/transparency/checkpoints.js';
import type { TransparencyProjection } from '../../projections/transparency/transparency.js';
import type { UsageProjection } from '../../projections/usage/usage.js';
import type { Clock } from '../../shared/clock.js';
import type { RateLimit } from '../../shared/rate-limit.js';
import type { OpenFeeds } from '../audit/open-feeds.js';
import type { RequestTime } from './request-time.js';
import type { RequiredVersions } from './required-versions.js';

/** What resolvers use, the same for every request. */
export interface Services {
  commands: Pick<KeyCommands, keyof KeyCommands>;
  operators: Pick<OperatorCommands, keyof OperatorCommands>;
  keys: KeysProjection;
  accounts: AccountSearch;
  versions: AccountVersions;
  /** Resolvers get these three from `historyOf`, `treeOf` and `usageOf`, which wait until the changes of the request are included. */
  history: Readable<HistoryProjection>;
  tree: Readable<TransparencyProjection>;
  usage: Readable<UsageProjection>;
  recordedReads: Readable<ReadsProjection>;
  feed: Feed;
  feeds: OpenFeeds;
  /** @throws NotCaughtUp until they hold all that the log held at the start; NoPseudonymKey if the server has no key for pseudonyms */
  analytics: () => QueuedAnalytics;
  /** Records who reads the history; see `recordRead`. */
  reads: ReadLog;
  checkpoints: Checkpoints;
  clock: Clock;
  /** Limits the mutations of an account. Undefined if there is no limit. */
  mutations: RateLimit | undefined;
  /** The maximum time for a request, in milliseconds. */
  deadline: number;
}

/** A document and its variables, as the client sent them. */
interface Sent {
  query?: string | undefined;
  variables?: object | undefined;
}

/** The context of every resolver. */
export interface Context extends Services {
  viewer: Viewer;
  /** Identifies the request in its answer, log lines and events. */
  correlationId: string;
  sent: Sent;
  time: RequestTime;
  required: RequiredVersions;
}
