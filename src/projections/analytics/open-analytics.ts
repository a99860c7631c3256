import { Pseudonyms } from '../../domain/analytics/pseudonyms.js';
import type { Clock } from '../../shared/clock.js';
import type { Projection } from '../engine/projection.js';
import { ProjectionRunner, type RunnerOptions } from '../engine/runner.js';
import type { ProjectionsFile } from '../transparency/known-log.js';
import { Analytics } from './analytics.js';
import { openAnalytics } from './analytics-database.js';

/** How far what analysts see may stay behind, in milliseconds. */
const REST = 500;

export interface AnalyticsSideOptions extends Pick<RunnerOptions<Projection>, 'store' | 'log' | 'recognition' | 'onLive'> {
  dataDirectory: string;
  /** What pseudonyms are made with. */
  pseudonymKey: Uint8Array | undefined;
  clock: Clock;
}

/** The analysts' part of a process. */
export interface AnalyticsSide {
  file: ProjectionsFile;
  /** What keeps it filled. */
  runners: ProjectionRunner<Projection>[];
  /**
   * What answers them, once the file has held all that the log held.
   * @throws NotCaughtUp before that
   */
  filled(): Analytics;
  close(): void;
}

/** Opens the analysts' file; without a key to make pseudonyms with there is none, and the log says so. */
export async function startAnalytics({
  dataDirectory,
  pseudonymKey,
  clock,
  ...shared
}: AnalyticsSideOptions): Promise<AnalyticsSide | undefined> {
  const { log } = shared;
  if (!pseudonymKey) {
    log.info({ setting: 'KEYLEDGER_PSEUDONYM_KEY' }, 'there is no key to make pseudonyms with: there are no analytics');
    return undefined;
  }
  const pseudonyms = new Pseudonyms(pseudonymKey);
  const { database, projections } = await openAnalytics(dataDirectory, pseudonyms, log);
  const runners = Object.values(projections).map(
    (projection: Projection) => new ProjectionRunner({ ...shared, database, projection, rest: REST }),
  );
  const analytics = new Analytics(database, clock);
  return {
    file: { database, pseudonyms },
    runners,
    filled() {
      for (const runner of runners) runner.filled();
      return analytics;
    },
    close: () => database.close(),
  };
}
