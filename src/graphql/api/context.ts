import type { Viewer } from '../../auth/viewer.js';
import type { ReadLog } from '../../commands/audit/read-log.js';
import type { KeyCommands } from '../../commands/keys/keys.js';
import type { Analytics } from '../../projections/analytics/analytics.js';
import type { Feed } from '../../projections/audit/feed.js';
import type { HistoryProjection } from '../../projections/audit/history.js';
import type { ReadsProjection } from '../../projections/audit/reads.js';
import type { Readable } from '../../projections/engine/readable.js';
import type { AccountVersions } from '../../projections/keys/account-versions.js';
import type { KeysProjection } from '../../projections/keys/keys.js';
import type { Checkpoints } from '../../projections/transparency/checkpoints.js';
import type { TransparencyProjection } from '../../projections/transparency/transparency.js';
import type { UsageProjection } from '../../projections/usage/usage.js';
import type { Clock } from '../../shared/clock.js';
import type { RateLimit } from '../../shared/rate-limit.js';
import type { RequestTime } from './request-time.js';
import type { RequiredVersions } from './required-versions.js';

/** What the fields of the schema may use: the same for every request. */
export interface Services {
  commands: Pick<KeyCommands, keyof KeyCommands>;
  keys: KeysProjection;
  versions: AccountVersions;
  /** For fields that can stand below a change: `historyOf`, `treeOf` and `usageOf` give these with the change in them. */
  history: Readable<HistoryProjection>;
  tree: Readable<TransparencyProjection>;
  usage: Readable<UsageProjection>;
  recordedReads: Readable<ReadsProjection>;
  feed: Feed;
  /** It throws until they hold what the log held when the process started, and `NoPseudonymKey` where there can be none. */
  analytics: () => Analytics;
  /** Takes note of who reads the history; see `recordRead`. */
  reads: ReadLog;
  checkpoints: Checkpoints;
  clock: Clock;
  /** Changes that an account asks for; undefined: they are not counted. */
  mutations: RateLimit | undefined;
  /** How long a request may take, in milliseconds. */
  deadline: number;
}

/** What a client has sent. */
export interface Sent {
  query?: string | undefined;
  variables?: object | undefined;
}

/** What every field is resolved with. */
export interface Context extends Services {
  viewer: Viewer;
  /** Ties the answer, the log lines and the events of one request together. */
  correlationId: string;
  /** The document and its variables. */
  sent: Sent;
  time: RequestTime;
  required: RequiredVersions;
}
