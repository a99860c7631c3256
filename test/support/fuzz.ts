import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { isLong } from './long.js';
import { WatchedInputs } from './watched-inputs.js';

/** How long each target is fuzzed, in seconds, instead of a number of inputs: `KEYLEDGER_TEST_FUZZ=600`. A long run takes eight seconds. */
const SECONDS = Number(process.env.KEYLEDGER_TEST_FUZZ ?? (isLong ? 8 : 0));

/** The seed and path of a failure, as fast-check prints them: `KEYLEDGER_TEST_FUZZ_SEED='-123 4:0:1'` finds it again. */
const [given, path] = (process.env.KEYLEDGER_TEST_FUZZ_SEED ?? '').split(' ');
const seed = given ? Number(given) : randomInt(2 ** 31);

/** The number of inputs of the usual run. */
const USUAL = 5;

/** How long a test may take beside the time that it was given, in milliseconds: on a busy machine, shrinking a failure takes minutes. */
const LIMIT = 600_000;

/**
 * Defines a test that checks random inputs: a fixed number in the usual run, as many as fit into the given time otherwise. It then also
 * fails if an input hangs or the memory grows, and prints what was seen and the seed. An input can be checked again.
 */
export function fuzz<T>(title: string, arbitrary: fc.Arbitrary<T>, check: (input: T) => Promise<void> | void): void {
  it(
    title,
    async () => {
      const watched = new WatchedInputs(check, SECONDS);
      let last: unknown;
      const property = fc.asyncProperty(arbitrary, async (input) => {
        last = watched.check(input);
        await last;
      });
      await fc.assert(property, {
        ...(SECONDS > 0 ? { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: SECONDS * 1000 } : { numRuns: USUAL }),
        seed,
        ...(path && { path }),
      });
      // When the time is over, fast-check does not wait for the last input.
      await last;
      expect(watched.count).toBeGreaterThan(0);
      if (SECONDS > 0) process.stdout.write(`${title}: ${await watched.verdict()}, seed ${seed}\n`);
    },
    SECONDS * 1000 + LIMIT,
  );
}
