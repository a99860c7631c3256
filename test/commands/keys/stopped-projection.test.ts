import { decodeUsage } from '../../../src/store/codec.js';
import { type NewEvent, type RecordedEvent, StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { SHORT_DEADLINE } from '../../support/cleanup.js';
import { collect } from '../../support/events.js';
import { StoppableFeed } from '../../support/store-doubles.js';
import { openWorld } from '../../support/world.js';

/** A store whose feed can be stopped, and that can be unavailable to readers of a stream. */
class LateStore extends StoppableFeed {
  away = false;
  /** The usage and refusals that it held when it was closed. */
  usage: RecordedEvent[] = [];

  override async *read(stream: string, after?: number, signal?: AbortSignal): AsyncGenerator<RecordedEvent[]> {
    if (this.away) throw new StoreUnavailable();
    yield* this.store.read(stream, after, signal);
  }

  /** Nobody gives up an append: the last write of a process that stops would be, on a busy machine. */
  override append(stream: string, version: number, events: NewEvent[]): Promise<number> {
    return this.store.append(stream, version, events);
  }

  override async close(): Promise<void> {
    this.usage = await collect(this.store.readAll('apiKeyUsage'));
    await this.store.close();
  }
}

describe('a process whose projection has stopped', () => {
  async function lateWorld() {
    const store = new LateStore(new SqliteEventStore(':memory:'));
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
