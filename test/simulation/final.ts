import { join } from 'node:path';
import { Pseudonyms } from '../../src/domain/analytics/pseudonyms.js';
import { activityProjections, auditProjections, keysProjections } from '../../src/projections/all-projections.js';
import { Analytics } from '../../src/projections/analytics/analytics.js';
import type { Flow } from '../../src/projections/analytics/analytics-metrics.js';
import type { Connection } from '../../src/projections/engine/connection.js';
import { openDatabase } from '../../src/projections/engine/database.js';
import { digestOf } from '../../src/projections/engine/digest.js';
import { ACTIVITY, ACTIVITY_USAGE } from '../../src/projections/engine/names.js';
import type { Projection } from '../../src/projections/engine/projection.js';
import { DATA_FILE } from '../../src/shared/data-files.js';
import Database from '../../src/shared/sqlite.js';
import { decode } from '../../src/store/codec.js';
import type { Category } from '../../src/store/event-store.js';
import type { SimulatedLog } from './log.js';
import type { Machine } from './machine.js';
import type { Parts } from './process.js';
import { Violation } from './violation.js';

type File = [name: string, make: (database: Connection) => Record<string, Projection>];

/** Compares every table of the machines with one that is filled from the log at once, and what analysts are told with the events. */
export function requireFolds(machines: Machine[], log: SimulatedLog): void {
  const pseudonymKey = machines[0]?.processes[0]?.config.pseudonymKey;
  for (const [file, make] of filesWith(pseudonymKey)) {
    const rebuilt = new Database(':memory:');
    const projections = Object.values(make(rebuilt));
    for (const projection of projections) projection.apply(log.eventsOf(projection.category));
    const expected = projections.map(({ name }) => digestOf(rebuilt, name));
    rebuilt.close();
    for (const { directory } of machines) {
      const living = openDatabase(join(directory, file));
      const wrong = projections.find(({ name }, index) => digestOf(living, name) !== expected[index]);
      const miscount = file === DATA_FILE.analytics ? miscountIn(living, log) : undefined;
      living.close();
      if (wrong) throw new Violation('a projection is a fold of the log', `${wrong.name} in ${directory}`);
      if (miscount) throw new Violation('analysts are told how often each thing happened', miscount);
    }
  }
}

/** True if the process serves, and all its projections hold all that the log holds. */
export function isCaughtUp({ availability, read }: Parts, log: SimulatedLog): boolean {
  if (availability.whyNoVerification()) return false;
  const categories = new Map<string, Category>([
    ...Object.values(read.projections).map(({ name, category }): [string, Category] => [name, category]),
    [ACTIVITY, 'apiKeys'],
    [ACTIVITY_USAGE, 'apiKeyUsage'],
  ]);
  return read.statuses().every(({ name, position }) => position >= log.end(categories.get(name) ?? 'apiKeys'));
}

function filesWith(pseudonymKey: Uint8Array | undefined): File[] {
  const files: File[] = [
    [DATA_FILE.keys, keysProjections],
    [DATA_FILE.projections, auditProjections],
  ];
  if (!pseudonymKey) return files;
  const pseudonyms = new Pseudonyms(pseudonymKey);
  return [...files, [DATA_FILE.analytics, (database) => activityProjections(database, pseudonyms)]];
}

/** The first figure that is not the number of such events; undefined if there is none. */
function miscountIn(database: Connection, log: SimulatedLog): string | undefined {
  const { flows } = new Analytics(database, Date.now()).totals();
  const events = log.eventsOf('apiKeys').map(decode);
  const deletions = events.flatMap((event) => (event.type === 'KeyDeleted' ? event.data.reason : []));
  const expected: [Flow, number][] = [
    ['KEYS_CREATED', events.filter(({ type }) => type === 'KeyCreated').length],
    ['KEYS_DELETED', deletions.length],
    ['KEYS_DELETED_REQUESTED', deletions.filter((reason) => reason === 'REQUESTED').length],
    ['KEYS_DELETED_LEAKED', deletions.filter((reason) => reason === 'LEAKED').length],
    ['KEYS_DISABLED', events.filter(({ type }) => type === 'KeyDisabled').length],
  ];
  const wrong = expected.find(([flow, count]) => flows.get(flow) !== count);
  return wrong && `${wrong[0]}: ${flows.get(wrong[0])} instead of ${wrong[1]}`;
}
