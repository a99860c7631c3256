import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createLog } from '../../src/observability/log.js';
import { fill as fillFiles } from '../../src/projections/engine/fill.js';
import { Generations } from '../../src/projections/engine/generations.js';
import { projectionsOf } from '../../src/projections/projections-of.js';
import Database from '../../src/shared/sqlite.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { timed } from './support/bench.js';
import { answer } from './support/child.js';
import { usedSoFar } from './support/used.js';

export interface Replayed {
  milliseconds: number;
  /** The process's maximum memory, in megabytes. */
  megabytes: number;
}

const [task = '', directory = '', ...files] = process.argv.slice(2);
const log = createLog('warn');
const tasks: Record<string, () => Promise<number>> = { scan, fill };

answer<object>(async (): Promise<Replayed> => {
  const milliseconds = (await tasks[task]?.()) ?? Number.NaN;
  return { milliseconds, megabytes: usedSoFar().megabytes };
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

/** Fills new files of projections from event zero, as the thread does that fills them for a server. */
async function fill(): Promise<number> {
  const store = new SqliteEventStore(join(directory, 'events.db'));
  const make = projectionsOf(randomBytes(32));
  const requests = files.map((file) => {
    const projections = Object.values(make(file)(new Database(':memory:'))).map(({ name }) => name);
    return { file, projections, seen: new Generations(directory, file).present() };
  });
  const time = await timed(() => fillFiles(requests, { directory, store, make, log }));
  await store.close();
  return time;
}
