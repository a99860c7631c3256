import { openOrigin } from '../../../src/commands/transparency/open-origin.js';
import { ORIGINS_STREAM, openedOrigins } from '../../../src/projections/transparency/origins.js';
import { type EventStore, type NewEvent, OutcomeUnknown, StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { cleanUpLater } from '../../support/cleanup.js';
import { LosingAnswers, PausedLeader, StoreDouble } from '../../support/store-doubles.js';

const { signal } = new AbortController();
const PREVIOUS = { origin: 'keyledger/first', size: 3, root: Buffer.alloc(32, 5) };

function emptyStore(): SqliteEventStore {
  const store = new SqliteEventStore(':memory:');
  cleanUpLater(() => store.close());
  return store;
}

/** Opens a name for a data directory that has signed under these. */
function open(store: EventStore, signedUnder: string[], actor = 'operator') {
  return openOrigin({ store, signedUnder, previous: PREVIOUS, at: '2026-01-01T00:00:00.000Z', actor }, signal);
}

it('opens a name, and stores with it the last checkpoint under the previous one', async () => {
  const store = emptyStore();
  const opened = await open(store, ['keyledger/first']);
  expect(opened).toMatchObject([
    {
      type: 'OriginOpened',
      data: { previous: { origin: 'keyledger/first', size: 3, root: Buffer.alloc(32, 5).toString('base64') } },
      at: '2026-01-01T00:00:00.000Z',
      actor: 'operator',
    },
  ]);
  expect(await openedOrigins(store)).toEqual(opened);
});

it('stores no checkpoint if there is none', async () => {
  const store = emptyStore();
  await openOrigin({ store, signedUnder: [], previous: undefined, at: '2026-01-01T00:00:00.000Z', actor: 'operator' }, signal);
  expect((await openedOrigins(store)).map(({ data }) => data)).toEqual([{}]);
});

it('uses the name that another machine has opened, unless this one has signed under it', async () => {
  const store = emptyStore();
  const first = await open(store, [], 'another');
  const name = `keyledger/first/${first[0]?.id}`;
  expect(await open(store, ['keyledger/first'])).toEqual(first);
  // That it ends in the same characters is not enough.
  expect(await open(store, [`keyledger/first/x${first[0]?.id}`])).toEqual(first);
  const both = await open(store, ['keyledger/first', name]);
  expect(both.map(({ actor }) => actor)).toEqual(['another', 'operator']);
  expect(await openedOrigins(store)).toEqual(both);
});

it('looks again if another machine opens a name at this moment', async () => {
  class OpenedMeanwhile extends StoreDouble {
    isFirst = true;

    override async append(stream: string, version: number, events: NewEvent[]): Promise<number> {
      if (this.isFirst) {
        this.isFirst = false;
        await open(this.store, [], 'another');
      }
      return super.append(stream, version, events);
    }
  }
  const store = new OpenedMeanwhile(emptyStore());
  expect((await open(store, ['keyledger/first'])).map(({ actor }) => actor)).toEqual(['another']);
});

it('opens one name if answers are lost', async () => {
  const store = new LosingAnswers(emptyStore());
  store.faults.push({ error: new OutcomeUnknown(), written: true }, { error: new StoreUnavailable(), written: false });
  const opened = await open(store, []);
  expect(opened).toHaveLength(1);
  expect(await openedOrigins(store)).toEqual(opened);
});

it('overlooks no name on the word of a former leader', async () => {
  const store = new PausedLeader(emptyStore());
  const first = await open(store, [], 'another');
  store.lacks = ORIGINS_STREAM;
  expect(await open(store, [])).toEqual(first);
});

it('passes on what is wrong with the store', async () => {
  const store = new LosingAnswers(emptyStore());
  store.faults.push({ error: new Error('The disk is broken.'), written: false });
  await expect(open(store, [])).rejects.toThrow('The disk is broken.');
});
