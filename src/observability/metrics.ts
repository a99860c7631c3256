import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ProjectionStatus } from '../projections/engine/projection-status.js';
import type { BuildInfo } from '../shared/build-info.js';
import type { ErrorCode } from '../shared/error-codes.js';
import type { RecordedEvent } from '../store/event-store.js';
import { UNUSED_INTERVAL, watchEventLoop } from './event-loop.js';
import { type DescribedMetric, describedIn, type Figures, figuresOf } from './figures.js';
import {
  type CountedRemovals,
  type WatchedClock,
  watchClock,
  watchMutations,
  watchProjections,
  watchRemovedReads,
} from './gauges.js';
import type { Observer } from './observer.js';
import { RequestHistogram } from './request-histogram.js';

/** The upper bounds of the histograms' buckets, in seconds. A verification takes microseconds; a projection may rest. */
const BUCKETS = {
  request: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
  verification: [0.000005, 0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.005, 0.025],
  store: [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
  delay: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
};

/** What is counted as a mutation. */
const MUTATIONS = [
  ...['createKey', 'rotateKey', 'deleteKey', 'renameKey', 'disableKey', 'enableKey', 'reportLeak'],
  ...['revokeKey', 'revokeAccountKeys', 'freezeAccount', 'thawAccount'],
];

/**
 * The counters and timers of one app, by Prometheus' naming conventions. Every label has a fixed set of values: an account, a key or a
 * path from a caller is never one.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #registers = [this.#registry];
  readonly #requests = new RequestHistogram({
    name: 'keyledger_http_request_duration_seconds',
    help: 'The time from the headers of an HTTP request to the end of its answer. A live feed counts for as long as it is read.',
    buckets: BUCKETS.request,
    registers: this.#registers,
  });
  readonly #verifications = new Histogram({
    name: 'keyledger_verification_duration_seconds',
    help: 'The time of a verification, without HTTP. One in 16 verifications is timed, since timing takes long compared with a verification.',
    buckets: BUCKETS.verification,
    registers: this.#registers,
  });
  readonly #verificationCounts = { verified: 0, refused: 0 };
  readonly #mutations = new Counter({
    name: 'keyledger_mutations_total',
    help: 'Mutations and leak reports, by outcome.',
    labelNames: ['mutation', 'result'],
    registers: this.#registers,
  });
  readonly #graphqlErrors = new Counter({
    name: 'keyledger_graphql_errors_total',
    help: 'Errors in the answers of /graphql, by extensions.code.',
    labelNames: ['code'],
    registers: this.#registers,
  });
  readonly #storeDurations = new Histogram({
    name: 'keyledger_store_duration_seconds',
    help: 'The time of a call of the event store.',
    labelNames: ['operation', 'outcome'],
    buckets: BUCKETS.store,
    registers: this.#registers,
  });
  readonly #conflicts = new Counter({
    name: 'keyledger_append_conflicts_total',
    help: 'Appends that were refused because another process appended to the same stream first. The command then decides again.',
    registers: this.#registers,
  });
  readonly #delays = new Histogram({
    name: 'keyledger_projection_delay_seconds',
    help: 'The time from an event to its arrival in the tables of this process, after the projection has caught up. For the keys projection: how long a key that another process deleted is still accepted here.',
    labelNames: ['projection'],
    buckets: BUCKETS.delay,
    registers: this.#registers,
  });
  readonly #clockSteps = new Counter({
    name: 'keyledger_clock_steps_back_total',
    help: 'How often the clock of this process was set back. Keyledger follows it.',
    registers: this.#registers,
  });

  readonly #endWatch: () => void;

  constructor({ version, commit }: BuildInfo) {
    this.#describeBuild({ version, commit, node: process.version });
    this.#countRequests();
    this.#countVerifications();
    this.#beginWithZero();
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: UNUSED_INTERVAL });
    this.#endWatch = watchEventLoop(this.#registry);
  }

  /** Ends the measurement of the event loop. */
  stop(): void {
    this.#endWatch();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics, in Prometheus' text format. */
  exposition(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Describes each of our own metrics. */
  described(): DescribedMetric[] {
    return describedIn(this.#registry);
  }

  /** All metrics, to be combined with those of other processes. */
  figures(): Promise<Figures> {
    return figuresOf(this.#registry);
  }

  /** @param duration in milliseconds, like every duration here */
  readonly recordRequest = (route: string | undefined, method: string, status: number, duration: number): void => {
    this.#requests.record(route ?? 'none', method, status, duration / 1000);
  };

  readonly recordGraphQLError = (code: ErrorCode | 'OTHER'): void => {
    this.#graphqlErrors.inc({ code });
  };

  /** @param duration undefined if it was not timed */
  readonly recordVerification = (isVerified: boolean, duration: number | undefined): void => {
    this.#verificationCounts[isVerified ? 'verified' : 'refused'] += 1;
    if (duration !== undefined) this.#verifications.observe(duration / 1000);
  };

  recordClockStep(): void {
    this.#clockSteps.inc();
  }

  /** Records events that are now in a projection's tables. Machines' clocks differ: for an event from the future, the delay is zero. */
  recordProjected(projection: string, events: RecordedEvent[], now: number): void {
    for (const { metadata } of events) {
      const at = Date.parse(String(metadata.at));
      // An event that cannot be read may have no time.
      if (!Number.isNaN(at)) this.#delays.observe({ projection }, Math.max(0, now - at) / 1000);
    }
  }

  readonly observeStore: Observer = (operation) => {
    const start = performance.now();
    return {
      within: (work) => work(),
      end: (outcome) => {
        this.#storeDurations.observe({ operation, outcome }, (performance.now() - start) / 1000);
        if (outcome === 'conflict') this.#conflicts.inc();
      },
    };
  };

  readonly observeCommand: Observer = (mutation) => ({
    within: (work) => work(),
    end: (result) => this.#mutations.inc({ mutation, result }),
  });

  watchProjections(statuses: () => ProjectionStatus[]): void {
    watchProjections(this.#registers, statuses);
  }

  watchRemovedReads(removals: () => Promise<CountedRemovals>): void {
    watchRemovedReads(this.#registers, removals);
  }

  watchClock(clock: WatchedClock): void {
    watchClock(this.#registers, clock);
  }

  watchMutations(why: () => ErrorCode | undefined): void {
    watchMutations(this.#registers, why);
  }

  #describeBuild(labels: BuildInfo & { node: string }): void {
    const gauge = new Gauge({
      name: 'keyledger_build_info',
      help: 'Always 1. Its labels say which version runs, from which commit it was built, and on which Node.',
      labelNames: ['version', 'commit', 'node'],
      registers: this.#registers,
      aggregator: 'first',
    });
    gauge.set(labels, 1);
  }

  /** Prometheus sees no increase in a series that begins with 1: an alert that watches for the first one would miss it. */
  #beginWithZero(): void {
    this.#graphqlErrors.inc({ code: 'INTERNAL_SERVER_ERROR' }, 0);
    for (const mutation of MUTATIONS) this.#mutations.inc({ mutation, result: 'unknown' }, 0);
  }

  /** The histogram has counted them already. */
  #countRequests(): void {
    const requests = this.#requests;
    new Counter({
      name: 'keyledger_http_requests_total',
      help: 'HTTP requests. Status 499: the caller disconnected before there was an answer.',
      labelNames: ['route', 'method', 'status'],
      registers: this.#registers,
      async collect() {
        const { values } = await requests.get();
        // Not earlier: another scrape may be waiting for the same values.
        this.reset();
        for (const { metricName, labels, value } of values) if (metricName?.endsWith('_count')) this.inc(labels, value);
      },
    });
  }

  /** Counted by hand: a verification takes a few microseconds, and incrementing a labelled counter nearly one. */
  #countVerifications(): void {
    const counts = this.#verificationCounts;
    new Counter({
      name: 'keyledger_verifications_total',
      help: 'Verifications of a key by its secret. Unknown, wrong, deleted, disabled and expired keys are all refused.',
      labelNames: ['outcome'],
      registers: this.#registers,
      collect() {
        this.reset();
        for (const [outcome, count] of Object.entries(counts)) this.inc({ outcome }, count);
      },
    });
  }
}
