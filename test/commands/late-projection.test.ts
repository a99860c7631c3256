import { SqliteEventStore } from '../../src/store/sqlite.js';
import { StoppableFeed } from '../support/store-doubles.js';
import { openWorld } from '../support/world.js';

const env = { KEYLEDGER_DEADLINE: '1s' };

async function worldWithFeed() {
  const store = new StoppableFeed(new SqliteEventStore(':memory:'));
  const world = await openWorld({ store, env });
  return { store, world, client: await world.client({}) };
}

it('answers an acknowledged create with its secret although the feed has stopped', async () => {
  const { store, client } = await worldWithFeed();
  store.stopped = true;
  const { secret, key, account } = await client.newKey({ name: 'late' });
  expect(secret).toMatch(/^kls_/);
  expect(account).toMatchObject({ activeKeyCount: 1, keys: [{ keyId: key.keyId, name: 'late' }] });
});

it('refuses a key here from the moment its deletion is answered although the feed has stopped', async () => {
  const { store, client, world } = await worldWithFeed();
  const { key, secret } = await client.newKey();
  expect(world.app.verification.verify(key.keyId, secret)).toMatchObject({ account: client.account });
  store.stopped = true;
  expect(await client.deleteKey(key.keyId)).toMatchObject({ __typename: 'DeleteKeyPayload' });
  expect(world.app.verification.verify(key.keyId, secret)).toBeUndefined();
});

it('refuses a rotated key here although the feed has stopped, and the limit holds', async () => {
  const { store, client, world } = await worldWithFeed();
  const { key, secret } = await client.newKey();
  await client.newKey();
  store.stopped = true;
  expect(await client.rotateKey({ keyId: key.keyId })).toMatchObject({ __typename: 'CreateKeyPayload' });
  expect(world.app.verification.verify(key.keyId, secret)).toBeUndefined();
  expect(await client.createKey()).toMatchObject({ __typename: 'KeyLimitReached' });
});

it('ends an overlap here although the feed has stopped', async () => {
  let now = Date.now();
  const store = new StoppableFeed(new SqliteEventStore(':memory:'));
  const world = await openWorld({ store, env, clock: () => now });
  const client = await world.client({});
  const { key, secret } = await client.newKey();
  store.stopped = true;
  await client.rotateKey({ keyId: key.keyId, overlap: 60 });
  now += 59_999;
  expect(world.app.verification.verify(key.keyId, secret)).toBeDefined();
  now += 1;
  expect(world.app.verification.verify(key.keyId, secret)).toBeUndefined();
});
