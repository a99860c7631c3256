import Database from '../../shared/sqlite.js';
import { whenUnlocked } from './database.js';
import { type FillOptions, fill } from './fill.js';
import { Generations } from './generations.js';
import { PositionTable } from './position.js';

/** A projection, and the file that its tables are in. */
export interface Placed {
  file: string;
  projection: string;
}

/**
 * Fills these projections anew, in new files. From the start on, the present tables answer nothing: services that run notice it, and go on
 * with the new ones.
 */
export async function repair(wrong: readonly Placed[], options: FillOptions): Promise<void> {
  const files = new Map<string, string[]>();
  for (const { file, projection } of wrong) files.set(file, [...(files.get(file) ?? []), projection]);
  const requests = [...files].map(([file, projections]) => {
    const generations = new Generations(options.directory, file);
    return { file, projections, seen: generations.present(), path: generations.path };
  });
  for (const { path, projections } of requests) await distrust(path, projections, options.signal);
  if (requests.length === 0) return;
  const [failure] = (await fill(requests, options)).failures;
  if (failure)
    throw new Error(
      `${failure.file} could not be filled: ${failure.reason}. The old one answers nothing more: if no server runs, start one, which fills it.`,
    );
}

/** Forgets how far the projections have come. Whoever follows the log takes their tables for lost. */
async function distrust(path: string, projections: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  const database = new Database(path, { timeout: 0 });
  try {
    const positions = new PositionTable(database);
    const forget = () => {
      for (const projection of projections) positions.forget(projection);
    };
    await whenUnlocked(database, forget, signal);
  } finally {
    database.close();
  }
}
