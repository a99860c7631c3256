import { join } from 'node:path';
import { EventStoreDbServer, isInstalled } from '../support/eventstoredb-server.js';
import { timeUntil } from '../support/verify.js';
import { type Bench, quantile } from './support/bench.js';
import { Keyledger } from './support/keyledger.js';
import { inTemporaryDirectory } from './support/temporary.js';

const ROUNDS = 1000;

/**
 * Measures for how many milliseconds after an acknowledged deletion another process still accepts the key. On SQLite the processes share a
 * directory; on EventStoreDB each has its own.
 */
export const refused: Bench = () =>
  inTemporaryDirectory(async (directory) => {
    const [one, other] = [join(directory, 'one'), join(directory, 'other')];
    const figures = named('Sqlite', await delays(await Keyledger.start(one), await Keyledger.start(one)));
    if (!isInstalled()) return { figures, ratios: {}, goals: {}, notes: ['EventStoreDB: no eventstored on the PATH.'] };
    const esdb = await EventStoreDbServer.start(join(directory, 'esdb'));
    try {
      const store = esdb.connectionString;
      const found = await delays(await Keyledger.start(join(directory, 'third'), store), await Keyledger.start(other, store));
      return { figures: { ...figures, ...named('EventStoreDb', found) }, ratios: {}, goals: {} };
    } finally {
      await esdb.kill();
    }
  });

async function delays(one: Keyledger, other: Keyledger): Promise<number[]> {
  const found: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const key = await one.client.newKey();
    await timeUntil(200, other, key);
    await one.client.deleteKey(key.key.keyId);
    found.push(await timeUntil(401, other, key));
  }
  await Promise.all([one.stop(), other.stop()]);
  return found;
}

function named(store: string, found: number[]): Record<string, number> {
  return {
    [`millisecondsOn${store}P50`]: quantile(found, 0.5),
    [`millisecondsOn${store}P99`]: quantile(found, 0.99),
    [`millisecondsOn${store}AtMost`]: quantile(found, 1),
  };
}
