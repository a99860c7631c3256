import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from './client.js';
import type { ExpectedAnalytics, SeriesQuestion } from './expected-analytics.js';

export const METRICS = [
  'KEYS_CREATED',
  'KEYS_ROTATED',
  'KEYS_DELETED_REVOKED',
  'KEYS_DISABLED',
  'KEYS_ENABLED',
  'KEYS_DELETED',
  'KEYS_DELETED_REQUESTED',
  'KEYS_DELETED_ROTATED',
  'KEYS_DELETED_EXPIRED',
  'KEYS_DELETED_LEAKED',
  'CREATES_REFUSED',
  'VERIFICATIONS',
  'ACTIVE_KEYS',
  'ACCOUNTS_AT_LIMIT',
];
export const DISTRIBUTIONS = ['KEY_AGE', 'LIFETIME', 'TIME_TO_FIRST_USE', 'TIME_UNUSED', 'TIME_TO_EXPIRY', 'KEYS_PER_ACCOUNT'];

const PARTS = [0, 0.01, 0.25, 0.5, 0.9, 0.99, 1];

interface Answered {
  at: string;
  position: string;
}

/** The API's answer to the analyst for that field of `analytics`. */
export async function ask<T>(analyst: Client, field: string): Promise<T & Answered> {
  const { data, errors } = await analyst.send<{ analytics: Record<string, T & Answered> }>(`{ analytics { ${field} } }`);
  const [answer] = Object.values(data?.analytics ?? {});
  if (!answer || errors) throw new Error(`${field}: ${JSON.stringify(errors)}`);
  return answer;
}

/** Resolves when the analytics tables hold all of the log. */
export async function untilAnswered(analyst: Client): Promise<void> {
  while ((await analyst.send('{ analytics { totals { at } } }')).errors) await delay(25);
}

/** Expects every total, every step of the funnel and the number of accounts in pages. */
export async function expectTotals(analyst: Client, expected: ExpectedAnalytics): Promise<void> {
  const fields = `accounts accountsAtLimit activeKeys keysCreated keysUsed keysRotated keysDeleted keysDeletedRequested
    keysDeletedRotated keysDeletedExpired keysDeletedLeaked keysDeletedRevoked keysDisabled keysEnabled createsRefused verifications`;
  const { at, position: _, ...totals } = await ask<Record<string, number>>(analyst, `totals { at position ${fields} }`);
  expect(totals).toEqual(await expected.totals(Date.parse(at)));

  const steps = 'created rotated withOverlap successorUsed completed';
  const { at: then, ...funnel } = await ask<Record<string, number>>(analyst, `rotationFunnel { at ${steps} }`);
  expect(funnel).toEqual(await expected.funnel(Date.parse(then)));

  const {
    totalCount,
    edges,
    at: later,
  } = await ask<{ totalCount: number; edges: { node: { account: string } }[] }>(
    analyst,
    'accountsAtLimit(first: 100) { at position totalCount edges { node { account } } }',
  );
  const { accountsAtLimit } = await expected.totals(Date.parse(later));
  expect(totalCount).toBe(accountsAtLimit);
  expect(new Set(edges.map(({ node }) => node.account)).size).toBe(Math.min(100, totalCount));
}

/** Expects count, extremes, mean, quantiles and every bucket. */
export async function expectDistribution(analyst: Client, expected: ExpectedAnalytics, metric: string): Promise<void> {
  const { at, count, min, max, mean, buckets, quantiles } = await ask<{
    count: number;
    min: number | null;
    max: number | null;
    mean: number | null;
    buckets: { from: number; to: number; count: number }[];
    quantiles: { part: number; value: number }[];
  }>(
    analyst,
    `distribution(metric: ${metric}, buckets: 7, quantiles: [${PARTS}]) {
      at position count min max mean buckets { from to count } quantiles { part value }
    }`,
  );
  const then = Date.parse(at);
  const wanted = await expected.distribution(then, metric, PARTS);
  expect({ count, min, max }).toEqual({ count: wanted.count, min: wanted.min, max: wanted.max });
  if (count === 0) return;
  expect(mean).toBeCloseTo(wanted.mean, 6);
  expect(quantiles.map(({ value }) => value)).toEqual(wanted.quantiles);
  expect(buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(count);
  for (const bucket of buckets) expect(bucket.count).toBe(await expected.count(then, metric, bucket));
}

/**
 * Expects every interval and its value.
 * @returns how many intervals there were
 */
export async function expectSeries(analyst: Client, expected: ExpectedAnalytics, question: SeriesQuestion): Promise<number> {
  const { metric, from, to, interval, timeZone } = question;
  const { at, points } = await ask<{ points: { start: string; end: string; value: number }[] }>(
    analyst,
    `timeSeries(metric: ${metric}, from: "${from}", to: "${to}", interval: ${interval}, timeZone: "${timeZone}") {
      at position points { start end value }
    }`,
  );
  const wanted = await expected.series(Date.parse(at), question);
  const given = points.map(({ start, value }) => ({ start: Date.parse(start), value }));
  expect({ question, points: given }).toEqual({ question, points: wanted });
  expect(points.slice(0, -1).map(({ end }) => end)).toEqual(points.slice(1).map(({ start }) => start));
  return points.length;
}
