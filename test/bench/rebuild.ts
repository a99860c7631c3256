import { join } from 'node:path';
import { untilFilled } from '../support/readiness.js';
import { type Bench, median, quantile } from './support/bench.js';
import { offer } from './support/http-load.js';
import { Keyledger } from './support/keyledger.js';
import { loseFiles, writeEvents } from './support/lost-files.js';
import { inTemporaryDirectory } from './support/temporary.js';

/** `KEYLEDGER_BENCH_EVENTS` asks for fewer, to try it out. */
const EVENTS = Number(process.env.KEYLEDGER_BENCH_EVENTS ?? 1_000_000);
/** The load of verifications: how many a second are offered, and how many in each round. */
const LOAD = { connections: 64, overallRate: 5000, amount: 25_000 };
const QUIET_ROUNDS = 3;

/** Measures verifications over HTTP, at a fixed rate, while every projection is filled anew and while none is. */
export const rebuild: Bench = () =>
  inTemporaryDirectory(async (parent) => {
    const directory = join(parent, 'data');
    writeEvents(directory, EVENTS);
    const keyledger = await Keyledger.start(directory);
    try {
      await untilFilled(keyledger);
      const { key, secret } = await keyledger.client.newKey();
      const authorization = `Basic ${Buffer.from(`${key.keyId}:${secret}`).toString('base64')}`;
      const requests = [{ path: '/v1/verify', headers: { authorization } }];
      const load = () => offer({ url: keyledger.url, ...LOAD, requests });
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
        ratios: {
          answeredToOffered: Math.min(...busy.map(({ answered }) => answered / LOAD.amount)),
          p99ToTwentyMilliseconds: p99 / 20,
        },
        goals: { answeredToOffered: { atLeast: 1 }, p99ToTwentyMilliseconds: { atMost: 1 } },
      };
    } finally {
      await keyledger.stop();
    }
  });
