import type { RecordedEvent } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { SHORT_DEADLINE } from '../../support/cleanup.js';
import { StoppableFeed } from '../../support/store-doubles.js';
import { openWorld } from '../../support/world.js';

/** A store that shows a stream's events only to the third read, as EventStoreDB may after a conflict. */
class LateReads extends StoppableFeed {
  looks = 0;

  override async *read(stream: string, after?: number): AsyncGenerator<RecordedEvent[]> {
    this.looks += 1;
    if (this.looks >= 3) yield* this.store.read(stream, after);
  }
}

it('decides again once the event that it lost against can be read', async () => {
  const store = new LateReads(new SqliteEventStore(':memory:'));
  const world = await openWorld({ store, env: SHORT_DEADLINE });
  const client = await world.client({});
  store.stopped = true;
  await client.newKey();
  await client.newKey();
  expect(await client.createKey()).toMatchObject({ __typename: 'KeyLimitReached' });
  expect(store.looks).toBeGreaterThanOrEqual(3);
});
