import { join } from 'node:path';
import { UsageLog } from '../../src/commands/usage/usage-log.js';
import { UsageTotals } from '../../src/commands/usage/usage-totals.js';
import { QUARTER } from '../../src/domain/analytics/quarter.js';
import { DAY } from '../../src/domain/usage/key-usage.js';
import { createLog } from '../../src/observability/log.js';
import { ProjectionRunner } from '../../src/projections/engine/runner.js';
import { UsageProjection } from '../../src/projections/usage/usage.js';
import Database from '../../src/shared/sqlite.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { timed } from './support/bench.js';
import { answer } from './support/child.js';

const START = Date.parse('2025-01-01T00:00:00.000Z');
/** How often uses are written, in milliseconds. */
const FLUSH = 10_000;

const [task = '', directory = '', days = '', keys = ''] = process.argv.slice(2);
const keyIds = Array.from({ length: Number(keys) }, (_, index) => `key_${String(index).padStart(22, '0')}`);
const log = createLog('warn');
const tasks: Record<string, () => Promise<number>> = { totals, day };

/** The answer is how long the task took, in milliseconds. */
answer<object>(async () => (await tasks[task]?.()) ?? Number.NaN);

/** Simulates days on which every key is used in four quarters of an hour, with some keys in each. A day is totalled when it is over. */
function totals(): Promise<number> {
  return live(async (uses, clock, total) => {
    for (let day = 0; day < Number(days); day += 1) {
      for (let quarter = 0; quarter < 96; quarter += 1) {
        clock.now = START + day * DAY + quarter * QUARTER;
        for (let index = quarter % 24; index < keyIds.length; index += 24)
          uses.record({ keyId: keyIds[index] ?? '', at: clock.now });
      }
      await uses.flush();
      clock.now = START + (day + 1) * DAY + DAY / 24;
      await total();
    }
  });
}

/** Simulates a day on which every key is used, and its use written, every ten seconds. */
function day(): Promise<number> {
  return live(async (uses, clock) => {
    for (let time = 0; time < DAY; time += FLUSH) {
      clock.now = START + Number(days) * DAY + time;
      for (const keyId of keyIds) uses.record({ keyId, at: clock.now });
      await uses.flush();
    }
  });
}

async function live(
  work: (uses: UsageLog, clock: { now: number }, total: () => Promise<void>) => Promise<void>,
): Promise<number> {
  const present = { now: START };
  const clock = () => present.now;
  const store = new SqliteEventStore(join(directory, 'events.db'));
  const database = new Database(':memory:');
  const projection = new UsageProjection(database);
  const runner = new ProjectionRunner({ store, database, projection, log });
  const options = { store, clock, log };
  const writer = new UsageTotals({ ...options, openDays: projection.openDays, readsOn: () => runner.readsOn() });
  const uses = new UsageLog({ ...options, interval: 2 ** 31 - 1 });
  if (task === 'totals') runner.start();
  const time = await timed(() => work(uses, present, () => writer.write()));
  await runner.stop();
  await store.close();
  return time;
}
