import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { Metrics } from '../observability/metrics.js';
import type { Tracing } from '../observability/tracing.js';
import { readBuildInfo } from '../shared/build-info.js';
import { type Clock, watched } from '../shared/clock.js';

/** The time that a request leaves of its deadline for the answer itself, in milliseconds. */
const ANSWER_TIME = 250;

export interface BasisOptions {
  config: Config;
  log: Logger;
  clock: Clock;
}

/** What every side is made with: what was set, what the time is, and who is told of what happens. */
export interface Basis extends BasisOptions {
  metrics: Metrics;
  /** Undefined where no traces are wanted. */
  tracing: Tracing | undefined;
  /** How long the work for a request may take, in milliseconds since it came. */
  deadline: number;
  /** Sends the last spans. */
  stop(): Promise<void>;
}

export async function openBasis({ config, log, clock: source }: BasisOptions): Promise<Basis> {
  const metrics = new Metrics(readBuildInfo());
  const clock = watched(source, (milliseconds) => {
    metrics.recordClockStep();
    log.warn(
      { milliseconds },
      'the clock was stepped back, and is followed; what happens now may be dated before what happened',
    );
  });
  const tracing = config.tracing && (await import('../observability/otlp.js')).openTracing(config.tracing, log);
  return {
    config,
    log,
    clock,
    metrics,
    tracing,
    deadline: config.deadline - ANSWER_TIME,
    stop: async () => tracing?.stop(),
  };
}
