import type { Viewer } from '../auth/viewer.js';
import type { KeyCommands } from '../commands/keys.js';
import type { ReadLog } from '../commands/read-log.js';
import type { Clock } from '../domain/clock.js';
import type { RateLimit } from '../domain/rate-limit.js';
import type { AccountVersions } from '../projections/account-versions.js';
import type { Analytics } from '../projections/analytics.js';
import type { Checkpoints } from '../projections/checkpoints.js';
import type { Feed } from '../projections/feed.js';
import type { HistoryProjection } from '../projections/history.js';
import type { KeysProjection } from '../projections/keys.js';
import type { Readable } from '../projections/readable.js';
import type { ReadsProjection } from '../projections/reads.js';
import type { TransparencyProjection } from '../projections/transparency.js';
import type { UsageProjection } from '../projections/usage.js';
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
  /** Takes note of who reads the history; see `noteRead`. */
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
