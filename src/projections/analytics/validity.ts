import type { Connection } from '../engine/connection.js';
import { ACTIVITY } from '../engine/names.js';
import type { TimeRange } from '../engine/page.js';
import type { DistributionMetric } from './analytics-questions.js';
import type { Question } from './question.js';

/** The expiries of held keys that are nearest to an instant. Both are read from an index. */
const EXPIRIES = `SELECT
  (SELECT max(endsAt) FROM ${ACTIVITY}_keys WHERE deletedAt IS NULL AND endsAt <= @at) AS last,
  (SELECT min(endsAt) FROM ${ACTIVITY}_keys WHERE deletedAt IS NULL AND endsAt > @at) AS next`;

/**
 * The instants around that one at which the same tables give the same answer; undefined if at no other one. Between two expiries the same
 * keys are active.
 */
export function validityOf(database: Connection, question: Question, at: number): TimeRange | undefined {
  switch (question.type) {
    case 'totals':
    case 'rotationFunnel':
      return betweenExpiries(database, at);
    case 'series': {
      const end = question.bounds.at(-1) ?? at;
      return end <= at ? { from: end } : undefined;
    }
    case 'distribution':
      return ofDistribution(database, question.metric, at);
    case 'accountsAtLimit':
      return undefined;
  }
}

function ofDistribution(database: Connection, metric: DistributionMetric, at: number): TimeRange | undefined {
  switch (metric) {
    case 'KEY_AGE':
    case 'TIME_UNUSED':
    case 'TIME_TO_EXPIRY':
      return undefined;
    case 'TIME_TO_FIRST_USE':
      return {};
    case 'LIFETIME':
    case 'KEYS_PER_ACCOUNT':
      return betweenExpiries(database, at);
  }
}

function betweenExpiries(database: Connection, at: number): TimeRange {
  const found = database.prepare<{ at: number }, { last: number | null; next: number | null }>(EXPIRIES).get({ at });
  return { from: found?.last ?? undefined, to: found?.next ?? undefined };
}
