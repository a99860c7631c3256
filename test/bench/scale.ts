import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_FILE } from '../../src/shared/data-files.js';
import { untilFilled } from '../support/readiness.js';
import { type Bench, type Findings, interleave, median } from './support/bench.js';
import { LoadedServer } from './support/loaded-server.js';
import { mutationsOf } from './support/mutations.js';
import { startUp } from './support/start-up.js';
import { inTemporaryDirectory } from './support/temporary.js';
import { verificationsPerSecond, writeKeys } from './support/verify-load.js';

const ROUNDS = 10;
const RESTARTS = 3;

/** Measures a Keyledger with 1,000,000 keys; `KEYLEDGER_BENCH_KEYS` asks for fewer, to try it out. */
export const scale: Bench = () => withKeys(Number(process.env.KEYLEDGER_BENCH_KEYS ?? 1_000_000));

/** The same with 10,000,000 keys. It needs 20 GB of disk. */
export const scale10M: Bench = () => withKeys(10_000_000);

/** Measures what a Keyledger with that many keys takes, two on each account, and how much it does. */
function withKeys(keys: number): Promise<Findings> {
  return inTemporaryDirectory(async (parent) => {
    const directory = join(parent, 'data');
    const held = writeKeys(directory, keys);
    const filled = await startUp(directory, 'filled');
    const megabytesOf = (file: string) => statSync(join(directory, file)).size / 1e6;
    const restart = await interleave(RESTARTS, { ready: () => startUp(directory, 'ready') });
    const server = await LoadedServer.start('./keyledger-server.js', directory);
    try {
      await untilFilled(server);
      const { createKey, deleteKey } = mutationsOf(server);
      const perSecond = await interleave(ROUNDS, {
        verify: () => verificationsPerSecond(server.url, '/v1/verify', held),
        createKey: () => server.throughput(createKey),
        deleteKey: () => server.throughput(deleteKey),
      });
      return {
        figures: {
          keys,
          accounts: keys / 2,
          logMegabytes: megabytesOf(DATA_FILE.log),
          keysMegabytes: megabytesOf(DATA_FILE.keys),
          projectionsMegabytes: megabytesOf(DATA_FILE.projections),
          analyticsMegabytes: megabytesOf(DATA_FILE.analytics),
          fillSeconds: filled.milliseconds / 1000,
          fillPeakMegabytes: filled.megabytes,
          startToReadyMilliseconds: median(restart.ready.map(({ milliseconds }) => milliseconds)),
          verifyPerSecondOverHttp: median(perSecond.verify),
          createKeyPerSecondOverHttp: median(perSecond.createKey),
          servingPeakMegabytes: (await server.used()).megabytes,
        },
        ratios: {},
        goals: {},
      };
    } finally {
      await server.stop();
    }
  });
}
