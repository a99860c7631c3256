import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import { CreateKeyDocument } from '../../src/client/gql/graphql.js';
import type { Category, FollowedPage, RecordedEvent } from '../../src/store/event-store.js';
import { newEvent } from '../support/events.js';
import { describeOwnEsdb, ownServer, patientStore } from '../support/eventstoredb.js';
import { scrape, valueIn } from '../support/exposition.js';
import { StoreDouble } from '../support/store-doubles.js';
import { statusOf } from '../support/verify.js';
import { openWorld, type World } from '../support/world.js';

/** A store that an older version reads: it does not know one of the events until it is upgraded. */
class Older extends StoreDouble {
  unknown = '';

  override async *read(stream: string, after?: number, signal?: AbortSignal): AsyncGenerator<RecordedEvent[]> {
    for await (const page of this.store.read(stream, after, signal)) yield this.#seen(page);
  }

  override async *follow(category: Category, after: number, signal: AbortSignal): AsyncGenerator<FollowedPage> {
    for await (const page of this.store.follow(category, after, signal)) yield { ...page, events: this.#seen(page.events) };
  }

  #seen(page: RecordedEvent[]): RecordedEvent[] {
    return page.map((event) => (event.id === this.unknown ? { ...event, schemaVersion: 99 } : event));
  }
}

/** Events that somebody else may have written into an account's stream. */
function strangeEvents() {
  const { schemaVersion: _, metadata, data, ...event } = newEvent();
  const json = { ...event, data: { ...data }, contentType: 'application/json' as const };
  return {
    'of an unknown schema version': { ...json, id: randomUUID(), metadata: { schemaVersion: 99, ...metadata } },
    'of log format 1': { ...json, id: randomUUID(), metadata: { revision: 1, ...metadata } },
    'of another program': { ...json, id: randomUUID(), metadata: undefined },
    'that is not JSON': {
      id: randomUUID(),
      type: 'KeyDeleted',
      contentType: 'application/octet-stream' as const,
      data: new Uint8Array([1, 2, 3]),
      metadata: undefined,
    },
  };
}

const codeOf = async (world: World, account: string) => {
  const client = await world.client({ account });
  const { data, errors } = await client.send(CreateKeyDocument, { input: { name: 'another' } });
  return errors?.[0]?.extensions?.code ?? data?.createKey?.__typename;
};

describeOwnEsdb('accounts on EventStoreDB', () => {
  it('are set apart by what cannot be read in their streams, until it can, and everybody else goes on', async () => {
    const server = await ownServer();
    const first = await openWorld({ store: patientStore(server.connectionString) });
    const whole = await first.client({});
    const kept = await whole.newKey();
    const strange = await Promise.all(
      Object.entries(strangeEvents()).map(async ([fault, event]) => {
        const client = await first.client({});
        return { fault, event, account: client.account, key: await client.newKey() };
      }),
    );
    const [future, removed] = [await first.client({}), await first.client({})];
    const futureKey = await future.newKey();
    await removed.newKey();
    await first.stop();

    const operator = EventStoreDBClient.connectionString(server.connectionString);
    for (const { account, event } of strange) await operator.appendToStream(`apiKeys-${account}`, [event]);
    await operator.tombstoneStream(`apiKeys-${removed.account}`);
    await operator.dispose();

    const store = new Older(patientStore(server.connectionString));
    for await (const page of store.read(`apiKeys-${future.account}`)) store.unknown = page[0]?.id ?? '';
    const world = await openWorld({ store });
    for (const { account, key } of strange) {
      expect(await statusOf(world, key)).toBe(401);
      expect(await codeOf(world, account)).toBe('ACCOUNT_UNREADABLE');
    }
    expect(await statusOf(world, futureKey)).toBe(401);
    expect(await codeOf(world, removed.account)).toBe('ACCOUNT_UNREADABLE');
    expect(await statusOf(world, kept)).toBe(200);
    expect(await codeOf(world, whole.account)).toBe('CreateKeyPayload');
    expect((await fetch(`${world.url}/readyz`)).status).toBe(200);
    const quarantined = async () => valueIn(await scrape(world), 'keyledger_quarantined_accounts', { projection: 'keys_5' });
    expect(await quarantined()).toBe(strange.length + 1);

    store.unknown = '';
    while ((await statusOf(world, futureKey)) !== 200) await delay(25);
    while ((await quarantined()) !== strange.length) await delay(25);
    expect(await codeOf(world, future.account)).toBe('CreateKeyPayload');
    await world.stop();
  });
});
