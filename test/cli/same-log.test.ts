import { join } from 'node:path';
import { requireSameLog } from '../../src/cli/recover/same-log.js';
import { createLog } from '../../src/observability/log.js';
import { auditProjections } from '../../src/projections/all-projections.js';
import { openProjections } from '../../src/projections/engine/database.js';
import { ProjectionRunner } from '../../src/projections/engine/runner.js';
import { LogMismatch } from '../../src/store/event-store.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { cleanUpLater, temporaryDirectory } from '../support/cleanup.js';
import { recordTurns } from '../support/exports.js';
import { PausedLeader } from '../support/store-doubles.js';

/** A store, and a data directory that knows all of its events. */
async function known() {
  const [directory, log] = [temporaryDirectory(), createLog('silent')];
  const store = new PausedLeader(new SqliteEventStore(':memory:'));
  cleanUpLater(() => store.close());
  await recordTurns(store, ['a', 'b']);
  const { database, projections } = await openProjections(join(directory, 'projections.db'), log, auditProjections);
  const runner = new ProjectionRunner({ database, store, projection: projections.transparency, log });
  runner.start();
  await runner.caughtUp;
  await runner.stop();
  database.close();
  return { directory, store };
}

it('takes no log for another one on the word of a former leader', async () => {
  const { directory, store } = await known();
  store.lacks = 'apiKeys-b';
  await requireSameLog(directory, store);
});

it('refuses a log that lacks what the data directory knows, whichever node leads', async () => {
  const { directory } = await known();
  const other = new PausedLeader(new SqliteEventStore(':memory:'));
  cleanUpLater(() => other.close());
  await expect(requireSameLog(directory, other)).rejects.toThrow(LogMismatch);
});
