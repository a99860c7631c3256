import { type Distribution, distribution, type Presentation } from '../../domain/analytics/distribution.js';
import { quarterOf } from '../../domain/analytics/quarter.js';
import type { Connection, Query } from '../engine/connection.js';
import { ACTIVITY, ACTIVITY_USAGE } from '../engine/names.js';
import { FLOW_NAMES, FLOWS, type Flow, isStock, type Metric, STOCKS, type Stock } from './analytics-metrics.js';
import {
  type AccountAtLimit,
  type AccountPage,
  accountsAtLimit,
  type DistributionMetric,
  frequenciesOf,
  type RotationFunnel,
  rotationFunnel,
} from './analytics-questions.js';
import type { Positions } from './tables-state.js';

/** The moment for which an answer holds. */
export interface Moment extends Positions {
  /** The instant for which the answer is computed, in milliseconds since 1970: the present. */
  at: number;
}

export type Known<T> = Moment & T;

/** Totals over all time, and the present numbers. */
export interface Totals {
  accounts: number;
  accountsAtLimit: number;
  activeKeys: number;
  usedKeys: number;
  flows: ReadonlyMap<Flow, number>;
}

/** The values of a figure, one per interval. */
export interface Series {
  values: number[];
}

/** A page of the accounts at the limit, and their total number. */
export interface AccountsAtLimit {
  accounts: AccountAtLimit[];
  count: number;
}

/**
 * Answers analysts' queries from the activity projections' tables, for one instant. Most answers take longer the more keys there are. An
 * answer has several parts, so ask within a transaction.
 */
export class Analytics {
  readonly #database: Connection;
  readonly #at: number;
  readonly #read;
  readonly #statements = new Map<string, Query<[number, number], number>>();

  /** @param at the present, in milliseconds since 1970 */
  constructor(database: Connection, at: number) {
    this.#database = database;
    this.#at = at;
    this.#read = {
      accounts: database.prepare<[], number>(`SELECT count(*) FROM ${ACTIVITY}_accounts`).pluck(),
      usedKeys: database.prepare<[], number>(`SELECT count(*) FROM ${ACTIVITY_USAGE}_keys`).pluck(),
      present: {
        ACTIVE_KEYS: prepareStock(database, 'ACTIVE_KEYS'),
        ACCOUNTS_AT_LIMIT: prepareStock(database, 'ACCOUNTS_AT_LIMIT'),
      },
    };
  }

  totals(): Totals {
    return {
      accounts: this.#read.accounts.get() ?? 0,
      accountsAtLimit: this.#present('ACCOUNTS_AT_LIMIT'),
      activeKeys: this.#present('ACTIVE_KEYS'),
      usedKeys: this.#read.usedKeys.get() ?? 0,
      flows: new Map(FLOW_NAMES.map((flow) => [flow, this.#sum(flow, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)])),
    };
  }

  /**
   * Computes the figure for each interval between adjacent bounds, except those that have not begun: how often it happened, or how many
   * there were at the interval's end (or are now, if it has not ended). Exact if the bounds are quarters of an hour.
   */
  series(metric: Metric, bounds: readonly number[]): Series {
    const at = this.#at;
    const begun = bounds.slice(0, -1).filter((start) => start <= at);
    const sums = begun.map((start, index) => this.#sum(metric, start, bounds[index + 1] ?? start));
    if (!isStock(metric)) return { values: sums };
    const ends = begun.map((_, index) => bounds[index + 1] ?? at);
    let level = this.#sum(metric, Number.MIN_SAFE_INTEGER, bounds[0] ?? 0);
    const values = sums.map((sum, index) => {
      level += sum;
      return (ends[index] ?? at) > at ? this.#present(metric) : level;
    });
    return { values };
  }

  /** Computes the present distribution of the metric's values. */
  distribution(metric: DistributionMetric, presentation: Presentation): Distribution {
    return distribution(frequenciesOf(this.#database, metric, this.#at), presentation);
  }

  rotationFunnel(): RotationFunnel {
    return rotationFunnel(this.#database, this.#at);
  }

  accountsAtLimit(page: AccountPage): AccountsAtLimit {
    return { accounts: accountsAtLimit(this.#database, this.#at, page), count: this.#present('ACCOUNTS_AT_LIMIT') };
  }

  #present(stock: Stock): number {
    const at = this.#at;
    return this.#read.present[stock].get({ at, quarter: quarterOf(at) }) ?? 0;
  }

  #sum(metric: Metric, from: number, to: number): number {
    const { table, figure } = isStock(metric) ? STOCKS[metric] : FLOWS[metric];
    return this.#prepare(`SELECT ifnull(sum(${figure}), 0) FROM ${table} WHERE start >= ? AND start < ?`).get(from, to) ?? 0;
  }

  #prepare(sql: string): Query<[number, number], number> {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#database.prepare<[number, number], number>(sql).pluck();
    this.#statements.set(sql, statement);
    return statement;
  }
}

function prepareStock(database: Connection, stock: Stock): Query<[{ at: number; quarter: number }], number> {
  return database.prepare<{ at: number; quarter: number }, number>(STOCKS[stock].present).pluck();
}
