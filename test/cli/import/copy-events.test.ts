import { randomUUID } from 'node:crypto';
import { copyEvents } from '../../../src/cli/import/copy-events.js';
import { type EventStore, OutcomeUnknown, StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { cleanUpLater } from '../../support/cleanup.js';
import { collect, newEvent, newEvents } from '../../support/events.js';
import { LosingAnswers } from '../../support/store-doubles.js';

function newStore(): SqliteEventStore {
  const store = new SqliteEventStore(':memory:');
  cleanUpLater(() => store.close());
  return store;
}

/** Copies the events after a position to a new store. Returns the store and the appends that it was asked for. */
async function copied(source: EventStore, after = 0, target = new LosingAnswers(newStore())) {
  const counts: number[] = [];
  await copyEvents('apiKeys', { source, target, after, onCopied: (events) => counts.push(events) });
  return { target, counts, tried: target.tried };
}

const withoutPosition = (store: EventStore) =>
  collect(store.readAll('apiKeys')).then((events) => events.map(({ position: _, ...event }) => event));

it('lets adjacent events of one stream share an append, up to 500, across the pages that they are read in', async () => {
  const source = newStore();
  await source.append('apiKeys-a', 0, newEvents(990));
  await source.append('apiKeys-b', 0, newEvents(1));
  await source.append('apiKeys-a', 990, newEvents(30));
  await source.append('apiKeyUsage-a', 0, newEvents(1));
  await source.append('apiKeys-a', 1020, newEvents(2));
  const { target, counts, tried } = await copied(source);
  expect(counts).toEqual([500, 490, 1, 32]);
  expect(tried.map(({ version }) => version)).toEqual([0, 500, 0, 990]);
  expect(await withoutPosition(target)).toEqual(await withoutPosition(source));
});

it('puts no more than 512 KiB into an append, and a larger event into one of its own', async () => {
  const source = newStore();
  const sizes = [200_000, 200_000, 200_000, 700_000, 1];
  const events = sizes.map((size) => ({ ...newEvent(), id: randomUUID(), data: { text: 'ü'.repeat(size / 2) } }));
  await source.append('apiKeys-a', 0, events);
  const { target, counts } = await copied(source);
  expect(counts).toEqual([2, 1, 1, 1]);
  expect(await withoutPosition(target)).toEqual(await withoutPosition(source));
});

it('goes on behind a position', async () => {
  const source = newStore();
  await source.append('apiKeys-a', 0, newEvents(5));
  await source.append('apiKeys-b', 0, newEvents(5));
  const target = new LosingAnswers(newStore());
  const [first, second, third] = await collect(source.read('apiKeys-a'));
  if (!first || !second || !third) throw new Error('There are five.');
  await target.append('apiKeys-a', 0, [first, second, third]);
  await copied(source, third.position, target);
  expect(await withoutPosition(target)).toEqual(await withoutPosition(source));
});

it('asks again with the same ids at the same version until the events are there', async () => {
  const source = newStore();
  await source.append('apiKeys-a', 0, newEvents(3));
  const target = new LosingAnswers(newStore());
  target.faults.push(
    { error: new StoreUnavailable(), written: false },
    { error: new OutcomeUnknown(), written: false },
    { error: new OutcomeUnknown(), written: true },
  );
  const { counts, tried } = await copied(source, 0, target);
  expect(counts).toEqual([3]);
  expect(new Set(tried.map(({ ids, version }) => `${ids} at ${version}`)).size).toBe(1);
  expect(tried).toHaveLength(3);
  expect(await withoutPosition(target)).toEqual(await withoutPosition(source));
});

it('stops where the stream has moved on, and says what to do', async () => {
  const source = newStore();
  await source.append('apiKeys-a', 0, newEvents(3));
  const target = new LosingAnswers(newStore());
  await target.append('apiKeys-a', 0, newEvents(1));
  await expect(copied(source, 0, target)).rejects.toThrow(/apiKeys-a is at version 1, not 0\. .*run the command again/);
});
