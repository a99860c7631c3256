import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.js';
import { type Comparison, Rebuild, type TableDifference } from '../projections/rebuild.js';
import type { RowDifference } from '../projections/row-differences.js';
import { withExistingStore } from './existing-store.js';
import { Progress } from './progress.js';

const WHY_LEFT = 'for it may hold what was counted from old events that were removed from the log';

export interface ReplayOptions {
  /** To put right what differs. */
  swap?: boolean;
}

/**
 * Rebuilds every projection from event zero, and says on standard output how the living ones compare.
 * @returns whether all are as they should be, or were put right
 * @throws NotComparable, StoreUnavailable, UnreadableEvent
 */
export async function replay(config: Config, { swap = false }: ReplayOptions): Promise<boolean> {
  const file = join(config.dataDirectory, 'projections.db');
  return withExistingStore(config, async (store) => {
    if (!existsSync(file)) throw new Error(`There are no projections at ${file} yet; a start of the server makes them.`);
    const progress = new Progress();
    const rebuild = new Rebuild(file, store, (events) => progress.add(events));
    try {
      await rebuild.fill();
      const compared = await rebuild.compare();
      progress.end();
      process.stdout.write(compared.map(describe).join(''));
      const differing = compared.filter(({ rebuilt, living }) => rebuilt !== living);
      if (swap)
        await putRight(
          rebuild,
          differing.filter(({ mayPutRight }) => mayPutRight).map(({ projection }) => projection),
        );
      const left = swap ? differing.filter(({ mayPutRight }) => !mayPutRight) : differing;
      if (swap) process.stdout.write(left.map(({ projection }) => `${projection}: left as it is, ${WHY_LEFT}\n`).join(''));
      return left.length === 0;
    } finally {
      rebuild.close();
    }
  });
}

async function putRight(rebuild: Rebuild, projections: string[]): Promise<void> {
  if (projections.length === 0) return;
  const changes = await rebuild.putRight(projections);
  process.stdout.write(`${projections.join(', ')}: put right, with ${count(changes, 'row')} deleted or inserted\n`);
}

function describe({ projection, events, position, behind, rebuilt, living, tables }: Comparison): string {
  const place = `${count(events, 'event')} up to position ${position}`;
  const lag = behind > 0 ? `, ${count(behind, 'event')} behind the log` : '';
  const verdict = rebuilt === living ? 'equal' : `differs: the living one is sha256 ${living}`;
  return `${projection}: ${place}${lag}, sha256 ${rebuilt}: ${verdict}\n${tables.map(describeTable).join('')}`;
}

function describeTable({ table, rows, count: all }: TableDifference): string {
  const lines = rows.map((row) => `  ${table}: ${describeRow(row)}\n`);
  if (all > rows.length) lines.push(`  ${table}: and ${all - rows.length} more\n`);
  return lines.join('');
}

/** By its key and columns alone: what is in them may be nobody's business. */
function describeRow({ what, key, columns }: RowDifference): string {
  const row = Object.entries(key).map(([column, value]) => `${column} ${JSON.stringify(value)}`);
  return `${row.join(', ')} is ${what === 'different' ? `different in ${columns.join(', ')}` : what}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
