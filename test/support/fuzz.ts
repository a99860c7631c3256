import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { isLong } from './long.js';

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
 * prints how many it checked, in how many minutes, from which seed, and how long the slowest took.
 */
export function fuzz<T>(title: string, arbitrary: fc.Arbitrary<T>, check: (input: T) => Promise<void> | void): void {
  it(
    title,
    async () => {
      const begun = performance.now();
      let [inputs, slowest] = [0, 0];
      let last: unknown;
      const property = fc.asyncProperty(arbitrary, async (input) => {
        const start = performance.now();
        last = check(input);
        await last;
        slowest = Math.max(slowest, performance.now() - start);
        inputs += 1;
      });
      await fc.assert(property, {
        ...(SECONDS > 0 ? { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: SECONDS * 1000 } : { numRuns: USUAL }),
        seed,
        ...(path && { path }),
      });
      // When the time is over, fast-check does not wait for the last input.
      await last;
      expect(inputs).toBeGreaterThan(0);
      if (SECONDS > 0) {
        const minutes = ((performance.now() - begun) / 60_000).toFixed(1);
        const found = `${inputs} inputs in ${minutes} minutes from the seed ${seed}, the slowest took ${Math.round(slowest)} ms`;
        process.stdout.write(`${title}: ${found}\n`);
      }
    },
    SECONDS * 1000 + LIMIT,
  );
}

/** What breaks parsers: ends, quotes, escapes, control characters, halves of surrogate pairs, large numbers, names of Object's members. */
export const ODD_TEXTS = [
  '',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\0',
  '\ud800',
  '\udfff',
  '\u2028',
  '\ufeff',
  '\u202e',
  'é',
  '"',
  "'",
  '`',
  '\\',
  '%',
  '%00',
  '%zz',
  ';',
  ',',
  ':',
  '=',
  '&',
  '$',
  '{',
  '}',
  '[',
  ']',
  '(',
  '-1',
  '0',
  '1e999',
  '9007199254740993',
  '18446744073709551616',
  'null',
  'NaN',
  '__proto__',
  'constructor',
  'toString',
  '../../..',
  'x'.repeat(5000),
];

/** A text of any characters, or an odd one. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...ODD_TEXTS),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 200 }),
);

interface Edit {
  /** Where, as a fraction of the text. */
  at: number;
  removed: number;
  inserted: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.oneof(fc.nat(4), fc.nat(400)),
  inserted: fc.oneof({ arbitrary: fc.constant(''), weight: 2 }, { arbitrary: anyText, weight: 3 }),
});

/** One of the texts with a few edits: pieces are removed, inserted and repeated. */
export function edited(...texts: string[]): fc.Arbitrary<string> {
  const original = fc.oneof(...texts.map((text) => fc.constant(text)));
  const copied = fc.record({ from: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(200) });
  return fc
    .record({ text: original, edits: fc.array(edit, { minLength: 1, maxLength: 4 }), copied: fc.option(copied) })
    .map(({ text, edits, copied }) => {
      const start = copied ? Math.floor(copied.from * text.length) : 0;
      const repeated = copied ? text.slice(0, start) + text.slice(start, start + copied.length) + text.slice(start) : text;
      return edits.reduce(applied, repeated);
    });
}

function applied(text: string, { at, removed, inserted }: Edit): string {
  const start = Math.floor(at * text.length);
  return text.slice(0, start) + inserted + text.slice(start + removed);
}
