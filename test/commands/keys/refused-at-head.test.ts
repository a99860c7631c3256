import { handle } from '../../../src/commands/keys/handle.js';
import { type KeyCommand, type KeyEvent, LEAK_REPORT_ACTOR, type PastKeyEvent } from '../../../src/domain/keys/model.js';
import { ExpiryInThePast, KeyAlreadyCreated, KeyLimitReached, KeyNotFound } from '../../../src/domain/keys/refusals.js';
import { decodeUsage, encode } from '../../../src/store/codec.js';
import { type EventStore, type NewEvent, type RecordedEvent, StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../../src/store/streams.js';
import { newAccount, SHORT_DEADLINE } from '../../support/cleanup.js';
import { collect } from '../../support/events.js';
import {
  at,
  create,
  created,
  deleted,
  disable,
  disabled,
  enable,
  enabled,
  fold,
  id,
  remove,
  rename,
  renamed,
  rotate,
  START,
} from '../../support/specification.js';
import { eventsOf, FormerLeader, StoppableFeed } from '../../support/store-doubles.js';
import { openWorld } from '../../support/world.js';

/** A store that counts its calls, and that can be unavailable to readers of a stream. */
class CountedStore extends StoppableFeed {
  calls: string[] = [];
  away = false;
  onRead: () => void = () => {};
  /** The usage and refusals that it held when it was closed. */
  usage: RecordedEvent[] = [];

  override async *read(stream: string, after?: number, signal?: AbortSignal): AsyncGenerator<RecordedEvent[]> {
    this.calls.push('read');
    this.onRead();
    if (this.away) throw new StoreUnavailable();
    yield* this.store.read(stream, after, signal);
  }

  override get requireLeader() {
    const { requireLeader } = this.store;
    if (!requireLeader) return undefined;
    return (signal?: AbortSignal) => {
      this.calls.push('requireLeader');
      return requireLeader(signal);
    };
  }

  /** Nobody gives up an append: the last write of a process that stops would be, on a busy machine. */
  override append(stream: string, version: number, events: NewEvent[]): Promise<number> {
    this.calls.push('append');
    return this.store.append(stream, version, events);
  }

  override async close(): Promise<void> {
    this.usage = await collect(this.store.readAll('apiKeyUsage'));
    await this.store.close();
  }
}

/** An account whose stream holds these events, and a late process that knows only the first ones. */
async function latecomer(
  events: KeyEvent[],
  known: number,
  signal = new AbortController().signal,
  log: EventStore = new SqliteEventStore(':memory:'),
) {
  const store = new CountedStore(log);
  const account = newAccount();
  const past = events.map((event, index): PastKeyEvent => {
    return { ...event, version: index + 1, at: at(START + index), actor: 'owner' };
  });
  const stream = streamOf('apiKeys', account);
  if (past.length > 0)
    await store.append(
      stream,
      0,
      past.map((event) => encode(event, 'none')),
    );
  store.calls = [];
  const caller = { account, actor: LEAK_REPORT_ACTOR, correlationId: 'none', since: performance.now() };
  const clock = () => START + 1000;
  return {
    store,
    handle: (command: KeyCommand) => handle({ store, clock }, caller, command, fold(events.slice(0, known)), signal),
    written: async () => (await eventsOf(store, stream)).slice(past.length).map(({ type }) => type),
  };
}

describe('a command that a late process would refuse is decided on what the stream holds', () => {
  const full = [created('a'), created('b')];
  it.each<[what: string, events: KeyEvent[], known: number, command: KeyCommand, written: string[]]>([
    ['a create after a deletion', [...full, deleted('a')], 2, create('c'), ['KeyCreated']],
    [
      'a rotation with an overlap after a deletion',
      [...full, deleted('a')],
      2,
      rotate('b', 'c', { overlap: 60 }),
      ['KeyCreated', 'KeyExpirySet'],
    ],
    ['the deletion of a key that came since', [created('a')], 0, remove('a'), ['KeyDeleted']],
    ['the deletion of a leaked key that came since', full, 1, remove('b', 'LEAKED'), ['KeyDeleted']],
    ['an enabling after it was disabled', [created('a'), disabled('a')], 1, enable('a'), ['KeyEnabled']],
    ['a disabling after it was enabled', [created('a'), disabled('a'), enabled('a')], 2, disable('a'), ['KeyDisabled']],
    ['a rename after another one', [created('a'), renamed('a', 'new')], 1, rename('a', 'key a'), ['KeyRenamed']],
    [
      'a rotation after it was enabled',
      [created('a'), disabled('a'), enabled('a')],
      2,
      rotate('a', 'c'),
      ['KeyDeleted', 'KeyCreated'],
    ],
    ['the rotation of a key that came since', full, 1, rotate('b', 'c'), ['KeyDeleted', 'KeyCreated']],
  ])('%s', async (_what, events, known, command, expected) => {
    const { handle, written, store } = await latecomer(events, known);
    await handle(command);
    expect(await written()).toEqual(expected);
    expect(store.calls.slice(0, 2)).toEqual(['read', 'append']);
  });
});

describe('a command that a former leader would refuse is decided on what its cluster holds', () => {
  const events = [created('a'), created('b'), deleted('a')];
  it.each<[what: string, known: number, calls: string[]]>([
    ['where the process knows as much', 2, ['requireLeader', 'requireLeader', 'read', 'append']],
    ['where it knows less', 1, ['append', 'read', 'requireLeader', 'requireLeader', 'read', 'append']],
  ])('%s', async (_what, known, calls) => {
    const leader = new FormerLeader(new SqliteEventStore(':memory:'));
    const { handle, written, store } = await latecomer(events, known, undefined, leader);
    leader.shown = 2;
    await handle(create('c'));
    expect(store.calls).toEqual(calls);
    expect(await written()).toEqual(['KeyCreated']);
  });
});

describe('a refusal is that of the end of the stream', () => {
  const idempotencyKey = 'once';
  const made = created('a', { idempotencyKey });

  it('a repeated request is told of the key as it is, and that it is gone where it was deleted since', async () => {
    const { handle } = await latecomer([made, deleted('a')], 1);
    await expect(handle(create('b', { idempotencyKey }))).rejects.toMatchObject({ keyId: id('a'), existingKey: undefined });
  });

  it('a repeated request is told that it is one although its expiry is over by now', async () => {
    const { handle, written } = await latecomer([made], 0);
    await expect(handle(create('b', { idempotencyKey, expiresAt: START }))).rejects.toThrow(KeyAlreadyCreated);
    expect(await written()).toEqual([]);
  });

  it('whatever another process does between two looks', async () => {
    const { handle, store, written } = await latecomer([created('a'), created('b'), deleted('a'), created('c')], 2);
    await expect(handle(create('d'))).rejects.toThrow(KeyLimitReached);
    expect(store.calls).toEqual(['read']);
    expect(await written()).toEqual([]);
  });
});

describe('the store is asked', () => {
  it('once for an append and never for a read where nothing is refused', async () => {
    const { handle, store } = await latecomer([created('a')], 1);
    await handle(create('b'));
    expect(store.calls).toEqual(['append']);
  });

  it('once for a read where something is refused', async () => {
    const { handle, store } = await latecomer([created('a'), created('b')], 2);
    await expect(handle(create('c'))).rejects.toThrow(KeyLimitReached);
    await expect(handle(remove('c'))).rejects.toThrow(KeyNotFound);
    expect(store.calls).toEqual(['read', 'read']);
  });

  it('not at all for an expiry in the past, which no event can change', async () => {
    const { handle, store } = await latecomer([], 0);
    store.away = true;
    await expect(handle(create('a', { expiresAt: START }))).rejects.toThrow(ExpiryInThePast);
    expect(store.calls).toEqual([]);
  });

  it.each([create('c'), remove('c')])(
    'again and again while it is away, and no refusal is guessed in the end: $type',
    async (command) => {
      const caller = new AbortController();
      const { handle, store } = await latecomer([created('a'), created('b')], 2, caller.signal);
      store.away = true;
      store.onRead = () => store.calls.length === 3 && caller.abort();
      await expect(handle(command)).rejects.toThrow(StoreUnavailable);
      expect(store.calls).toEqual(['read', 'read', 'read']);
    },
  );
});

describe('a process whose projection has stopped', () => {
  async function lateWorld() {
    const store = new CountedStore(new SqliteEventStore(':memory:'));
    const world = await openWorld({ store, env: SHORT_DEADLINE });
    const client = await world.client({});
    const keys = [await client.newKey(), await client.newKey()];
    store.stopped = true;
    return { store, client, keys, world };
  }

  it('counts what was really refused, and not what it would have refused', async () => {
    const { store, client, keys, world } = await lateWorld();
    await client.deleteKey(keys[0]?.key.keyId ?? '');
    expect(await client.createKey()).toMatchObject({ __typename: 'CreateKeyPayload' });
    expect(await client.createKey()).toMatchObject({ __typename: 'KeyLimitReached' });
    await world.stop();
    expect(store.usage.map(decodeUsage)).toMatchObject([
      { data: { refusals: [[client.account, 1, expect.any(Number), expect.any(Number)]] } },
    ]);
  });

  it('answers STORE_UNAVAILABLE within the deadline where it cannot know whether it would refuse', async () => {
    const { store, client, keys } = await lateWorld();
    store.away = true;
    const { errors } = await client.send(
      'mutation { deleteKey(input: { keyId: "key_0000000000000000000000" }) { __typename } }',
    );
    expect(errors).toMatchObject([{ extensions: { code: 'STORE_UNAVAILABLE' } }]);
    store.away = false;
    expect(await client.deleteKey(keys[1]?.key.keyId ?? '')).toMatchObject({ __typename: 'DeleteKeyPayload' });
  });
});
