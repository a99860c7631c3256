import { join } from 'node:path';
import { type Bench, interleave, median } from './support/bench.js';
import { LoadedServer } from './support/loaded-server.js';
import { mutationsOf } from './support/mutations.js';
import type { Spent } from './support/profile.js';
import { inTemporaryDirectory } from './support/temporary.js';
import { VerifyServer } from './support/verify-load.js';

const KEYS = 10;
const ROUNDS = 5;
/** What used a smaller part of a request is not listed. */
const LEAST = 0.03;

/** Shows what the server's main thread spends on a verification and on a create, and on the requests that they are compared with. */
export const profile: Bench = () =>
  inTemporaryDirectory(async (directory) => {
    const verifying = await VerifyServer.start(join(directory, 'verify'), KEYS);
    const mutating = await LoadedServer.start('./keyledger-server.js', join(directory, 'create'));
    const { nothing, createKey, deleteKey } = mutationsOf(mutating);
    try {
      const spent = await interleave(ROUNDS, {
        bare: () => verifying.profiled('/bare'),
        verify: () => verifying.profiled('/v1/verify'),
        nothing: () => mutating.profiled(nothing),
        createKey: () => mutating.profiled(createKey),
        deleteKey: () => mutating.profiled(deleteKey),
      });
      const figures = Object.fromEntries(Object.entries(spent).flatMap(([name, rounds]) => rows(name, rounds)));
      return {
        figures,
        ratios: {},
        goals: {},
        notes: [`What used less than ${100 * LEAST} % of a request is left out. Native code counts for its caller.`],
      };
    } finally {
      await Promise.all([verifying.stop(), mutating.stop()]);
    }
  });

/** The median of the rounds for each origin, the largest first, after the median of their sums. */
function rows(name: string, rounds: Spent[]): [figure: string, microseconds: number][] {
  const sums = rounds.map((spent) => Object.values(spent).reduce((sum, used) => sum + used, 0));
  const all = median(sums);
  const origins = [...new Set(rounds.flatMap((spent) => Object.keys(spent)))].map((origin) => {
    const used = median(rounds.map((spent) => spent[origin] ?? 0));
    return { origin, used };
  });
  const listed = origins.filter(({ used }) => used >= LEAST * all).toSorted((a, b) => b.used - a.used);
  return [[`${name}: all`, all], ...listed.map(({ origin, used }): [string, number] => [`${name}: ${origin}`, used])];
}
