import { join } from 'node:path';
import { openPseudonymKey } from '../../auth/pseudonym-key.js';
import type { Config } from '../../config.js';
import { createLog } from '../../observability/log.js';
import { type Comparison, Rebuild, type RebuildOptions, type TableDifference } from '../../projections/engine/rebuild.js';
import { repair } from '../../projections/engine/repair.js';
import type { RowDifference } from '../../projections/engine/row-differences.js';
import { projectionsOf } from '../../projections/projections-of.js';
import { countOf } from '../../shared/count-of.js';
import { DATA_FILE } from '../../shared/data-files.js';
import { isThere } from '../../shared/is-there.js';
import { withExistingStore } from '../existing-store.js';
import { print, say } from '../output/output.js';
import { Progress } from '../output/progress.js';

const WHY_LEFT = 'since it may contain counts of old events that were removed from the log';

export interface ReplayOptions {
  /** Fill those that differ anew. */
  repair?: boolean;
}

/**
 * Rebuilds every projection from event zero, and prints how the living ones compare.
 * @returns true if all are right or were repaired
 * @throws NotComparable, StoreUnavailable, UnreadableEvent
 */
export async function replay(config: Config, { repair: mayRepair = false }: ReplayOptions): Promise<boolean> {
  return withExistingStore(config, async (store) => {
    const key = await openPseudonymKey(config);
    const files = livingFiles(config.dataDirectory, key !== undefined);
    const make = projectionsOf(key);
    const compared = await compare({ directory: config.dataDirectory, files, make, store });
    await print(compared.map(describe).join(''));
    const wrong = compared.filter(({ rebuilt, living }) => rebuilt !== living);
    if (!mayRepair) return wrong.length === 0;
    const log = createLog('warn');
    const right = wrong.filter((one) => one.mayRepair);
    await repair(right, { directory: config.dataDirectory, store, make, log });
    await print(right.map(({ projection }) => `${projection}: repaired, filled anew from the log\n`).join(''));
    const left = wrong.filter((one) => !one.mayRepair);
    await print(left.map(({ projection }) => `${projection}: left as it is, ${WHY_LEFT}\n`).join(''));
    return left.length === 0;
  });
}

/** @throws Error if there are no projections yet */
function livingFiles(directory: string, hasPseudonymKey: boolean): string[] {
  const files: string[] = [DATA_FILE.keys, DATA_FILE.projections];
  for (const file of files.map((name) => join(directory, name))) {
    if (!isThere(file)) throw new Error(`There are no projections at ${file} yet. Start the server: it creates them.`);
  }
  const analytics = join(directory, DATA_FILE.analytics);
  if (!isThere(analytics)) return files;
  if (hasPseudonymKey) return [...files, DATA_FILE.analytics];
  say(`${analytics} is not compared: set KEYLEDGER_PSEUDONYM_KEY to the key with which it was filled`);
  return files;
}

async function compare(options: Omit<RebuildOptions, 'onRead'>): Promise<Comparison[]> {
  const progress = new Progress();
  const rebuild = new Rebuild({ ...options, onRead: (events) => progress.add(events) });
  try {
    await rebuild.fill();
    const compared = await rebuild.compare();
    progress.end();
    return compared;
  } finally {
    rebuild.close();
  }
}

function describe({ projection, events, position, behind, rebuilt, living, tables }: Comparison): string {
  const place = `${countOf(events, 'event')} up to position ${position}`;
  const lag = behind > 0 ? `, ${countOf(behind, 'event')} behind the log` : '';
  const verdict = rebuilt === living ? 'equal' : `differs: the living one is sha256 ${living}`;
  return `${projection}: ${place}${lag}, sha256 ${rebuilt}: ${verdict}\n${tables.map(describeTable).join('')}`;
}

function describeTable({ table, rows, count: all }: TableDifference): string {
  const lines = rows.map((row) => `  ${table}: ${describeRow(row)}\n`);
  if (all > rows.length) lines.push(`  ${table}: and ${all - rows.length} more\n`);
  return lines.join('');
}

/** Names only the key and the columns, since the values may be private. */
function describeRow({ what, key, columns }: RowDifference): string {
  const row = Object.entries(key).map(([column, value]) => `${column} ${JSON.stringify(value)}`);
  return `${row.join(', ')} is ${what === 'different' ? `different in ${columns.join(', ')}` : what}`;
}
