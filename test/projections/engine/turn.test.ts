import { PositionTable } from '../../../src/projections/engine/position.js';
import { takeTurn } from '../../../src/projections/engine/turn.js';
import Database from '../../../src/shared/sqlite.js';
import type { RecordedEvent } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { cleanUpLater } from '../../support/cleanup.js';
import { collect, newEvents } from '../../support/events.js';

/** Longer than a turn, in milliseconds. */
const LONG = 6;

/** Twenty events, and tables for them. Each event takes a while, as the first ones do in a file that was just opened. */
async function slowTables() {
  const store = new SqliteEventStore(':memory:');
  cleanUpLater(() => store.close());
  await store.append('apiKeys-a', 0, newEvents(20));
  const events = await collect(store.readAll('apiKeys'));
  const database = new Database(':memory:');
  cleanUpLater(() => database.close());
  const projection = {
    name: 'slow_1',
    category: 'apiKeys' as const,
    clear() {},
    apply(batch: RecordedEvent[]) {
      for (const end = performance.now() + batch.length * LONG; performance.now() < end; );
      return [];
    },
  };
  const options = { database, projection, positions: new PositionTable(database), source: { store, first: undefined } };
  return { events, options };
}

const all = (events: RecordedEvent[]) => events;

it('takes a single event if that takes as long as a transaction may', async () => {
  const { events, options } = await slowTables();
  expect(takeTurn(events, all, options).taken).toEqual(events.slice(0, 1));
  expect(options.positions.read('slow_1')?.position).toBe(1);
});

it('takes all events at once if nothing else has to run', async () => {
  const { events, options } = await slowTables();
  expect(takeTurn(events, all, { ...options, atOnce: true }).taken).toEqual(events);
});
