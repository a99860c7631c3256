import { join } from 'node:path';
import { untilFilled } from '../support/readiness.js';
import { type Bench, unmeasured } from './support/bench.js';
import { Keyledger, viewerOf } from './support/keyledger.js';
import { loseFiles, writeEvents } from './support/lost-files.js';
import { verifySteadily } from './support/steady-verifications.js';
import { inTemporaryDirectory } from './support/temporary.js';
import { canWatchTurns } from './support/turns.js';

/** `KEYLEDGER_BENCH_EVENTS` asks for fewer, to try it out. */
const EVENTS = Number(process.env.KEYLEDGER_BENCH_EVENTS ?? 1_000_000);
const VERIFICATIONS = { perSecond: 1000, seconds: 5, lanes: 32 };
/** How many accounts create, list and delete keys, one step after another. */
const OWNERS = 4;
const LIMIT = { atMost: 1 };

/** Measures for how long a server's own work holds its event loop, under mixed load while every projection is filled anew. */
export const turns: Bench = async () => {
  if (!canWatchTurns())
    return unmeasured('Turns of the event loop: this system does not tell the processor’s time of a thread.');
  return inTemporaryDirectory(async (parent) => {
    const directory = join(parent, 'data');
    writeEvents(directory, EVENTS);
    const keyledger = await Keyledger.start(directory);
    try {
      await untilFilled(keyledger);
      const load = await mixedLoad(keyledger, directory);
      await load(() => true);
      const { ownP999, ownAtMost, wholeAtMost } = await keyledger.turnsIn(async () => {
        const isRebuilt = await loseFiles(directory);
        await load(isRebuilt);
      });
      return {
        figures: {
          events: EVENTS,
          millisecondsOfOwnP999: ownP999,
          millisecondsOfOwnAtMost: ownAtMost,
          millisecondsAtMostWithDiskAndGarbage: wholeAtMost,
        },
        ratios: { ownP999ToTwentyMilliseconds: ownP999 / 20 },
        goals: { ownP999ToTwentyMilliseconds: LIMIT },
      };
    } finally {
      await keyledger.stop();
    }
  });
};

/** Verifies, changes keys, and reads as owners, an auditor and an analyst do, until a round ends and it is enough. */
async function mixedLoad(keyledger: Keyledger, directory: string): Promise<(isEnough: () => boolean) => Promise<void>> {
  const { secret } = await keyledger.client.newKey();
  const owners = await Promise.all(
    Array.from({ length: OWNERS }, (_, index) => viewerOf(keyledger, directory, { account: `owner-${index}`, role: 'owner' })),
  );
  const [auditor, analyst] = [
    await viewerOf(keyledger, directory, { account: 'bench', role: 'auditor' }),
    await viewerOf(keyledger, directory, { account: 'bench', role: 'analyst' }),
  ];
  const users = [
    ...owners.map((owner) => async () => {
      const { key } = await owner.newKey();
      await owner.readAccount();
      await owner.deleteKey(key.keyId);
    }),
    () => auditor.send('{ events(first: 100) { edges { node { id } } } }'),
    // While its tables are filled, an analyst is told to ask later.
    () => analyst.send('{ analytics { distribution(metric: KEY_AGE) { count } } }'),
  ];
  return async (isEnough) => {
    let isOver = false;
    const used = users.map(async (use) => {
      while (!isOver) await use();
    });
    const offered = (async () => {
      do {
        const { answered, offered } = await verifySteadily(keyledger, secret, VERIFICATIONS);
        if (answered < offered) throw new Error(`${offered - answered} verifications were refused, or they failed.`);
      } while (!isEnough());
    })().finally(() => {
      isOver = true;
    });
    await Promise.all([offered, ...used]);
  };
}
