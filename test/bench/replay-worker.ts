import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { createLog } from '../../src/observability/log.js';
import { openProjections } from '../../src/projections/engine/database.js';
import { fill } from '../../src/projections/engine/fill.js';
import { projectionsOf } from '../../src/projections/engine/projections-of.js';
import { ProjectionRunner } from '../../src/projections/engine/runner.js';
import { KeysProjection } from '../../src/projections/keys/keys.js';
import { DATA_FILE } from '../../src/shared/data-files.js';
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
const tasks: Record<string, () => Promise<number>> = { scan, fill: fillKeys, fillAll, start };

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
async function fillKeys(): Promise<number> {
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

/** Fills all projections, including those of analytics, as a process does that has none. */
async function fillAll(): Promise<number> {
  const store = new SqliteEventStore(join(directory, 'events.db'));
  const files = [DATA_FILE.keys, DATA_FILE.projections, DATA_FILE.analytics];
  const requests = files.map((file) => ({ file, projections: [], seen: undefined }));
  const time = await timed(() => fill(requests, { directory, store, make: projectionsOf(randomBytes(32)), log }));
  await store.close();
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
