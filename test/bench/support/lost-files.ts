import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../../../src/projections/engine/database.js';
import { Generations } from '../../../src/projections/engine/generations.js';
import { DATA_FILE } from '../../../src/shared/data-files.js';
import { openLog } from '../../../src/store/sqlite/sqlite-file.js';
import { writeHistory } from './history.js';

const EACH = 10;

/** Creates a data directory with a log of that many events, ten on each account. */
export function writeEvents(directory: string, events: number): void {
  mkdirSync(directory);
  const log = openLog(join(directory, 'events.db'));
  writeHistory(
    log,
    Array.from({ length: events / EACH }, (_, index) => ({ account: `account-${index}`, events: EACH })),
  );
  log.close();
}

/**
 * Puts empty files in the places of all files of projections, so that a server that runs there fills them anew. Returns what tells whether
 * it has.
 */
export async function loseFiles(directory: string): Promise<() => boolean> {
  const empty = new Map<Generations, string | undefined>();
  for (const name of [DATA_FILE.keys, DATA_FILE.projections, DATA_FILE.analytics]) {
    const generations = new Generations(directory, name);
    const file = generations.newFile();
    openDatabase(file).close();
    await generations.publish(file);
    empty.set(generations, generations.present());
  }
  return () => [...empty].every(([generations, seen]) => generations.present() !== seen);
}
