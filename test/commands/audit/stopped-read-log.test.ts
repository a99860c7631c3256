import { type EventStore, StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { openReadLog, read } from '../../support/read-log.js';
import { HangingAppends, LosingAnswers } from '../../support/store-doubles.js';

/** A store that cannot be reached for that many appends. */
function refusing(count: number): LosingAnswers {
  const store = new LosingAnswers(new SqliteEventStore(':memory:'));
  store.faults.push(...Array.from({ length: count }, () => ({ error: new StoreUnavailable(), written: false })));
  return store;
}

it.each<[store: string, open: () => EventStore]>([
  ['hangs', () => new HangingAppends(new SqliteEventStore(':memory:'))],
  ['refuses', () => refusing(1000)],
])('does not wait forever when it stops while the store %s, and says what is lost', async (_store, open) => {
  const store = open();
  const { reads, lines } = openReadLog(store, store);
  for (const account of ['one', 'two']) reads.record(read('alice', account));
  await reads.stop();
  expect(lines).toEqual([expect.stringMatching(/^reads could not be recorded .*"actor":"alice","lost":2/)]);
});
