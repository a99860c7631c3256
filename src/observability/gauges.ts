import { Counter, Gauge, type Registry } from 'prom-client';
import type { Removals } from '../projections/audit/reads.js';
import type { ProjectionStatus } from '../projections/engine/projection-status.js';
import type { ErrorCode } from '../shared/error-codes.js';

/** Which access records were removed, and how many. */
export type CountedRemovals = Pick<Removals, 'before' | 'records'>;

/** The clock of a process. Times are in milliseconds. */
export interface WatchedClock {
  /** The kind of store whose clock it is compared with. */
  store: string;
  ahead: () => number | undefined;
  eventsAhead: () => number;
}

/** Reports the state of the projections at each scrape. */
export function watchProjections(registers: Registry[], statuses: () => ProjectionStatus[]): void {
  new Gauge({
    name: 'keyledger_projection_position',
    help: 'The position in the log of the last event that the projection has read.',
    labelNames: ['projection'],
    registers,
    // Processes share the tables, but each has its own view: up to this position, all of them have seen every event.
    aggregator: 'min',
    collect() {
      for (const { name, position } of statuses()) this.set({ projection: name }, position);
    },
  });
  new Gauge({
    name: 'keyledger_projection_age_seconds',
    help: 'How long ago the projection had read the whole log. Absent while it is being filled.',
    labelNames: ['projection'],
    registers,
    aggregator: 'max',
    collect() {
      this.reset();
      for (const { name, age } of statuses()) if (age !== undefined) this.set({ projection: name }, age / 1000);
    },
  });
  watchUnreadable(registers, statuses);
}

function watchUnreadable(registers: Registry[], statuses: () => ProjectionStatus[]): void {
  new Gauge({
    name: 'keyledger_quarantined_accounts',
    help: 'Accounts whose events cannot be read. For the keys projection: their keys are refused. The log names the accounts.',
    labelNames: ['projection'],
    registers,
    aggregator: 'max',
    collect() {
      for (const { name, quarantined } of statuses()) this.set({ projection: name }, quarantined);
    },
  });
  new Counter({
    name: 'keyledger_left_out_events_total',
    help: 'Events that could not be read and were left out. Other events are not affected.',
    labelNames: ['projection'],
    registers,
    collect() {
      this.reset();
      for (const { name, leftOut } of statuses()) this.inc({ projection: name }, leftOut);
    },
  });
}

/**
 * Reports which access records the retention has removed. Processes that share a data directory report the same. While they cannot be read,
 * the gauges have no value, and all other metrics are shown.
 */
export function watchRemovedReads(registers: Registry[], removals: () => Promise<CountedRemovals>): void {
  // The runner of the projection reports why its tables cannot be read.
  const read = () => removals().catch(() => undefined);
  new Gauge({
    name: 'keyledger_removed_reads',
    help: 'Access records that were ever removed because they were older than KEYLEDGER_READS_RETENTION. Absent while that cannot be read.',
    registers,
    aggregator: 'max',
    async collect() {
      setOrRemove(this, (await read())?.records);
    },
  });
  new Gauge({
    name: 'keyledger_removed_reads_before_timestamp_seconds',
    help: 'Access records before this instant were removed, in seconds since 1970. Absent if none was ever removed, and while that cannot be read.',
    registers,
    aggregator: 'max',
    async collect() {
      const { before } = (await read()) ?? {};
      setOrRemove(this, before === undefined ? undefined : Date.parse(before) / 1000);
    },
  });
}

/** Sets the value of a gauge without labels. Removes it if it is undefined: `reset` would set it to 0. */
function setOrRemove(gauge: Gauge, value: number | undefined): void {
  if (value === undefined) gauge.remove();
  else gauge.set(value);
}

/**
 * Reports the clock at each scrape.
 * @param clock how far it is ahead of the store's clock, if that is known, and how far the latest event is ahead of it
 */
export function watchClock(registers: Registry[], { store, ahead, eventsAhead }: WatchedClock): void {
  new Gauge({
    name: 'keyledger_clock_skew_seconds',
    help: 'How far the clock of this process is ahead of the clock of the event store; negative if it is behind. Absent while it is not known, and on SQLite.',
    labelNames: ['store'],
    registers,
    aggregator: 'max',
    collect() {
      this.reset();
      const skew = ahead();
      if (skew !== undefined) this.set({ store }, skew / 1000);
    },
  });
  new Gauge({
    name: 'keyledger_events_ahead_seconds',
    help: 'How far the latest event is dated ahead of the clock of this process. The clock of the process that wrote it was ahead, or the clock of this one is behind.',
    registers,
    aggregator: 'max',
    collect() {
      this.set(eventsAhead() / 1000);
    },
  });
}

/**
 * Reports at each scrape whether changes are possible.
 * @param why the code with which they are refused now
 */
export function watchMutations(registers: Registry[], why: () => ErrorCode | undefined): void {
  new Gauge({
    name: 'keyledger_mutations_possible',
    help: 'Whether changes are possible, as far as the process knows: 1, or 0 with the code of the refusal.',
    labelNames: ['code'],
    registers,
    aggregator: 'min',
    collect() {
      const code = why();
      this.reset();
      this.set({ code: code ?? 'none' }, code === undefined ? 1 : 0);
    },
  });
}
