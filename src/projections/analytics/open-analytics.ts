import { join } from 'node:path';
import { Pseudonyms } from '../../domain/analytics/pseudonyms.js';
import type { Clock } from '../../shared/clock.js';
import { DATA_FILE } from '../../shared/data-files.js';
import type { Projection } from '../engine/projection.js';
import { ProjectionRunner, type RunnerOptions } from '../engine/runner.js';
import type { OpenFile } from '../open-files.js';
import type { ProjectionsFile } from '../transparency/known-log.js';
import { type Answering, reportingDamage } from './answering.js';
import { AnsweringThread } from './answering-thread.js';
import { makeAnalytics } from './make-analytics.js';
import { QueuedAnalytics } from './queued-analytics.js';
import { TablesState } from './tables-state.js';

/** The maximum time by which analytics stay behind, in milliseconds. */
const REST = 500;

export interface AnalyticsSideOptions
  extends Pick<RunnerOptions<Projection>, 'store' | 'log' | 'outage' | 'recognition' | 'onLive' | 'projector'> {
  dataDirectory: string;
  /** The key for pseudonyms. */
  pseudonymKey: Uint8Array | undefined;
  clock: Clock;
  /** Opens a file of projections. */
  open: OpenFile;
  /** Answers questions from that file; by default a thread does. */
  answering?: ((file: string) => Answering) | undefined;
}

/** The analytics part of a process. */
export interface AnalyticsSide {
  file: ProjectionsFile;
  /** The runners that fill it. */
  runners: ProjectionRunner<Projection>[];
  /**
   * Answers queries, once the file has held everything that the log held.
   * @throws NotCaughtUp before that
   */
  filled(): QueuedAnalytics;
  /** The number of events of the keys' category that it has counted. */
  events(): number;
  close(): void;
}

/** Opens the analytics file, and makes what fills and reads it. Without a key for pseudonyms there are no analytics, which the log says. */
export async function startAnalytics({
  dataDirectory,
  pseudonymKey,
  clock,
  answering: answeringFrom,
  open,
  ...shared
}: AnalyticsSideOptions): Promise<AnalyticsSide | undefined> {
  const { log } = shared;
  if (!pseudonymKey) {
    log.info(
      { setting: 'KEYLEDGER_PSEUDONYM_KEY' },
      'there is no key for pseudonyms, so there are no analytics: set KEYLEDGER_PSEUDONYM_KEY',
    );
    return undefined;
  }
  const pseudonyms = new Pseudonyms(pseudonymKey);
  const { database, projections, file } = await open(DATA_FILE.analytics, makeAnalytics(pseudonyms));
  const runners = Object.values(projections).map(
    (projection: Projection) => new ProjectionRunner({ ...shared, database, file, projection, rest: REST }),
  );
  const path = join(dataDirectory, DATA_FILE.analytics);
  const answering = reportingDamage(answeringFrom?.(path) ?? new AnsweringThread({ file: path, log }), (error) =>
    file?.lose(error),
  );
  const analytics = new QueuedAnalytics({ database, answering, clock });
  const state = new TablesState(database);
  return {
    file: { database, pseudonyms },
    runners,
    filled() {
      for (const runner of runners) runner.filled();
      return analytics;
    },
    events: () => state.events(),
    close() {
      answering.close();
      database.close();
    },
  };
}
