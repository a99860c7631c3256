import { digestOf } from '../../src/projections/engine/digest.js';
import { projectionsOf } from '../../src/projections/projections-of.js';
import { DATA_FILE } from '../../src/shared/data-files.js';
import Database from '../../src/shared/sqlite.js';
import type { Category, EventStore, RecordedEvent } from '../../src/store/event-store.js';
import { collect } from './events.js';

const FILES = [DATA_FILE.keys, DATA_FILE.projections, DATA_FILE.analytics];
const make = projectionsOf(Buffer.alloc(32));

/** The digests of the category's projections, by name, once each has taken the log's events one by one, and once it has taken all at once. */
export async function digestsByBatches(store: EventStore, category: Category) {
  const events = await collect(store.readAll(category));
  return {
    oneByOne: digestsAfter(
      category,
      events.map((event) => [event]),
    ),
    atOnce: digestsAfter(category, [events]),
  };
}

function digestsAfter(category: Category, batches: RecordedEvent[][]): Record<string, string> {
  const database = new Database(':memory:');
  const projections = FILES.flatMap((file) => Object.values(make(file)(database))).filter((one) => one.category === category);
  for (const batch of batches) for (const projection of projections) projection.apply(batch);
  const digests = projections.map(({ name }) => [name, digestOf(database, name)]);
  database.close();
  return Object.fromEntries(digests);
}
