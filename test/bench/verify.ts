import { join } from 'node:path';
import { type Bench, interleave, median, medians, ratio } from './support/bench.js';
import { startUp } from './support/start-up.js';
import { inTemporaryDirectory } from './support/temporary.js';
import { VerifyServer } from './support/verify-load.js';

const FEW = 10;
const MANY = 1_000_000;
const ROUNDS = 20;
const RESTARTS = 3;

/** Measures a verification against its minimum, in process and over HTTP, with few keys and with many. */
export const verify: Bench = () =>
  inTemporaryDirectory(async (directory) => {
    const few = await VerifyServer.start(join(directory, 'few'), FEW);
    const many = await VerifyServer.start(join(directory, 'many'), MANY);
    try {
      const inProcess = await interleave(ROUNDS, {
        bareFew: () => few.run('bare'),
        byIdFew: () => few.run('byId'),
        bySecretFew: () => few.run('bySecret'),
        bareMany: () => many.run('bare'),
        byIdMany: () => many.run('byId'),
        bySecretMany: () => many.run('bySecret'),
      });
      const http = await interleave(ROUNDS, {
        bare: () => few.load('/bare'),
        few: () => few.load('/v1/verify'),
        many: () => many.load('/v1/verify'),
      });
      const locked = await interleave(ROUNDS, {
        free: () => few.run('inTurns'),
        locked: () => few.whileLocked(() => few.run('inTurns')),
      });
      const lockedHttp = await interleave(ROUNDS, {
        free: () => few.load('/v1/verify'),
        locked: () => few.whileLocked(() => few.load('/v1/verify')),
      });
      await many.stop();
      const restart = await interleave(RESTARTS, {
        start: async () => (await startUp(join(directory, 'many'), 'ready')).milliseconds,
      });
      return {
        figures: {
          ...medians(inProcess, 'PerSecondInProcess'),
          ...medians(http, 'PerSecondOverHttp'),
          ...medians(locked, 'PerSecondInTurns'),
          restartMilliseconds: median(restart.start),
        },
        ratios: {
          byIdToBareFew: ratio(inProcess.byIdFew, inProcess.bareFew),
          byIdToBareMany: ratio(inProcess.byIdMany, inProcess.bareMany),
          bySecretToBareFew: ratio(inProcess.bySecretFew, inProcess.bareFew),
          bySecretToBareMany: ratio(inProcess.bySecretMany, inProcess.bareMany),
          httpToBareRoute: ratio(http.few, http.bare),
          httpManyToFew: ratio(http.many, http.few),
          lockedToFreeInTurns: ratio(locked.locked, locked.free),
          lockedToFreeOverHttp: ratio(lockedHttp.locked, lockedHttp.free),
          restartToTwoSeconds: median(restart.start) / 2000,
        },
        goals: {
          byIdToBareFew: { atLeast: 0.7 },
          byIdToBareMany: { atLeast: 0.7 },
          httpToBareRoute: { atLeast: 0.75 },
          httpManyToFew: { atLeast: 0.9 },
          lockedToFreeInTurns: { atLeast: 0.9 },
          lockedToFreeOverHttp: { atLeast: 0.9 },
          restartToTwoSeconds: { atMost: 1 },
        },
      };
    } finally {
      await Promise.all([few.stop(), many.stop()]);
    }
  });
