import { EXPIRY_ACTOR, type KeyEvent, LEAK_REPORT_ACTOR } from '../../../src/domain/keys/model.js';
import { AccountUnreadable, ExpiryInThePast, KeyLimitReached, StreamGap } from '../../../src/domain/keys/refusals.js';
import { type RecordedEvent, StoreUnavailable, VersionConflict } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { latecomer } from '../../support/latecomer.js';
import {
  at,
  create,
  created,
  deleted,
  disable,
  disabled,
  id,
  remove,
  revoke,
  SECOND,
  START,
} from '../../support/specification.js';
import { StoreDouble } from '../../support/store-doubles.js';

const full = [created('a'), created('b')];

/** A store that shows at first only this many events of a stream, as EventStoreDB may for a moment after a conflict. */
class LateReads extends StoreDouble {
  constructor(readonly shown: number[]) {
    super(new SqliteEventStore(':memory:'));
  }

  override async *read(stream: string, after?: number): AsyncGenerator<RecordedEvent[]> {
    const end = this.shown.shift() ?? Number.POSITIVE_INFINITY;
    for await (const page of this.store.read(stream, after)) {
      const shown = page.filter(({ version }) => version <= end);
      if (shown.length > 0) yield shown;
    }
  }
}

describe('an event is dated', () => {
  it('by the clock of the process', async () => {
    const { handle, eventsSince } = await latecomer(full, 2, { now: START + SECOND });
    expect(await handle(remove('a'))).toMatchObject({ at: START + SECOND, state: { version: 3, at: START + SECOND } });
    expect(await eventsSince()).toMatchObject([{ version: 3, metadata: { at: at(START + SECOND) } }]);
  });

  it('no earlier than the one before it, where the clock is behind that of an earlier writer; the decision is by the clock', async () => {
    const { handle, eventsSince } = await latecomer([created('a'), created('b'), deleted('b')], 3, { now: START - SECOND });
    // It is past by the date of the last event, and not by the clock.
    await handle(create('c', { expiresAt: START }));
    expect(await eventsSince()).toMatchObject([{ type: 'KeyCreated', metadata: { at: at(START + 2) } }]);
    await expect(handle(create('d', { expiresAt: START - SECOND }))).rejects.toThrow(ExpiryInThePast);
  });
});

describe('an event is by', () => {
  it('the caller', async () => {
    const { handle, eventsSince } = await latecomer(full, 2);
    await handle(remove('a'));
    expect(await eventsSince()).toMatchObject([{ type: 'KeyDeleted', metadata: { actor: LEAK_REPORT_ACTOR } }]);
  });

  it('the system, where it deletes an expired key to make room for what the caller creates', async () => {
    const { handle, eventsSince } = await latecomer([created('a', { expiresAt: at(START + 1) }), created('b')], 2);
    await handle(create('c'));
    expect(await eventsSince()).toMatchObject([
      { type: 'KeyDeleted', data: { keyId: id('a'), reason: 'EXPIRED' }, metadata: { actor: EXPIRY_ACTOR } },
      { type: 'KeyCreated', data: { keyId: id('c') }, metadata: { actor: LEAK_REPORT_ACTOR } },
    ]);
  });
});

describe('where there is nothing to change', () => {
  it.each<[what: string, events: KeyEvent[], known: number, calls: string[]]>([
    ['by all that the stream holds', [created('a'), disabled('a')], 2, ['read']],
    ['since another process was first', [created('a'), disabled('a')], 1, ['append', 'read']],
  ])('nothing is written: %s', async (_what, events, known, calls) => {
    const { handle, store, written } = await latecomer(events, known);
    expect(await handle(disable('a'))).toMatchObject({ events: [], state: { version: 2 } });
    expect(store.calls).toEqual(calls);
    expect(await written()).toEqual([]);
  });

  it('that is known only once the stream was read to its end', async () => {
    const { handle, written } = await latecomer(full, 0);
    expect(await handle(revoke())).toMatchObject({ events: [{ data: { keyId: id('a') } }, { data: { keyId: id('b') } }] });
    expect(await written()).toEqual(['KeyDeleted', 'KeyDeleted']);
  });
});

describe('after a conflict', () => {
  it('a refusal rests on the read that the conflict caused, and costs no other one', async () => {
    const { handle, store } = await latecomer(full, 1);
    await expect(handle(create('c'))).rejects.toThrow(KeyLimitReached);
    expect(store.calls).toEqual(['append', 'read']);
  });

  it('nothing is refused by a read that ends before the event of the conflict', async () => {
    const { handle, written } = await latecomer([...full, deleted('a')], 1, { store: new LateReads([2]) });
    await handle(create('c'));
    expect(await written()).toEqual(['KeyCreated']);
  });

  it('the store is asked until it shows a newer event; at the deadline, the caller hears why', async () => {
    const caller = new AbortController();
    const reads = new LateReads(Array(10).fill(1));
    const { handle, store, stream } = await latecomer([...full, deleted('a')], 1, { store: reads, signal: caller.signal });
    store.onRead = () => {
      if (reads.shown.length === 8) caller.abort();
      if (reads.shown.length === 5) throw new Error('The store was still asked after the deadline.');
    };
    const error = await handle(create('c')).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(error).toMatchObject({ cause: new VersionConflict(stream, 1, 3) });
    expect(store.calls).toEqual(['append', 'read', 'read', 'read']);
  });

  it('the caller hears of the events that others appended', async () => {
    const heard: string[] = [];
    const onRead = (events: KeyEvent[]) => void heard.push(...events.map(({ type }) => type));
    const { handle } = await latecomer([...full, deleted('a')], 1, { onRead });
    await handle(create('c'));
    expect(heard).toEqual(['KeyCreated', 'KeyDeleted']);
  });
});

/** A store that has lost the second event of each stream. */
class LackingStore extends StoreDouble {
  override async *read(stream: string, after?: number): AsyncGenerator<RecordedEvent[]> {
    for await (const page of this.store.read(stream, after)) yield page.filter(({ version }) => version !== 2);
  }
}

it('changes nothing of an account whose stream lacks an event, and says why', async () => {
  const store = new LackingStore(new SqliteEventStore(':memory:'));
  const { handle, written } = await latecomer([...full, deleted('a')], 1, { store });
  const error = await handle(create('c')).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(AccountUnreadable);
  expect(error).toMatchObject({ cause: new StreamGap(2, 3) });
  expect(await written()).toEqual([]);
});

it('decides nothing while the clock is known to be wrong', async () => {
  const wrong = new Error('wrong clock');
  const { handle, store } = await latecomer(full, 2, { requireClock: () => Promise.reject(wrong) });
  await expect(handle(remove('a'))).rejects.toBe(wrong);
  expect(store.calls).toEqual([]);
});
