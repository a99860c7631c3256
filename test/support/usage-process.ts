import { RefusalLog } from '../../src/commands/usage/refusal-log.js';
import { UsageLog } from '../../src/commands/usage/usage-log.js';
import { UsageTotals } from '../../src/commands/usage/usage-totals.js';
import { Pseudonyms } from '../../src/domain/analytics/pseudonyms.js';
import { ActivityUsageProjection } from '../../src/projections/analytics/activity-usage.js';
import { digestOf } from '../../src/projections/engine/digest.js';
import { ProjectionRunner } from '../../src/projections/engine/runner.js';
import { UsageProjection } from '../../src/projections/usage/usage.js';
import Database from '../../src/shared/sqlite.js';
import type { EventStore } from '../../src/store/event-store.js';
import { cleanUpLater } from './cleanup.js';
import { StoreDouble } from './store-doubles.js';

/** Longer than any test. */
const NEVER = 2 ** 31 - 1;

/** The tables whose content people see. */
const SHOWN = [
  'usage_2',
  'usage_2_last',
  ...['', '_keys', '_refusals', '_quarters'].map((table) => `activity_usage_2${table}`),
];

export interface UsageProcessOptions {
  store: EventStore;
  clock: () => number;
  /** Its projections, which processes of one machine share. */
  database?: Database.Database;
}

/** A store to which a killed process appends nothing. */
class Killable extends StoreDouble {
  killed = false;

  override append(...call: Parameters<EventStore['append']>): Promise<number> {
    return this.killed ? Promise.reject(new Error('killed')) : super.append(...call);
  }
}

/** The parts of a process that count usage, total it and project it. */
export class UsageProcess {
  readonly uses: UsageLog;
  readonly refusals: RefusalLog;
  readonly totals: UsageTotals;
  readonly usage: UsageProjection;
  /** Logged warnings and errors. */
  readonly lines: string[] = [];
  readonly #store: Killable;
  readonly #database: Database.Database;
  readonly #runners;

  constructor({ store, clock, database = new Database(':memory:') }: UsageProcessOptions) {
    const say = (fields: object, message: string) => {
      if (!this.#store.killed) this.lines.push(`${message} ${JSON.stringify(fields)}`);
    };
    const log = { info() {}, warn: say, error: say } as never;
    this.#store = new Killable(store);
    this.#database = database;
    this.usage = new UsageProjection(database);
    const activity = new ActivityUsageProjection(database, new Pseudonyms(Buffer.alloc(32, 7)));
    const shared = { database, store, log };
    const runner = new ProjectionRunner({ ...shared, projection: this.usage });
    this.#runners = [runner, new ProjectionRunner({ ...shared, projection: activity })];
    const counts = { store: this.#store, clock, log, interval: NEVER };
    this.uses = new UsageLog(counts);
    this.refusals = new RefusalLog(counts);
    this.totals = new UsageTotals({ store, clock, log, openDays: this.usage.openDays, readsOn: () => runner.readsOn() });
    cleanUpLater(() => this.kill());
    for (const one of this.#runners) one.start();
  }

  /** Writes the counts, as happens every ten seconds. */
  async flush(): Promise<void> {
    await Promise.all([this.uses.flush(), this.refusals.flush()]);
  }

  /** The usage figures that people see, once the projections hold all of the log. */
  async figures(): Promise<Record<string, unknown[]>> {
    await this.#readOn();
    return Object.fromEntries(SHOWN.map((table) => [table, this.#database.prepare(`SELECT * FROM ${table}`).all()]));
  }

  /** The digests of all projections, likewise. */
  async digests(): Promise<string[]> {
    await this.#readOn();
    return ['usage_2', 'activity_usage_2'].map((projection) => digestOf(this.#database, projection));
  }

  /** Ends the process; counts that were not flushed are lost. */
  async kill(): Promise<void> {
    this.#store.killed = true;
    await Promise.all([this.flush(), this.totals.stop(), ...this.#runners.map((runner) => runner.stop())]);
  }

  async #readOn(): Promise<void> {
    await Promise.all(this.#runners.map((runner) => runner.readsOn()));
  }
}
