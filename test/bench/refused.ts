import { join } from 'node:path';
import { EventStoreDbServer, isInstalled } from '../support/eventstoredb-server.js';
import { untilFilled } from '../support/readiness.js';
import { timeUntil } from '../support/verify.js';
import { type Bench, type Findings, quantile } from './support/bench.js';
import { Keyledger } from './support/keyledger.js';
import { loseFiles, writeEvents } from './support/lost-files.js';
import { inTemporaryDirectory } from './support/temporary.js';

/** `KEYLEDGER_BENCH_ROUNDS` asks for fewer, to try it out. */
const ROUNDS = Number(process.env.KEYLEDGER_BENCH_ROUNDS ?? 1000);
/** The events from which everything is filled. `KEYLEDGER_BENCH_EVENTS` asks for fewer, to try it out. */
const EVENTS = Number(process.env.KEYLEDGER_BENCH_EVENTS ?? 1_000_000);

/** Tells for how many rounds have ended whether another one begins. */
type Begins = (ended: number) => boolean;

const isInRounds: Begins = (ended) => ended < ROUNDS;

/**
 * Measures for how many milliseconds after an acknowledged deletion another process still accepts the key. On SQLite the processes share a
 * directory, and one of them also fills every projection anew meanwhile; on EventStoreDB each has its own.
 */
export const refused: Bench = () =>
  inTemporaryDirectory(async (directory) => {
    const [one, other] = [join(directory, 'one'), join(directory, 'other')];
    const onSqlite = await delays(await Keyledger.start(one), await Keyledger.start(one), isInRounds);
    const inFilling = await delaysInFilling(join(directory, 'filled'));
    const found = { OnSqlite: onSqlite, InFilling: inFilling };
    if (!isInstalled()) return findings(found, ['EventStoreDB: no eventstored on the PATH.']);
    const esdb = await EventStoreDbServer.start(join(directory, 'esdb'));
    try {
      const store = esdb.connectionString;
      const third = join(directory, 'third');
      const [writer, reader] = [await Keyledger.start(third, store), await Keyledger.start(other, store)];
      return findings({ ...found, OnEventStoreDb: await delays(writer, reader, isInRounds) });
    } finally {
      await esdb.kill();
    }
  });

async function delaysInFilling(directory: string): Promise<number[]> {
  writeEvents(directory, EVENTS);
  const [one, other] = [await Keyledger.start(directory), await Keyledger.start(directory)];
  await untilFilled(one);
  await untilFilled(other);
  const isFilled = await loseFiles(directory);
  return delays(one, other, () => !isFilled());
}

async function delays(one: Keyledger, other: Keyledger, begins: Begins): Promise<number[]> {
  const found: number[] = [];
  while (begins(found.length)) {
    const key = await one.client.newKey();
    await timeUntil(200, other, key);
    await one.client.deleteKey(key.key.keyId);
    found.push(await timeUntil(401, other, key));
  }
  await Promise.all([one.stop(), other.stop()]);
  return found;
}

function findings(delays: Record<string, number[]>, notes: string[] = []): Findings {
  const stores = Object.entries(delays);
  const ratios = stores.map(([store, found]) => [`p99${store}ToTenMilliseconds`, quantile(found, 0.99) / 10]);
  return {
    figures: Object.fromEntries(
      stores.flatMap(([store, found]) => [
        [`rounds${store}`, found.length],
        [`milliseconds${store}P50`, quantile(found, 0.5)],
        [`milliseconds${store}P99`, quantile(found, 0.99)],
        [`milliseconds${store}AtMost`, quantile(found, 1)],
      ]),
    ),
    ratios: Object.fromEntries(ratios),
    goals: Object.fromEntries(ratios.map(([ratio]) => [ratio, { atMost: 1 }])),
    notes,
  };
}
