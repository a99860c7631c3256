import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openPseudonymKey } from '../../auth/pseudonym-key.js';
import type { Config } from '../../config.js';
import { Pseudonyms } from '../../domain/analytics/pseudonyms.js';
import { activityProjections, auditProjections, keysProjections } from '../../projections/engine/all-projections.js';
import { type Comparison, type Living, Rebuild, type TableDifference } from '../../projections/engine/rebuild.js';
import type { RowDifference } from '../../projections/engine/row-differences.js';
import { countOf } from '../../shared/count-of.js';
import { DATA_FILE } from '../../shared/data-files.js';
import { withExistingStore } from '../existing-store.js';
import { print, say } from '../output/output.js';
import { Progress } from '../output/progress.js';

const WHY_LEFT = 'since it may contain counts of old events that were removed from the log';

export interface ReplayOptions {
  /** Correct the rows that differ. */
  repair?: boolean;
}

/**
 * Rebuilds every projection from event zero, and prints how the living ones compare.
 * @returns true if all are right or were repaired
 * @throws NotComparable, StoreUnavailable, UnreadableEvent
 */
export async function replay(config: Config, { repair = false }: ReplayOptions): Promise<boolean> {
  return withExistingStore(config, async (store) => {
    const progress = new Progress();
    const rebuild = new Rebuild(config.dataDirectory, await livingFiles(config), store, (events) => progress.add(events));
    try {
      await rebuild.fill();
      const compared = await rebuild.compare();
      progress.end();
      await print(compared.map(describe).join(''));
      const differing = compared.filter(({ rebuilt, living }) => rebuilt !== living);
      return repair ? await repairAll(rebuild, differing) : differing.length === 0;
    } finally {
      rebuild.close();
    }
  });
}

/** @throws Error if there are no projections yet */
async function livingFiles(config: Config): Promise<Living[]> {
  const files = [
    { file: DATA_FILE.keys, make: keysProjections },
    { file: DATA_FILE.projections, make: auditProjections },
  ];
  const at = (name: string) => join(config.dataDirectory, name);
  for (const { file } of files) {
    if (!existsSync(at(file)))
      throw new Error(`There are no projections at ${at(file)} yet. Start the server: it creates them.`);
  }
  const file = DATA_FILE.analytics;
  if (!existsSync(at(file))) return files;
  const key = await openPseudonymKey(config);
  if (key) return [...files, { file, make: (database) => activityProjections(database, new Pseudonyms(key)) }];
  say(`${at(file)} is not compared: set KEYLEDGER_PSEUDONYM_KEY to the key with which it was filled`);
  return files;
}

/** @returns true if everything that differed is repaired */
async function repairAll(rebuild: Rebuild, differing: Comparison[]): Promise<boolean> {
  const namesOf = (compared: Comparison[]) => compared.map(({ projection }) => projection);
  const right = namesOf(differing.filter(({ mayRepair }) => mayRepair));
  if (right.length > 0) {
    const changes = await rebuild.repair(right);
    await print(`${right.join(', ')}: repaired, ${countOf(changes, 'row')} deleted or inserted\n`);
  }
  const left = namesOf(differing.filter(({ mayRepair }) => !mayRepair));
  await print(left.map((projection) => `${projection}: left as it is, ${WHY_LEFT}\n`).join(''));
  return left.length === 0;
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
