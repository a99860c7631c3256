import { LogsDiffer } from '../../../src/cli/import/compare-logs.js';
import { copyAndCompare } from '../../../src/cli/import/copy-and-compare.js';
import { UnreadableEvent } from '../../../src/store/codec.js';
import type { Category, EventStore, NewEvent, RecordedEvent } from '../../../src/store/event-store.js';
import { StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { fromText } from '../../../src/store/stored-json.js';
import { cleanUpLater } from '../../support/cleanup.js';
import { collect, idsOf, newEvents } from '../../support/events.js';
import { StoreDouble } from '../../support/store-doubles.js';

const STREAM = 'apiKeys-a';
const EVENTS = 1200;

function newStore(): SqliteEventStore {
  const store = new SqliteEventStore(':memory:');
  cleanUpLater(() => store.close());
  return store;
}

/** A log of two accounts in turns, so that every event is an append of its own. */
async function newSource() {
  const source = newStore();
  const events = newEvents(EVENTS);
  for (const [place, event] of events.entries())
    await source.append(place % 2 === 0 ? STREAM : 'apiKeys-b', place >> 1, [event]);
  return { source, events };
}

const copy = (source: EventStore, target: EventStore, onCopied = () => {}) =>
  copyAndCompare('apiKeys', { source, target, after: 0, onCopied });

it('compares everything by the time it is copied', async () => {
  const { source, events } = await newSource();
  const target = newStore();
  const compared = await copy(source, target);
  expect(idsOf(await collect(target.readAll('apiKeys')))).toEqual(idsOf(events));
  expect([compared.source.size, compared.target.size]).toEqual([EVENTS, EVENTS]);
  expect(compared.target.root()).toEqual(compared.source.root());
});

it('compares what the target held before', async () => {
  const { source } = await newSource();
  const target = newStore();
  await target.append(STREAM, 0, newEvents(1));
  await expect(copy(source, target)).rejects.toThrow(/apiKeys-a is at version 1/);
});

it('copies no damaged event, which would become another one, and nothing after it', async () => {
  const { source, events } = await newSource();
  const target = newStore();
  await expect(copy(new Damaging(source), target)).rejects.toBeInstanceOf(UnreadableEvent);
  expect(idsOf(await collect(target.readAll('apiKeys')))).toEqual(idsOf(events.slice(0, 100)));
});

/** The 101st event is damaged. */
class Damaging extends StoreDouble {
  override async *readAll(...range: Parameters<EventStore['readAll']>): AsyncGenerator<RecordedEvent[]> {
    for await (const page of super.readAll(...range))
      yield page.map((event) => (event.position === 101 ? fromText({ ...event, data: '{"keyId":', metadata: '{}' }) : event));
  }
}

/** Stores other events than it is given from the hundredth on. */
class Altering extends StoreDouble {
  appends = 0;
  override append(stream: string, version: number, events: NewEvent[]): Promise<number> {
    this.appends += 1;
    return super.append(stream, version, this.appends < 100 ? events : newEvents(events.length));
  }
}

it('stops the copying where the logs differ', async () => {
  const { source } = await newSource();
  const target = new Altering(newStore());
  const copying = copy(source, target);
  await expect(copying).rejects.toBeInstanceOf(LogsDiffer);
  await expect(copying).rejects.toThrow(/^Event 100 of the category apiKeys differs/);
  expect(target.appends).toBeLessThan(EVENTS);
});

/** Its followers are dropped after the first events. */
class Dropping extends StoreDouble {
  constructor(
    store: EventStore,
    readonly error?: Error,
  ) {
    super(store);
  }

  override async *follow(category: Category, after: number, signal: AbortSignal) {
    for await (const page of super.follow(category, after, signal)) {
      yield page;
      if (page.events.length > 0) break;
    }
    if (this.error) throw this.error;
  }
}

it.each([undefined, new StoreUnavailable()])('compares the rest after the copying if it is dropped: %p', async (error) => {
  const { source } = await newSource();
  const compared = await copy(source, new Dropping(newStore(), error));
  expect(compared.target.size).toBe(EVENTS);
  expect(compared.target.root()).toEqual(compared.source.root());
});

/** Cannot be read to the end. */
class Unreadable extends StoreDouble {
  override readAll(): never {
    throw new Error('It cannot be read.');
  }
}

it('reports what made the comparison fail, and what made the copying fail', async () => {
  const { source } = await newSource();
  await expect(copy(source, new Unreadable(newStore()))).rejects.toThrow('It cannot be read.');
  const failing = () => {
    throw new Error('It cannot be copied.');
  };
  await expect(copy(source, newStore(), failing)).rejects.toThrow('It cannot be copied.');
});
