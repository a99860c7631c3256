import { setTimeout as delay } from 'node:timers/promises';
import { appendAtEnd } from '../../src/commands/append-at-end.js';
import { OutcomeUnknown, StoreUnavailable } from '../../src/store/event-store.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import { idsOf, newEvents } from '../support/events.js';
import { stores } from '../support/eventstoredb.js';
import { eventsOf, LosingAnswers } from '../support/store-doubles.js';

const never = new AbortController().signal;
const newStream = () => `apiKeyUsage-${newAccount()}`;

describe.each(stores)('on %s', (_name, open, it) => {
  it('appends where the stream ends, whatever is there', async () => {
    const store = open(temporaryDirectory());
    const stream = newStream();
    const [first, second] = [newEvents(2), newEvents(3)];
    await expect(appendAtEnd(store, stream, first, never)).resolves.toBe(2);
    await expect(appendAtEnd(store, stream, second, never)).resolves.toBe(5);
    expect(idsOf(await eventsOf(store, stream))).toEqual(idsOf([...first, ...second]));
    await store.close();
  });

  it('loses and doubles nothing where many append at once, and keeps the events of one append together', async () => {
    const store = open(temporaryDirectory());
    const stream = newStream();
    const batches = Array.from({ length: 10 }, () => newEvents(3));
    await Promise.all(batches.map((batch) => appendAtEnd(store, stream, batch, never)));
    const ids = idsOf(await eventsOf(store, stream));
    expect(ids).toHaveLength(30);
    for (const batch of batches) {
      const start = ids.indexOf(batch[0]?.id ?? '');
      expect(ids.slice(start, start + 3)).toEqual(idsOf(batch));
    }
    await store.close();
  });

  it('writes once what a store took and did not acknowledge, also after others went on', async () => {
    const store = new LosingAnswers(open(temporaryDirectory()));
    const stream = newStream();
    const [past, events, later] = [newEvents(2), newEvents(2), newEvents(1)];
    await appendAtEnd(store, stream, past, never);
    store.faults.push({ error: new OutcomeUnknown(), written: false }, { error: new StoreUnavailable(), written: false });
    await appendAtEnd(store, stream, events, never);
    // The conflict shows where the stream ends. The answer to the append there is lost, and others append after it.
    const take = store.append.bind(store);
    let lost = false;
    store.append = async (name, version, batch, signal) => {
      const end = await take(name, version, batch, signal);
      if (lost) return end;
      lost = true;
      await take(stream, end, newEvents(1), signal);
      throw new OutcomeUnknown();
    };
    await appendAtEnd(store, stream, later, never);
    const ids = idsOf(await eventsOf(store, stream));
    expect(ids).toHaveLength(6);
    expect(ids.slice(0, 5)).toEqual(idsOf([...past, ...events, ...later]));
    await store.close();
  });
});

it('gives up when the signal aborts, and says whether anything may be written', async () => {
  const store = new LosingAnswers(new SqliteEventStore(':memory:'));
  const giveUp = new AbortController();
  store.faults.push({ error: new OutcomeUnknown(), written: false });
  store.faults.push(...Array.from({ length: 50 }, () => ({ error: new StoreUnavailable(), written: false })));
  const append = appendAtEnd(store, newStream(), newEvents(1), giveUp.signal);
  while (store.tried.length < 2) await delay(25);
  giveUp.abort();
  await expect(append).rejects.toBeInstanceOf(OutcomeUnknown);
});

it('fails at once on what no second try can mend', async () => {
  const store = new LosingAnswers(new SqliteEventStore(':memory:'));
  store.faults.push({ error: new Error('deleted for good'), written: false });
  await expect(appendAtEnd(store, newStream(), newEvents(1), never)).rejects.toThrow('deleted for good');
  expect(store.tried).toHaveLength(1);
});
