import { join } from 'node:path';
import { KeyCommands } from '../../src/commands/keys/keys.js';
import { Performer } from '../../src/commands/keys/perform.js';
import { createLog } from '../../src/observability/log.js';
import { openProjections } from '../../src/projections/engine/database.js';
import { ProjectionRunner } from '../../src/projections/engine/runner.js';
import { KeySearch } from '../../src/projections/keys/key-search.js';
import { KeysProjection } from '../../src/projections/keys/keys.js';
import { ReadYourWrites } from '../../src/projections/keys/read-your-writes.js';
import { Verification } from '../../src/projections/keys/verification.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { openLog } from '../../src/store/sqlite/sqlite-file.js';
import { type Bench, interleave, median, ratio, timed } from './support/bench.js';
import { writeHistory } from './support/history.js';
import { inTemporaryDirectory } from './support/temporary.js';

const PAST_EVENTS = 100_000;
const OLD_ACCOUNTS = ['old-1', 'old-2'];
const ROUNDS = 100;
const CREATES = 10;

/** Measures a create on an account with 100,000 past events, and on one without any. */
export const history: Bench = () =>
  inTemporaryDirectory(async (directory) => {
    const file = join(directory, 'events.db');
    const past = openLog(file);
    // An odd number of events leaves a free slot, so a create is possible at once.
    writeHistory(
      past,
      OLD_ACCOUNTS.map((account) => ({ account, events: PAST_EVENTS + 1 })),
    );
    past.close();
    const { commands, close } = await openCommands(directory, file);
    let created = 0;
    const create = async (account: string) => {
      created += 1;
      const caller = { account, actor: 'bench', correlationId: `bench-${created}`, since: performance.now() };
      const { key } = await commands.create(caller, { name: 'bench', scopes: [] });
      return () => commands.delete(caller, key.keyId);
    };
    /** Milliseconds per create; the deletions in between are not counted. */
    const measure = async (accountOf: (index: number) => string) => {
      let total = 0;
      for (let index = 0; index < CREATES; index += 1) {
        let undo: () => Promise<unknown> = async () => {};
        total += await timed(async () => {
          undo = await create(accountOf(index));
        });
        await undo();
      }
      return total / CREATES;
    };
    let accounts = 0;
    const milliseconds = await interleave(ROUNDS, {
      newAccount: () => measure(() => `new-${accounts++}`),
      oldAccount: () => measure((index) => OLD_ACCOUNTS[index % OLD_ACCOUNTS.length] ?? ''),
    });
    await close();
    return {
      figures: {
        newAccountMicroseconds: 1000 * median(milliseconds.newAccount),
        oldAccountMicroseconds: 1000 * median(milliseconds.oldAccount),
      },
      ratios: { oldToNew: ratio(milliseconds.oldAccount, milliseconds.newAccount) },
      goals: { oldToNew: { atMost: 1.2 } },
    };
  });

/** The command layer over a running keys projection that has caught up. */
async function openCommands(directory: string, file: string) {
  const log = createLog('warn');
  const store = new SqliteEventStore(file);
  const projections = join(directory, 'keys.db');
  const { database, projections: keys } = await openProjections(projections, log, (database) => new KeysProjection(database));
  const readYourWrites = new ReadYourWrites((account) => keys.version(account));
  const onProjected: ConstructorParameters<typeof ProjectionRunner>[0]['onProjected'] = (events) =>
    readYourWrites.record(events);
  const runner = new ProjectionRunner({ store, database, projection: keys, log, onProjected });
  const verification = new Verification(database, Date.now);
  const search = new KeySearch({ database, store, keys });
  const performer = new Performer({ store, keys, readYourWrites, verification, clock: Date.now, deadline: 15_000 });
  const commands = new KeyCommands({ performer, search });
  runner.start();
  await runner.caughtUp;
  const close = async () => {
    await runner.stop();
    await store.close();
    database.close();
  };
  return { commands, close };
}
