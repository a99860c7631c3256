import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { Metrics } from '../observability/metrics.js';
import type { Tracing } from '../observability/tracing.js';
import { BUILD_INFO } from '../shared/build-info.js';
import { type Clock, watched } from '../shared/clock.js';

/** The part of a request's deadline that is reserved for sending the answer, in milliseconds. */
const ANSWER_TIME = 250;

export interface BasisOptions {
  config: Config;
  log: Logger;
  clock: Clock;
}

/** What all parts use: settings, clock, log, metrics and traces. */
export interface Basis extends BasisOptions {
  metrics: Metrics;
  /** Undefined if traces are off. */
  tracing: Tracing | undefined;
  /** The maximum time for the work on a request, in milliseconds since it arrived. */
  deadline: number;
  /** Ends the metrics, and sends the remaining spans. */
  stop(): Promise<void>;
}

export async function openBasis({ config, log, clock: source }: BasisOptions): Promise<Basis> {
  const metrics = new Metrics(BUILD_INFO);
  const clock = watched(source, (milliseconds) => {
    metrics.recordClockStep();
    log.warn({ milliseconds }, 'the clock of this machine was set back; new events may have earlier times than older ones');
  });
  const tracing = config.tracing && (await import('../observability/otlp.js')).openTracing(config.tracing, log);
  return {
    config,
    log,
    clock,
    metrics,
    tracing,
    deadline: config.deadline - ANSWER_TIME,
    async stop() {
      metrics.stop();
      await tracing?.stop();
    },
  };
}
