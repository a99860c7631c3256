import { join } from 'node:path';
import { putBack } from '../../../src/cli/recover/put-back.js';
import Database from '../../../src/shared/sqlite.js';
import type { NewEvent, RecordedEvent } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { collect, idsOf } from '../../support/events.js';
import { record, recordPlaces } from '../../support/histories.js';
import { created } from '../../support/specification.js';
import { StoreDouble } from '../../support/store-doubles.js';

/** Whose event is at each place of the log. */
const PLACES = ['a', 'b', 'a', 'a', 'b', 'c', 'a', 'a', 'b'];

/** What one machine has appended at once while another one does so, too. */
const AT_ONCE = [1, 2, 3, 5];

/** As many calls as a recovery makes that nobody comes before, and some more. */
const CALLS = Array.from({ length: 24 }, (_, call) => call);

const location = { kind: 'eventstoredb', connectionString: 'esdb://127.0.0.1:1?tls=false' } as const;

/** A store to which another machine appends the next lost events before a certain call. */
class Beside extends StoreDouble {
  #calls = 0;

  constructor(
    private readonly log: SqliteEventStore,
    private readonly comes: { before: number; appends: (log: SqliteEventStore) => Promise<unknown> },
  ) {
    super(log);
  }

  override async *read(stream: string, after?: number, signal?: AbortSignal): AsyncGenerator<RecordedEvent[]> {
    await this.#call();
    yield* this.store.read(stream, after, signal);
  }

  override async append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number> {
    await this.#call();
    return this.store.append(stream, version, events, signal);
  }

  async #call(): Promise<void> {
    if (this.#calls === this.comes.before) await this.comes.appends(this.log);
    this.#calls += 1;
  }
}

let lost: RecordedEvent[];
beforeAll(async () => {
  const log = new SqliteEventStore(':memory:');
  await recordPlaces(log, PLACES);
  lost = await collect(log.readAll('apiKeys'));
  await log.close();
});

/** Appends the next of the lost events that the log lacks, in their order. */
async function putNext(log: SqliteEventStore, count: number): Promise<void> {
  const there = (await collect(log.readAll('apiKeys'))).length;
  for (const event of lost.slice(there, there + count)) await log.append(event.stream, event.version - 1, [event]);
}

it.each(AT_ONCE)('two machines that put back the same events, one %i at once, leave their order as it was', async (count) => {
  for (const before of CALLS) {
    const store = new Beside(new SqliteEventStore(':memory:'), { before, appends: (log) => putNext(log, count) });
    const { put, refused } = await putBack({ store, location, events: lost, end: 0 });
    const events = await collect(store.readAll('apiKeys'));
    expect({ before, refused, ids: idsOf(events) }).toEqual({ before, refused: [], ids: idsOf(lost) });
    expect(put).toBeGreaterThanOrEqual(lost.length - count);
    await store.close();
  }
});

it('an event of another one in the place of a lost one is still told, and what follows in its stream stays out', async () => {
  for (const before of CALLS.slice(0, 3)) {
    const appends = (log: SqliteEventStore) => record(log, 'a', [created('x')]);
    const store = new Beside(new SqliteEventStore(':memory:'), { before, appends });
    const { put, refused } = await putBack({ store, location, events: lost, end: 0 });
    const ofA = lost.filter(({ stream }) => stream === 'apiKeys-a');
    expect(idsOf(refused.map(({ event }) => event))).toEqual(idsOf(ofA));
    expect(refused[0]?.reason).toMatch(/another event stands at its version/);
    expect(put).toBe(lost.length - ofA.length);
    await store.close();
  }
});

describe('a lost event that was damaged before', () => {
  const TORN = '{"keyId":';

  it('stands in a log on SQLite again as it did', async () => {
    const [file, restored] = ['before.db', 'after.db'].map((name) => join(temporaryDirectory(), name)) as [string, string];
    const events = await tornIn(file);
    await new SqliteEventStore(restored).close();
    const store = new SqliteEventStore(restored);
    const { put, refused } = await putBack({ store, location: { kind: 'sqlite', file: restored }, events, end: 0 });
    expect({ put, refused }).toEqual({ put: lost.length, refused: [] });
    expect(await collect(store.readAll('apiKeys'))).toEqual(events);
    await store.close();
  });

  it('stays out of EventStoreDB, which would hold another one for it, and so does what follows in its stream', async () => {
    const events = await tornIn(join(temporaryDirectory(), 'before.db'));
    const store = new SqliteEventStore(':memory:');
    const { put, refused } = await putBack({ store, location, events, end: 0 });
    const ofA = lost.filter(({ stream }) => stream === 'apiKeys-a');
    expect(idsOf(refused.map(({ event }) => event))).toEqual(idsOf(ofA.slice(1)));
    expect(refused[0]?.reason).toMatch(/its stored text is damaged/);
    expect(put).toBe(lost.length - ofA.length + 1);
    await store.close();
  });

  /** Records the lost events in a file, and tears the second one of the account a. */
  async function tornIn(file: string): Promise<RecordedEvent[]> {
    const log = new SqliteEventStore(file);
    for (const event of lost) await log.append(event.stream, event.version - 1, [event]);
    new Database(file).exec(`UPDATE events SET data = '${TORN}' WHERE stream = 'apiKeys-a' AND version = 2`).close();
    const events = await collect(log.readAll('apiKeys'));
    await log.close();
    return events;
  }
});
