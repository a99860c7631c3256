import { appendIfUnchanged } from '../../src/commands/append-if-unchanged.js';
import { LogSealed } from '../../src/store/event-store.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { idsOf, newEvent } from '../support/events.js';
import { eventsOf, LosingAnswers } from '../support/store-doubles.js';

const never = new AbortController().signal;
const STREAM = 'apiKeyUsage-totals';

it('of processes that decide the same, one appends, and each learns whether it did', async () => {
  const store = new SqliteEventStore(':memory:');
  const events = [newEvent('first'), newEvent('second'), newEvent('third')];
  const answers = await Promise.all(events.map((event) => appendIfUnchanged(store, STREAM, 0, event, never)));
  const written = idsOf(await eventsOf(store, STREAM));
  expect(written).toHaveLength(1);
  expect(answers).toEqual(events.map(({ id }) => written.includes(id)));
});

it('any other fault is no answer', async () => {
  const store = new LosingAnswers(new SqliteEventStore(':memory:'));
  store.faults.push({ error: new LogSealed(), written: false });
  await expect(appendIfUnchanged(store, STREAM, 0, newEvent(), never)).rejects.toBeInstanceOf(LogSealed);
});
