import { join } from 'node:path';
import { auditProjections, keysProjections } from '../../src/projections/engine/all-projections.js';
import { openDatabase } from '../../src/projections/engine/database.js';
import { digestOf } from '../../src/projections/engine/digest.js';
import type { Projection } from '../../src/projections/engine/projection.js';
import { DATA_FILE } from '../../src/shared/data-files.js';
import Database from '../../src/shared/sqlite.js';
import type { SimulatedLog } from './log.js';
import type { Machine } from './machine.js';
import type { Parts } from './process.js';
import { Violation } from './violation.js';

const FILES = [
  [DATA_FILE.keys, keysProjections],
  [DATA_FILE.projections, auditProjections],
] as const;

/** Compares every table of the machines with one that is filled from the log at once. */
export function requireFolds(machines: Machine[], log: SimulatedLog): void {
  for (const [file, make] of FILES) {
    const rebuilt = new Database(':memory:');
    const projections: Projection[] = Object.values(make(rebuilt));
    for (const projection of projections) projection.apply(log.eventsOf(projection.category));
    const expected = projections.map(({ name }) => digestOf(rebuilt, name));
    rebuilt.close();
    for (const { directory } of machines) {
      const living = openDatabase(join(directory, file));
      const wrong = projections.find(({ name }, index) => digestOf(living, name) !== expected[index]);
      living.close();
      if (wrong) throw new Violation('a projection is a fold of the log', `${wrong.name} in ${directory}`);
    }
  }
}

/** True if the process serves, and all its projections hold all that the log holds. */
export function isCaughtUp({ availability, read }: Parts, log: SimulatedLog): boolean {
  if (availability.whyNoVerification()) return false;
  const { projections, runners } = read;
  const positions: [Projection, number][] = [
    [projections.keys, runners.keys.status().position],
    [projections.transparency, runners.tree.status().position],
    [projections.history, runners.history.status().position],
    [projections.reads, runners.reads.status().position],
    [projections.usage, runners.usage.status().position],
  ];
  return positions.every(([{ category }, position]) => position >= log.end(category));
}
