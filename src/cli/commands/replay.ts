import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { openPseudonymKey } from '../../auth/pseudonym-key.js';
import type { Config } from '../../config.js';
import { Pseudonyms } from '../../domain/analytics/pseudonyms.js';
import { activityProjections, allProjections } from '../../projections/engine/all-projections.js';
import type { Projection } from '../../projections/engine/projection.js';
import { type Comparison, Rebuild, type TableDifference } from '../../projections/engine/rebuild.js';
import type { RowDifference } from '../../projections/engine/row-differences.js';
import { countOf } from '../../shared/count-of.js';
import { DATA_FILE } from '../../shared/data-files.js';
import type { EventStore } from '../../store/event-store.js';
import { withExistingStore } from '../existing-store.js';
import { print, say } from '../output/output.js';
import { Progress } from '../output/progress.js';

const WHY_LEFT = 'since it may contain counts of old events that were removed from the log';

export interface ReplayOptions {
  /** Correct the rows that differ. */
  repair?: boolean;
}

/** A file of living projections, and the function that creates its projections over another database. */
interface Living {
  file: string;
  make: (database: Database) => Record<string, Projection>;
}

/**
 * Rebuilds every projection from event zero, and prints how the living ones compare.
 * @returns true if all are right or were repaired
 * @throws NotComparable, StoreUnavailable, UnreadableEvent
 */
export async function replay(config: Config, options: ReplayOptions): Promise<boolean> {
  return withExistingStore(config, async (store) => {
    let isRight = true;
    for (const living of await livingFiles(config)) isRight = (await replayFile(living, store, options)) && isRight;
    return isRight;
  });
}

/** @throws Error if there are no projections yet */
async function livingFiles(config: Config): Promise<Living[]> {
  const [file, analytics] = [DATA_FILE.projections, DATA_FILE.analytics].map((name) => join(config.dataDirectory, name));
  if (!file || !existsSync(file))
    throw new Error(`There are no projections at ${file} yet. Start the server: it creates them.`);
  const files = [{ file, make: allProjections }];
  if (!analytics || !existsSync(analytics)) return files;
  const key = await openPseudonymKey(config);
  if (!key) {
    say(`${analytics} is not compared: set KEYLEDGER_PSEUDONYM_KEY to the key with which it was filled`);
    return files;
  }
  return [...files, { file: analytics, make: (database) => activityProjections(database, new Pseudonyms(key)) }];
}

async function replayFile({ file, make }: Living, store: EventStore, { repair = false }: ReplayOptions): Promise<boolean> {
  const progress = new Progress();
  const rebuild = new Rebuild(file, make, store, (events) => progress.add(events));
  try {
    await rebuild.fill();
    const compared = await rebuild.compare();
    progress.end();
    await print(compared.map(describe).join(''));
    const differing = compared.filter(({ rebuilt, living }) => rebuilt !== living);
    if (!repair) return differing.length === 0;
    const right = differing.filter(({ mayRepair }) => mayRepair);
    await repairAll(
      rebuild,
      right.map(({ projection }) => projection),
    );
    const left = differing.filter(({ mayRepair }) => !mayRepair);
    await print(left.map(({ projection }) => `${projection}: left as it is, ${WHY_LEFT}\n`).join(''));
    return left.length === 0;
  } finally {
    rebuild.close();
  }
}

async function repairAll(rebuild: Rebuild, projections: string[]): Promise<void> {
  if (projections.length === 0) return;
  const changes = await rebuild.repair(projections);
  await print(`${projections.join(', ')}: repaired, ${countOf(changes, 'row')} deleted or inserted\n`);
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
