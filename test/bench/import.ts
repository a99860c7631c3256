import { join } from 'node:path';
import { EventStoreDbServer, isInstalled } from '../support/eventstoredb-server.js';
import type { AppendQuestion } from './eventstoredb-appender.js';
import { type Bench, interleave, median, ratio, unmeasured } from './support/bench.js';
import { runChild, startChild } from './support/child.js';
import { inTemporaryDirectory } from './support/temporary.js';
import { writeYear } from './support/year.js';

/** `KEYLEDGER_BENCH_EVENTS` asks for fewer, to try it out. */
const EVENTS = Number(process.env.KEYLEDGER_BENCH_EVENTS ?? 20_000);
const EACH = 10;
const ROUNDS = 3;

/**
 * Measures how fast a log is moved to EventStoreDB, with its comparison of both logs, against the bare client that appends as many events, one
 * after another. Accounts take turns in the log, so that every event is an append of its own.
 */
export const importing: Bench = async () => {
  if (!isInstalled()) return unmeasured('EventStoreDB: no eventstored on the PATH.');
  const rounds = await interleave(ROUNDS, { both: () => inTemporaryDirectory(both) });
  const [imported, bare] = [rounds.both.map(({ imported }) => imported), rounds.both.map(({ bare }) => bare)];
  return {
    figures: {
      events: EVENTS,
      importedPerSecond: median(imported),
      bareClientPerSecond: median(bare),
    },
    ratios: { importedToBareClient: ratio(imported, bare) },
    goals: { importedToBareClient: { atLeast: 0.9 } },
  };
};

/** Appends per second of both, on a server that is new, since an import needs one. */
async function both(directory: string): Promise<{ imported: number; bare: number }> {
  writeYear(join(directory, 'events.db'), { events: EVENTS, accounts: EVENTS / EACH });
  const server = await EventStoreDbServer.start(join(directory, 'eventstoredb'));
  try {
    const before = await bareClient(server, 'before');
    const milliseconds = await runChild<number>(
      new URL('./import-worker.js', import.meta.url),
      directory,
      server.connectionString,
    );
    const after = await bareClient(server, 'after');
    return { imported: (1000 * EVENTS) / milliseconds, bare: 2 / (1 / before + 1 / after) };
  } finally {
    await server.kill();
  }
}

/** Appends half of the events into that category, which the import does not see. Returns its appends per second. */
async function bareClient({ connectionString }: EventStoreDbServer, category: string): Promise<number> {
  const client = startChild<AppendQuestion, number>(
    new URL('./eventstoredb-appender.js', import.meta.url),
    'client',
    connectionString,
    category,
  );
  try {
    return await client.ask({ lanes: 1, count: EVENTS / 2 });
  } finally {
    await client.stop();
  }
}
