import { join } from 'node:path';
import { untilFilled } from '../support/readiness.js';
import { type Bench, median, quantile } from './support/bench.js';
import { Keyledger } from './support/keyledger.js';
import { loseFiles, writeEvents } from './support/lost-files.js';
import type { Steady } from './support/steady-load.js';
import { verifySteadily } from './support/steady-verifications.js';
import { inTemporaryDirectory } from './support/temporary.js';

/** `KEYLEDGER_BENCH_EVENTS` asks for fewer, to try it out. */
const EVENTS = Number(process.env.KEYLEDGER_BENCH_EVENTS ?? 1_000_000);
const LOAD = { perSecond: 5000, seconds: 5, lanes: 64 };
const QUIET_ROUNDS = 3;

/** Measures verifications over HTTP, at a fixed rate, while every projection is filled anew and while none is. */
export const rebuild: Bench = () =>
  inTemporaryDirectory(async (parent) => {
    const directory = join(parent, 'data');
    writeEvents(directory, EVENTS);
    const keyledger = await Keyledger.start(directory);
    try {
      await untilFilled(keyledger);
      const { secret } = await keyledger.client.newKey();
      const load = () => verifySteadily(keyledger, secret, LOAD);
      await load();
      const quiet: Steady[] = [];
      while (quiet.length < QUIET_ROUNDS) quiet.push(await load());
      const start = performance.now();
      const isRebuilt = await loseFiles(directory);
      const busy: Steady[] = [];
      while (!isRebuilt()) busy.push(await load());
      const seconds = (performance.now() - start) / 1000;
      const p99 = quantile(
        busy.map((round) => round.p99),
        1,
      );
      const perSecond = median(busy.map(({ answered, seconds }) => answered / seconds));
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
        ratios: {
          answeredToOffered: Math.min(...busy.map(({ answered, offered }) => answered / offered)),
          p99ToTwentyMilliseconds: p99 / 20,
        },
        goals: { answeredToOffered: { atLeast: 1 }, p99ToTwentyMilliseconds: { atMost: 1 } },
      };
    } finally {
      await keyledger.stop();
    }
  });
