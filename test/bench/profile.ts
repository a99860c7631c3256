import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_FILE } from '../../src/shared/data-files.js';
import { type Bench, interleave, median } from './support/bench.js';
import { startChild } from './support/child.js';
import { writeLog } from './support/history.js';
import { LoadedServer } from './support/loaded-server.js';
import { mutationsOf } from './support/mutations.js';
import type { Spent } from './support/profile.js';
import { inTemporaryDirectory } from './support/temporary.js';
import { VerifyServer } from './support/verify-load.js';

const KEYS = 10;
const EVENTS = 200_000;
const ROUNDS = 5;
/** What used a smaller part of a request is not listed. */
const LEAST = 0.03;

/**
 * Shows what the main thread spends on a verification, on a create and a delete, and on each event of a fill, and on what they are compared
 * with.
 */
export const profile: Bench = () =>
  inTemporaryDirectory(async (directory) => {
    const verifying = await VerifyServer.start(join(directory, 'verify'), KEYS);
    const mutating = await LoadedServer.start('./keyledger-server.js', join(directory, 'create'));
    const { nothing, createKey, deleteKey } = mutationsOf(mutating);
    const log = join(directory, 'fill');
    mkdirSync(log);
    writeLog(log, EVENTS);
    try {
      const spent = await interleave(ROUNDS, {
        bare: () => verifying.profiled('/bare'),
        verify: () => verifying.profiled('/v1/verify'),
        nothing: () => mutating.profiled(nothing),
        createKey: () => mutating.profiled(createKey),
        deleteKey: () => mutating.profiled(deleteKey),
        scan: () => ofEachEvent('scan', log),
        fill: () => ofEachEvent('fill', log, DATA_FILE.keys),
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

/** What a task of `replay` spends on each event. */
async function ofEachEvent(...task: string[]): Promise<Spent> {
  const child = startChild<object, unknown>(new URL('./replay-worker.js', import.meta.url), ...task);
  try {
    return await child.profiled(async () => {
      await child.ask({});
      return EVENTS;
    });
  } finally {
    await child.stop();
  }
}

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
