import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openDatabase } from '../../src/projections/engine/database.js';
import { Generations } from '../../src/projections/engine/generations.js';
import { DATA_FILE } from '../../src/shared/data-files.js';
import { openLog } from '../../src/store/sqlite/sqlite-file.js';
import { type Bench, median, quantile } from './support/bench.js';
import { writeHistory } from './support/history.js';
import { underLoad } from './support/http-load.js';
import { Keyledger } from './support/keyledger.js';
import { inTemporaryDirectory } from './support/temporary.js';

/** `KEYLEDGER_BENCH_EVENTS` asks for fewer, to try it out. */
const EVENTS = Number(process.env.KEYLEDGER_BENCH_EVENTS ?? 1_000_000);
const EACH = 10;
/** The load of verifications: how many a second are offered, and seconds in each round. */
const LOAD = { connections: 64, overallRate: 5000, duration: 5 };
const QUIET_ROUNDS = 3;

/** Measures verifications over HTTP, at a fixed rate, while every projection is filled anew and while none is. */
export const rebuild: Bench = () =>
  inTemporaryDirectory(async (parent) => {
    const directory = join(parent, 'data');
    writeEvents(directory);
    const keyledger = await Keyledger.start(directory);
    try {
      await untilFilled(keyledger);
      const { key, secret } = await keyledger.client.newKey();
      const authorization = `Basic ${Buffer.from(`${key.keyId}:${secret}`).toString('base64')}`;
      const requests = [{ path: '/v1/verify', headers: { authorization } }];
      const load = () => underLoad({ url: keyledger.url, ...LOAD, requests });
      await load();
      const quiet: Awaited<ReturnType<typeof load>>[] = [];
      while (quiet.length < QUIET_ROUNDS) quiet.push(await load());
      const start = performance.now();
      const isRebuilt = await loseFiles(directory);
      const busy: typeof quiet = [];
      while (!isRebuilt()) busy.push(await load());
      const seconds = (performance.now() - start) / 1000;
      const p99 = quantile(
        busy.map((round) => round.p99),
        1,
      );
      const perSecond = median(busy.map((round) => round.perSecond));
      return {
        figures: {
          events: EVENTS,
          secondsOfRebuild: seconds,
          perSecondMeanwhile: perSecond,
          millisecondsP99AtMostMeanwhile: p99,
          millisecondsP99AtMostBefore: quantile(
            quiet.map((round) => round.p99),
            1,
          ),
        },
        ratios: { answeredToOffered: perSecond / LOAD.overallRate, p99ToTwentyMilliseconds: p99 / 20 },
        goals: { answeredToOffered: { atLeast: 0.99 }, p99ToTwentyMilliseconds: { atMost: 1 } },
      };
    } finally {
      await keyledger.stop();
    }
  });

function writeEvents(directory: string): void {
  mkdirSync(directory);
  const log = openLog(join(directory, 'events.db'));
  writeHistory(
    log,
    Array.from({ length: EVENTS / EACH }, (_, index) => ({ account: `account-${index}`, events: EACH })),
  );
  log.close();
}

/** Puts empty files in the places of all files of projections. Returns what tells whether they were filled. */
async function loseFiles(directory: string): Promise<() => boolean> {
  const empty = new Map<Generations, string | undefined>();
  for (const name of [DATA_FILE.keys, DATA_FILE.projections, DATA_FILE.analytics]) {
    const generations = new Generations(directory, name);
    const file = generations.newFile();
    openDatabase(file).close();
    await generations.publish(file);
    empty.set(generations, generations.present());
  }
  return () => [...empty].every(([generations, seen]) => generations.present() !== seen);
}

async function untilFilled({ url }: Keyledger): Promise<void> {
  for (;;) {
    const { projections } = await (await fetch(new URL('/readyz', url))).json();
    if (Object.values<{ state: string }>(projections ?? {}).every(({ state }) => state === 'ok')) return;
    await delay(100);
  }
}
