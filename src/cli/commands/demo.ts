import { readdirSync } from 'node:fs';
import type { Config } from '../../config.js';
import { DAY, dayOf } from '../../domain/usage/key-usage.js';
import { createLog } from '../../observability/log.js';
import type { Clock } from '../../shared/clock.js';
import { countOf } from '../../shared/count-of.js';
import { makeDirectory } from '../../shared/make-directory.js';
import { openStore } from '../../store/open.js';
import { DemoAccount } from '../demo/demo-account.js';
import { openDemoLedger } from '../demo/demo-ledger.js';
import { DemoPast } from '../demo/demo-past.js';
import { habits, randomNumbers } from '../demo/generated-life.js';
import { print } from '../output/output.js';
import { Progress } from '../output/progress.js';
import { WrongUsage } from '../output/wrong-usage.js';

/** The seed of the random numbers. Two demos of the same size differ only in ids and secrets. */
const SEED = 1;

export interface DemoOptions {
  accounts: number;
  days: number;
  /** The present, at which the demo ends. */
  clock?: Clock;
}

/**
 * Runs a plausible past through the server's commands, with a clock that moves from `days` days ago to the present. The data directory
 * must be missing or empty.
 * @throws WrongUsage
 */
export async function demo(config: Config, { accounts: count, days, clock: present = Date.now }: DemoOptions): Promise<void> {
  const { dataDirectory, store: location } = config;
  if (location.kind !== 'sqlite') throw new WrongUsage('A demo needs SQLite. Set KEYLEDGER_STORE to `sqlite:`.');
  makeDirectory(dataDirectory);
  if (readdirSync(dataDirectory).length > 0) {
    throw new WrongUsage(
      `${dataDirectory} is not empty. A demo needs a directory of its own: set KEYLEDGER_DATA to a new one.`,
    );
  }
  const store = await openStore(location);
  const [end, progress] = [present(), new Progress({ total: days })];
  const past = new DemoPast(Date.parse(dayOf(end)) - (days - 1) * DAY);
  const ledger = await openDemoLedger({ store, dataDirectory, clock: past.clock, log: createLog(config.logLevel) });
  try {
    const random = randomNumbers(SEED);
    const accounts = Array.from({ length: count }, (_, index) => new DemoAccount(`demo-${index + 1}`, habits(random, days)));
    for (let day = 0; day < days; day += 1) progress.add(await past.day(accounts, ledger, random, day, end), day + 1);
    progress.add(await past.latecomers(accounts, ledger, end), days);
    progress.end();
  } finally {
    await ledger.close();
    await store.close();
  }
  await print(
    `${dataDirectory} now holds a history of ${countOf(days, 'day')} with ${countOf(count, 'account')}. Start the server to look at it.\n`,
  );
}
