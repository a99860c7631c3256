import { openWorld, type World } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

it('shows the secret once, refuses a third key, deletes for good', async () => {
  const client = await world.client({});
  const { key, secret, account } = await client.newKey({ name: 'first' });
  expect(secret).toMatch(/^kls_[0-9A-Za-z]{49}$/);
  expect(account).toMatchObject({ activeKeyCount: 1, canCreateKey: true });
  await client.newKey({ name: 'second' });
  expect(await client.createKey()).toMatchObject({ __typename: 'KeyLimitReached', keyLimit: 2 });
  expect(await client.deleteKey(key.keyId)).toMatchObject({ __typename: 'DeleteKeyPayload', keyId: key.keyId });
  expect(await client.deleteKey(key.keyId)).toMatchObject({ __typename: 'KeyNotFound' });
  expect((await client.readAccount()).keys.map(({ name }) => name)).toEqual(['second']);
});
