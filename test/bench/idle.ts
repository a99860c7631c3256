import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreDbServer, isInstalled } from '../support/eventstoredb-server.js';
import { untilFilled } from '../support/readiness.js';
import type { Bench } from './support/bench.js';
import { Keyledger } from './support/keyledger.js';
import { inTemporaryDirectory } from './support/temporary.js';

/** `KEYLEDGER_BENCH_SECONDS` asks for fewer, to try it out. */
const SECONDS = Number(process.env.KEYLEDGER_BENCH_SECONDS ?? 60);

/** How long a server rests before it counts as idle, in milliseconds: it still writes what it has collected, and frees memory. */
const REST = 15_000;

/** The goal: a part of one core. */
const GOAL = { atMost: 0.01 };

/** Measures how much of a core an idle server uses. */
export const idle: Bench = () =>
  inTemporaryDirectory(async (directory) => {
    const onSqlite = await shareOf(join(directory, 'sqlite'));
    if (!isInstalled()) return findings({ onSqlite }, ['EventStoreDB: no eventstored on the PATH.']);
    const server = await EventStoreDbServer.start(join(directory, 'esdb'));
    try {
      return findings({ onSqlite, onEventStoreDb: await shareOf(join(directory, 'eventstoredb'), server.connectionString) });
    } finally {
      await server.kill();
    }
  });

/** The part of a core that its process uses, with all of its threads. */
async function shareOf(directory: string, ...store: string[]): Promise<number> {
  const keyledger = await Keyledger.start(directory, ...store);
  try {
    await keyledger.client.newKey();
    await untilFilled(keyledger);
    await delay(REST);
    const [before, start] = [await keyledger.used(), performance.now()];
    await delay(1000 * SECONDS);
    return ((await keyledger.used()).cpu - before.cpu) / (1000 * (performance.now() - start));
  } finally {
    await keyledger.stop();
  }
}

function findings(shares: Record<string, number>, notes: string[] = []) {
  const ratios = Object.fromEntries(Object.entries(shares).map(([name, share]) => [`${name}CpuToOneCore`, share]));
  return {
    figures: { secondsOfIdleness: SECONDS },
    ratios,
    goals: Object.fromEntries(Object.keys(ratios).map((name) => [name, GOAL])),
    notes,
  };
}
