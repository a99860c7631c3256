import { join } from 'node:path';
import { newKeyMaterial } from '../../src/domain/keys/secret.js';
import { openDatabase } from '../../src/projections/engine/database.js';
import { Verification } from '../../src/projections/keys/verification.js';
import type { Bench, Findings } from './support/bench.js';
import { dudect, THRESHOLD } from './support/dudect.js';
import { Keyledger } from './support/keyledger.js';
import { inTemporaryDirectory } from './support/temporary.js';

/** `KEYLEDGER_BENCH_ROUNDS` asks for fewer thousands, to try it out. */
const MEASUREMENTS = 1000 * Number(process.env.KEYLEDGER_BENCH_ROUNDS ?? 1000);

const randomSecret = () => newKeyMaterial().secret;

/**
 * Measures whether the duration of a verification reveals how much of a wrong secret is right: dudect's test, in process, by the id of a
 * key that exists. Two controls show that the test works here: equal classes do not differ, and a verification that leaks does.
 */
export const timing: Bench = () =>
  inTemporaryDirectory(async (directory) => {
    const { key, secret } = await createKey(directory);
    const database = openDatabase(join(directory, 'keys.db'));
    const verification = new Verification(database, Date.now);
    const verify = (sent: string) => verification.verify(key.keyId, sent);
    const leak = (sent: string) => commonPrefix(sent, secret) === secret.length || verify(sent);
    const [fixed, almost] = [randomSecret(), secret.slice(0, -1) + (secret.endsWith('a') ? 'b' : 'a')];
    if (!verify(secret) || verify(fixed) || verify(almost)) throw new Error('The verification is wrong.');
    const compare = (input: () => string, work: (sent: string) => unknown) => dudect(MEASUREMENTS, [input, randomSecret], work);
    const found = {
      randomAndRandom: compare(randomSecret, verify),
      fixedAndRandom: compare(() => fixed, verify),
      almostRightAndRandom: compare(() => almost, verify),
      almostRightAndRandomLeaking: compare(() => almost, leak),
    };
    database.close();
    return findings(found);
  });

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
    goals: Object.fromEntries(tests.map(([name]) => [`${name}T`, goalOf(name)])),
    notes: [`Measurements of each pair: ${MEASUREMENTS.toLocaleString('en')}.`],
  };
}
