import { join } from 'node:path';
import { ATTEMPTS, attempt, newGround } from '../support/attempts.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { fewUnlessLong, isLong } from '../support/long.js';
import { describeWithStrace, momentsIn, type Strike, spread, striking, watching } from '../support/strace.js';

/** At how many moments each command is killed in a long run. In the usual run it is killed as it renames a file. */
const COMMANDS: [command: string, kills: number][] = [
  ['backup', 10],
  ['restore', 15],
  ['replay --repair', 15],
  ['export', 10],
  ['export --resume', 10],
  ['recover', 10],
  ['export with a file of checkpoints to be shortened', 10],
  ['log-key that creates the key', 10],
];

const AS_IT_RENAMES: Strike = { call: 'rename', count: 1, effect: 'signal=KILL' };

let ground: Awaited<ReturnType<typeof newGround>>;
beforeAll(async () => {
  ground = await newGround();
});

/** Where the command can be killed. */
async function momentsOf(begin: (typeof ATTEMPTS)[string], kills: number): Promise<Strike[]> {
  if (!isLong) return [AS_IT_RENAMES];
  const watched = begin(ground);
  const calls = join(temporaryDirectory(), 'calls');
  expect(await attempt(watched, watching(calls))).toMatchObject({ code: 0, stderr: '' });
  return spread(momentsIn(calls, '/keyledger-'), kills);
}

describeWithStrace('a command that is killed', () => {
  it.each(fewUnlessLong(3, COMMANDS))(
    '%s loses nothing, and can be run again, wherever it is killed',
    async (command, count) => {
      const begin = ATTEMPTS[command];
      if (!begin) throw new Error(`There is no ${command}.`);
      const moments = await momentsOf(begin, count);
      let kills = 0;
      for (const moment of moments) {
        const killed = begin(ground);
        const { code } = await attempt(killed, striking(moment));
        // It may make a few calls less than the one that was watched.
        expect([null, 0]).toContain(code);
        if (code === null) kills += 1;
        await killed.settle().catch((error: unknown) => {
          throw new Error(`Killed at call ${moment.count} of ${moment.call}: ${error}`, { cause: error });
        });
      }
      expect(kills).toBeGreaterThan(moments.length / 2);
      if (isLong) process.stdout.write(`${command}: killed at ${kills} of ${moments.length} moments\n`);
    },
  );
});
