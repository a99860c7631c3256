import { encode } from '../../../src/store/codec.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../../src/store/streams.js';
import { SHORT_DEADLINE } from '../../support/cleanup.js';
import type { Client } from '../../support/client.js';
import { at, deleted, START } from '../../support/specification.js';
import { StoppableFeed } from '../../support/store-doubles.js';
import { openWorld } from '../../support/world.js';

const env = SHORT_DEADLINE;

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

it('refuses a key here from the moment it is disabled, and again when it is deleted, although the feed has stopped', async () => {
  const { store, client, world } = await worldWithFeed();
  const held = await client.newKey();
  const { keyId } = held.key;
  const verified = () => world.app.verification.verify(keyId, held.secret);
  store.stopped = true;
  expect(await client.disableKey({ keyId })).toMatchObject({ __typename: 'ChangeKeyPayload', key: { status: 'DISABLED' } });
  expect(verified()).toBeUndefined();
  expect(await client.enableKey({ keyId })).toMatchObject({ __typename: 'ChangeKeyPayload', key: { status: 'ACTIVE' } });
  expect(await client.deleteKey(keyId)).toMatchObject({ __typename: 'DeleteKeyPayload' });
  expect(verified()).toBeUndefined();
});

it('ends an overlap here although the feed has stopped', async () => {
  let now = Date.now();
  const store = new StoppableFeed(new SqliteEventStore(':memory:'));
  const world = await openWorld({ store, env, clock: () => now });
  const client = await world.client({});
  const { key, secret } = await client.newKey();
  store.stopped = true;
  await client.rotateKey({ keyId: key.keyId, overlapSeconds: 60 });
  now += 59_999;
  expect(world.app.verification.verify(key.keyId, secret)).toBeDefined();
  now += 1;
  expect(world.app.verification.verify(key.keyId, secret)).toBeUndefined();
});

describe('refuses a key here that another process has deleted, although the feed has stopped, once this process has read of it', () => {
  it.each<[command: string, run: (client: Client, keyId: string) => Promise<{ __typename: string }>, answer: string]>([
    ['to delete it', (client, keyId) => client.deleteKey(keyId), 'KeyNotFound'],
    ['to rotate it', (client, keyId) => client.rotateKey({ keyId }), 'KeyNotFound'],
    ['to create it again', (client) => client.createKey({ name: 'a key', idempotencyKey: 'once' }), 'KeyAlreadyCreated'],
    ['to create another', (client) => client.createKey(), 'CreateKeyPayload'],
  ])('by a command %s', async (_command, run, answer) => {
    const { store, client, world } = await worldWithFeed();
    const { key, secret } = await client.newKey({ name: 'a key', idempotencyKey: 'once' });
    store.stopped = true;
    const deletion = encode(
      { ...deleted('a'), data: { keyId: key.keyId, reason: 'REQUESTED' }, version: 2, at: at(START), actor: 'o' },
      'none',
    );
    await store.append(streamOf('apiKeys', client.account), 1, [deletion]);
    expect(world.app.verification.verify(key.keyId, secret)).toBeDefined();
    expect(await run(client, key.keyId)).toMatchObject({ __typename: answer });
    expect(world.app.verification.verify(key.keyId, secret)).toBeUndefined();
    expect(world.app.verification.verifySecret(secret)).toBeUndefined();
  });

  it("and no key of another account, which is none of the caller's", async () => {
    const { store, client, world } = await worldWithFeed();
    const { key, secret } = await client.newKey();
    store.stopped = true;
    expect(await (await world.client({})).deleteKey(key.keyId)).toMatchObject({ __typename: 'KeyNotFound' });
    expect(world.app.verification.verify(key.keyId, secret)).toBeDefined();
  });
});
