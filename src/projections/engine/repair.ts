import Database from '../../shared/sqlite.js';
import { whenUnlocked } from './database.js';
import { type FillOptions, type FillRequest, fillUnderLock, whileNobodyFills } from './fill.js';
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
 * @throws Error if a file could not be filled
 */
export async function repair(wrong: readonly Placed[], options: FillOptions): Promise<void> {
  if (wrong.length === 0) return;
  const before = await distrust(wrong, options);
  const { failures } = await whileNobodyFills(options, async () => {
    // A server that was filling a file may have taken the tables over before, and put them in place since.
    const areSame = before.every(({ file, seen }) => new Generations(options.directory, file).present() === seen);
    return fillUnderLock(areSame ? before : await distrust(wrong, options), options);
  });
  const [failure] = failures;
  if (failure)
    throw new Error(
      `${failure.file} could not be filled: ${failure.reason}. The old one answers nothing more: if no server runs, start one, which fills it.`,
    );
}

/** Forgets how far the projections have come, so that their runners take the tables for lost. Returns what is to be filled. */
async function distrust(wrong: readonly Placed[], { directory, signal }: FillOptions): Promise<FillRequest[]> {
  const requests: FillRequest[] = [];
  for (const file of new Set(wrong.map((one) => one.file))) {
    const generations = new Generations(directory, file);
    const projections = wrong.filter((one) => one.file === file).map(({ projection }) => projection);
    requests.push({ file, projections, seen: generations.present() });
    await forget(generations.path, projections, signal);
  }
  return requests;
}

async function forget(path: string, projections: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  const database = new Database(path, { timeout: 0 });
  try {
    const positions = new PositionTable(database);
    const forgetAll = () => {
      for (const projection of projections) positions.forget(projection);
    };
    await whenUnlocked(database, forgetAll, signal);
  } finally {
    database.close();
  }
}
