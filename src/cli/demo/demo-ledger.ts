import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { KeyCommands } from '../../commands/keys/keys.js';
import { Performer } from '../../commands/keys/perform.js';
import { RefusalLog } from '../../commands/usage/refusal-log.js';
import { UsageLog } from '../../commands/usage/usage-log.js';
import { keysProjections } from '../../projections/all-projections.js';
import { openProjections } from '../../projections/engine/database.js';
import { ProjectionRunner } from '../../projections/engine/runner.js';
import { KeySearch } from '../../projections/keys/key-search.js';
import { ReadYourWrites } from '../../projections/keys/read-your-writes.js';
import { Verification } from '../../projections/keys/verification.js';
import type { Clock } from '../../shared/clock.js';
import { DATA_FILE } from '../../shared/data-files.js';
import type { EventStore } from '../../store/event-store.js';

/** The time limit of a command, in milliseconds. */
const DEADLINE = 60_000;

/** Turns off automatic writes, in milliseconds: the demo decides when to write. */
const NEVER = 2 ** 31 - 1;

export interface DemoLedgerOptions {
  store: EventStore;
  dataDirectory: string;
  clock: Clock;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/** The server's commands with a clock that the caller controls. */
export interface DemoLedger {
  commands: KeyCommands;
  uses: UsageLog;
  /** Writes the counts of uses and refusals. */
  writeCounts(): Promise<void>;
  close(): Promise<void>;
}

export async function openDemoLedger({ store, dataDirectory, clock, log }: DemoLedgerOptions): Promise<DemoLedger> {
  const file = join(dataDirectory, DATA_FILE.keys);
  const { database, projections } = await openProjections(file, log, keysProjections);
  const { keys } = projections;
  const readYourWrites = new ReadYourWrites((account) => keys.version(account));
  const onProjected = readYourWrites.record.bind(readYourWrites);
  const runner = new ProjectionRunner({ store, database, projection: keys, log, onProjected });
  const counts = { store, clock, log, interval: NEVER };
  const [uses, refusals] = [new UsageLog(counts), new RefusalLog(counts)];
  const verification = new Verification(database, clock);
  const search = new KeySearch({ database, store, keys });
  const performer = new Performer({ store, keys, readYourWrites, verification, clock, deadline: DEADLINE, refusals });
  const commands = new KeyCommands({ performer, search });
  runner.start();
  return {
    commands,
    uses,
    async writeCounts() {
      await Promise.all([uses.flush(), refusals.flush()]);
    },
    async close() {
      await runner.stop();
      database.close();
    },
  };
}

/** The caller of a demo's commands. */
export function demoCaller(account: string) {
  return { account, actor: `owner-of-${account}`, correlationId: randomUUID(), since: performance.now() };
}
