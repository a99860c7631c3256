import { newKeyMaterial } from '../../src/domain/keys/secret.js';
import { ask, basic, bearer } from '../support/http.js';
import { timeUntil } from '../support/verify.js';
import { type Bench, interleave, quantile, timed } from './support/bench.js';
import { Keyledger } from './support/keyledger.js';
import { inTemporaryDirectory } from './support/temporary.js';

const ROUNDS = 5000;
const BINS = 50;

/**
 * Measures whether the duration of a refusal reveals its reason: `/v1/verify` over HTTP, each reason against an unknown id. The overlap of
 * two distributions is the part that they have in common: 1 if they are the same.
 */
export const refusals: Bench = () =>
  inTemporaryDirectory(async (directory) => {
    const server = await Keyledger.start(directory);
    try {
      const times = await interleave(ROUNDS, await questions(server));
      const { again, wrong, wrongOfUsed, deleted, expired, deletedSecret, expiredSecret } = times;
      const ratios = {
        ...mapped({ again, wrong, wrongOfUsed, deleted, expired }, (found) => overlap(times.unknown, found), 'OverlapsUnknown'),
        ...mapped({ deletedSecret, expiredSecret }, (found) => overlap(times.unknownSecret, found), 'OverlapsUnknown'),
      };
      return {
        figures: mapped(times, (found) => 1000 * quantile(found, 0.5), 'Microseconds'),
        ratios,
        goals: Object.fromEntries(Object.keys(ratios).map((name) => [name, { atLeast: 0.8 }])),
      };
    } finally {
      await server.stop();
    }
  });

/** One question for each reason. `again` repeats `unknown`, to measure the overlap of equal distributions on this machine. */
async function questions(server: Keyledger) {
  const expiresAt = new Date(Date.now() + 2000).toISOString();
  const [good, expired] = [await server.client.newKey(), await server.client.newKey({ name: 'short', expiresAt })];
  await timeUntil(401, server, expired);
  const other = await server.client.newKey();
  await server.client.deleteKey(other.key.keyId);
  // Keyledger keeps the rows of keys that were accepted.
  const used = await server.client.newKey();
  await timeUntil(200, server, used);
  const never = newKeyMaterial();
  const send = (headers: string[]) => () => timed(() => ask(`${server.url}/v1/verify`, { headers }));
  return {
    // The first request after a change of the scheme always takes longer.
    first: send(basic(never.keyId, never.secret)),
    unknown: send(basic(never.keyId, never.secret)),
    again: send(basic(never.keyId, never.secret)),
    wrong: send(basic(good.key.keyId, never.secret)),
    wrongOfUsed: send(basic(used.key.keyId, never.secret)),
    deleted: send(basic(other.key.keyId, other.secret)),
    expired: send(basic(expired.key.keyId, expired.secret)),
    firstSecret: send(bearer(never.secret)),
    unknownSecret: send(bearer(never.secret)),
    deletedSecret: send(bearer(other.secret)),
    expiredSecret: send(bearer(expired.secret)),
  };
}

/** The common part of two distributions, from 0 to 1, over bins that hold equal parts of the first. */
function overlap(one: number[], other: number[]): number {
  const bounds = Array.from({ length: BINS - 1 }, (_, index) => quantile(one, (index + 1) / BINS));
  // Above all bounds the index is -1: the last bin.
  const binOf = (value: number) => (bounds.findIndex((bound) => value <= bound) + BINS) % BINS;
  const counts = [one, other].map((values) => {
    const bins = new Array<number>(BINS).fill(0);
    for (const value of values) bins[binOf(value)] = (bins[binOf(value)] ?? 0) + 1;
    return bins.map((count) => count / values.length);
  });
  const [ofOne = [], ofOther = []] = counts;
  return ofOne.reduce((sum, share, bin) => sum + Math.min(share, ofOther[bin] ?? 0), 0);
}

function mapped(times: Record<string, number[]>, figure: (times: number[]) => number, suffix: string): Record<string, number> {
  return Object.fromEntries(Object.entries(times).map(([name, found]) => [name + suffix, figure(found)]));
}
