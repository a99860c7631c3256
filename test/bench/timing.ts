import { join } from 'node:path';
import { newKeyMaterial } from '../../src/domain/keys/secret.js';
import { comparisonWith } from '../../src/http/programs/introspect.js';
import { openDatabase } from '../../src/projections/engine/database.js';
import { LivingFile } from '../../src/projections/engine/living-file.js';
import { Verification } from '../../src/projections/keys/verification.js';
import type { Bench, Findings } from './support/bench.js';
import { dudect, THRESHOLD } from './support/dudect.js';
import { Keyledger } from './support/keyledger.js';
import { inTemporaryDirectory } from './support/temporary.js';

/** `KEYLEDGER_BENCH_ROUNDS` asks for fewer thousands, to try it out. */
const MEASUREMENTS = 1000 * Number(process.env.KEYLEDGER_BENCH_ROUNDS ?? 1000);

/** How many characters at the end of a secret are wrong if it is almost right. */
const WRONG = 6;

/** One hash is always found at the same place of the index, others are not. That says nothing about a secret. */
const BY_PLACE = 'bearerFixedAndRandom';

const randomSecret = () => newKeyMaterial().secret;

/**
 * Measures whether the duration of a comparison reveals how much of a wrong secret is right: dudect's test, in process. It compares
 * secrets by the id of a key that exists, secrets alone (bearer tokens), and the token of introspection. Controls show that the test
 * works here: equal classes do not differ, and a comparison that leaks does.
 */
export const timing: Bench = () =>
  inTemporaryDirectory(async (directory) => {
    const { key, secret } = await createKey(directory);
    const database = new LivingFile(openDatabase(join(directory, 'keys.db')), fail);
    const verification = new Verification(database, Date.now);
    const found = {
      ...pairs('', secret, (sent) => verification.verify(key.keyId, sent)),
      ...pairs('bearer', secret, (sent) => verification.verifySecret(sent)),
      ...pairs('introspection', secret, comparisonWith(secret)),
    };
    database.close();
    return findings(found);
  });

/** Nobody damages the file. */
function fail(error: unknown): never {
  throw error;
}

/** Each pair of classes of inputs, and a control that leaks. The prefix makes `randomAndRandom` into `bearerRandomAndRandom`. */
function pairs(prefix: string, right: string, compare: (sent: string) => unknown): Record<string, ReturnType<typeof dudect>> {
  const fixed = randomSecret();
  // A new one each time: the place of a hash among others is no part of the secret.
  const almost = () => right.slice(0, -WRONG) + randomSecret().slice(-WRONG);
  if (!compare(right) || compare(fixed) || compare(almost())) throw new Error('The comparison is wrong.');
  const leak = (sent: string) => commonPrefix(sent, right) === right.length || compare(sent);
  const test = (input: () => string, work: (sent: string) => unknown) => dudect(MEASUREMENTS, [input, randomSecret], work);
  const found = {
    randomAndRandom: test(randomSecret, compare),
    fixedAndRandom: test(() => fixed, compare),
    almostRightAndRandom: test(almost, compare),
    almostRightAndRandomLeaking: test(almost, leak),
  };
  return Object.fromEntries(Object.entries(found).map(([name, result]) => [named(prefix, name), result]));
}

function named(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

async function createKey(directory: string) {
  const server = await Keyledger.start(directory);
  try {
    return await server.client.newKey();
  } finally {
    await server.stop();
  }
}

/** How many characters the texts have in common from their start on: an early end leaks the number by its duration. */
function commonPrefix(one: string, other: string): number {
  let length = 0;
  while (length < other.length && one.charCodeAt(length) === other.charCodeAt(length)) length += 1;
  return length;
}

function findings(found: Record<string, ReturnType<typeof dudect>>): Findings {
  const tests = Object.entries(found);
  const goalOf = (name: string) => (name.endsWith('Leaking') ? { atLeast: THRESHOLD } : { atMost: THRESHOLD });
  return {
    figures: Object.fromEntries(tests.map(([name, { median }]) => [`${name}Nanoseconds`, median])),
    ratios: Object.fromEntries(tests.map(([name, { t }]) => [`${name}T`, t])),
    goals: Object.fromEntries(tests.flatMap(([name]) => (name === BY_PLACE ? [] : [[`${name}T`, goalOf(name)]]))),
    notes: [
      `Measurements of each pair: ${MEASUREMENTS.toLocaleString('en')}.`,
      `${BY_PLACE}T has no goal: a bearer secret is looked up by its hash, and the look-up of one hash may take longer than that of others.`,
    ],
  };
}
