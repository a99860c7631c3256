import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { createLog } from '../../src/observability/log.js';
import { startAnalytics } from '../../src/projections/analytics/open-analytics.js';
import { Feed } from '../../src/projections/audit/feed.js';
import { auditProjections, keysProjections } from '../../src/projections/engine/all-projections.js';
import { openProjections } from '../../src/projections/engine/database.js';
import { ProjectionRunner } from '../../src/projections/engine/runner.js';
import { openKeysRunner, openRunners } from '../../src/projections/engine/runners.js';
import { KeysProjection } from '../../src/projections/keys/keys.js';
import { ReadYourWrites } from '../../src/projections/keys/read-your-writes.js';
import Database from '../../src/shared/sqlite.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { timed } from './support/bench.js';
import { answer } from './support/child.js';

export interface Replayed {
  milliseconds: number;
  /** The process's maximum memory, in megabytes. */
  megabytes: number;
}

const [task = '', directory = '', projections = ''] = process.argv.slice(2);
const log = createLog('warn');
const tasks: Record<string, () => Promise<number>> = { scan, fill, fillAll, start };

answer<object>(async (): Promise<Replayed> => {
  const milliseconds = (await tasks[task]?.()) ?? Number.NaN;
  return { milliseconds, megabytes: process.resourceUsage().maxRSS / 1024 };
});

/** The minimum of a replay: reads every row and parses its JSON. */
async function scan(): Promise<number> {
  const database = new Database(join(directory, 'events.db'), { readonly: true });
  const rows = database.prepare<[], { data: string; metadata: string }>(
    `SELECT stream, version, position, id, type, schemaVersion, data, metadata FROM events WHERE category = 'apiKeys' ORDER BY position`,
  );
  return timed(() => {
    for (const { data, metadata } of rows.iterate()) {
      JSON.parse(data);
      JSON.parse(metadata);
    }
  });
}

/** Fills the keys projection from event zero, as a process does that has none. */
async function fill(): Promise<number> {
  const store = new SqliteEventStore(join(directory, 'events.db'));
  const { database, projections: projection } = await openProjections(
    projections,
    log,
    (database) => new KeysProjection(database),
  );
  const runner = new ProjectionRunner({ store, database, projection, log });
  const time = await timed(() => {
    runner.start();
    return runner.caughtUp;
  });
  await runner.stop();
  await store.close();
  database.close();
  return time;
}

/** Fills all projections, including those of analytics, side by side as a process does. */
async function fillAll(): Promise<number> {
  const store = new SqliteEventStore(join(directory, 'events.db'));
  const keys = await openProjections(join(directory, 'keys.db'), log, keysProjections);
  const audit = await openProjections(join(directory, 'projections.db'), log, auditProjections);
  const feed = new Feed(audit.projections.history, { clock: Date.now, tolerance: 0 });
  const analysts = await startAnalytics({
    dataDirectory: directory,
    pseudonymKey: randomBytes(32),
    clock: Date.now,
    store,
    log,
  });
  const shared = { store, log };
  const runners = [
    openKeysRunner(shared, keys, new ReadYourWrites(() => 0)),
    ...Object.values(openRunners(shared, audit, feed)),
    ...(analysts?.runners ?? []),
  ];
  const time = await timed(() => {
    for (const runner of runners) runner.start();
    return Promise.all(runners.map((runner) => runner.caughtUp));
  });
  await Promise.all(runners.map((runner) => runner.stop()));
  await store.close();
  for (const open of [keys.database, audit.database, analysts]) open?.close();
  return time;
}

/** The time from the start of the process until it is ready, with filled projections. */
async function start(): Promise<number> {
  const app = await createApp({ config: readConfig({ PORT: '0', KEYLEDGER_DATA: directory }), log });
  await app.start();
  await app.ready;
  const time = performance.now();
  await app.stop();
  return time;
}
