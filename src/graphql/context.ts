import type { Viewer } from '../auth/viewer.js';
import type { KeyCommands } from '../commands/keys.js';
import type { ReadLog } from '../commands/read-log.js';
import type { Clock } from '../domain/clock.js';
import type { RateLimit } from '../domain/rate-limit.js';
import type { Analytics } from '../projections/analytics.js';
import type { Checkpoints } from '../projections/checkpoints.js';
import type { Feed } from '../projections/feed.js';
import type { HistoryProjection } from '../projections/history.js';
import type { KeysProjection } from '../projections/keys.js';
import type { ReadsProjection } from '../projections/reads.js';
import type { TransparencyProjection } from '../projections/transparency.js';
import type { UsageProjection } from '../projections/usage.js';

/** What the fields of the schema may use: the same for every request. */
export interface Services {
  commands: Pick<KeyCommands, keyof KeyCommands>;
  keys: KeysProjection;
  /** It throws until it holds what the log held when the process started: before that, it would call false what is true. */
  history: () => HistoryProjection;
  feed: Feed;
  /** Likewise. */
  tree: () => TransparencyProjection;
  /** Likewise. */
  recordedReads: () => ReadsProjection;
  /** Likewise. */
  usage: () => UsageProjection;
  /** Likewise; it throws `NoPseudonymKey`, too, where there can be none. */
  analytics: () => Analytics;
  /** Takes note of who reads the history; see `noteRead`. */
  reads: ReadLog;
  checkpoints: Checkpoints;
  clock: Clock;
  /** Changes that an account asks for; undefined: they are not counted. */
  mutations: RateLimit | undefined;
}

/** What every field is resolved with. */
export interface Context extends Services {
  viewer: Viewer;
  /** Ties the answer, the log lines and the events of one request together. */
  correlationId: string;
  /** When the request came, by `performance.now()`: all its mutations share one deadline. */
  since: number;
}
