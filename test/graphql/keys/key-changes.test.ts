import { newAccount } from '../../support/cleanup.js';
import type { Client } from '../../support/client.js';
import { ask, bearer } from '../../support/http.js';
import { statusOf, WAYS } from '../../support/verify.js';
import { openFilledWorld, type World } from '../../support/world.js';

const TOKEN = `machine-${'x'.repeat(32)}`;
const HOUR = 3_600_000;

let now = Date.now();
let world: World;
beforeAll(async () => {
  world = await openFilledWorld({
    env: { KEYLEDGER_INTROSPECTION_TOKEN: TOKEN, KEYLEDGER_FAILURES_PER_MINUTE: '100000' },
    clock: () => now,
  });
});

const introspected = async (token: string) => {
  const headers = [...bearer(TOKEN), 'Content-Type', 'application/x-www-form-urlencoded'];
  return (await ask(`${world.url}/v1/introspect`, { method: 'POST', headers, body: `token=${token}` })).body;
};

/** Everything that anyone is told of the key by HTTP. */
async function toldOf(held: { key: { keyId: string }; secret: string }) {
  const answers = await Promise.all(
    (['Basic', 'Bearer'] as const).map((way) => ask(`${world.url}/v1/verify`, { headers: WAYS[way](held) })),
  );
  return [
    ...answers.map(({ wire }) => wire),
    await introspected(held.secret),
    await introspected(`${held.key.keyId}:${held.secret}`),
  ];
}

/** How many events the account has. */
async function versionOf(client: Client) {
  const { version } = await client.readAccount();
  return version;
}

it('refuses a disabled key at once, with the answer for a key that never was, until it is enabled', async () => {
  const client = await world.client({});
  const held = await client.newKey();
  const never = { key: { keyId: 'key_0000000000000000000000' }, secret: `${held.secret.slice(0, -6)}000000` };
  const accepted = await toldOf(held);
  const result = await client.disableKey({ keyId: held.key.keyId });
  expect(result).toMatchObject({ __typename: 'ChangeKeyPayload', key: { status: 'DISABLED' }, account: { activeKeyCount: 0 } });
  expect(await toldOf(held)).toEqual(await toldOf(never));
  expect(await statusOf(world, held)).toBe(401);
  await client.enableKey({ keyId: held.key.keyId });
  expect((await toldOf(held)).slice(0, 2)).toEqual(accepted.slice(0, 2));
});

it('counts slots for the limit, and keys that authenticate for what is active', async () => {
  const client = await world.client({});
  const expiresAt = new Date(now + HOUR).toISOString();
  const [first, second] = [await client.newKey({ name: 'first', expiresAt }), await client.newKey({ name: 'second' })];
  for (const { key } of [first, second]) await client.disableKey({ keyId: key.keyId });
  expect(await client.readAccount()).toMatchObject({ activeKeyCount: 0, canCreateKey: false, keyLimit: 2 });
  expect(await client.createKey()).toMatchObject({ __typename: 'KeyLimitReached', code: 'KEY_LIMIT_REACHED' });
  expect(await client.enableKey({ keyId: second.key.keyId })).toMatchObject({
    account: { activeKeyCount: 1, canCreateKey: false },
  });
  now += HOUR;
  const account = await client.readAccount();
  expect(account).toMatchObject({ activeKeyCount: 1, canCreateKey: true, keys: [{ status: 'EXPIRED' }, { status: 'ACTIVE' }] });
  const { key } = await client.newKey({ name: 'third' });
  expect((await client.readAccount()).keys.map(({ keyId }) => keyId)).toEqual([second.key.keyId, key.keyId]);
});

it('rotates no disabled key, and says what to do', async () => {
  const client = await world.client({});
  const { key } = await client.newKey();
  await client.disableKey({ keyId: key.keyId });
  for (const overlapSeconds of [0, 60]) {
    const refusal = await client.rotateKey({ keyId: key.keyId, overlapSeconds });
    expect(refusal).toEqual({
      __typename: 'KeyIsDisabled',
      code: 'KEY_DISABLED',
      message: 'This key is disabled. Enable it, then try again.',
    });
  }
  await client.enableKey({ keyId: key.keyId });
  expect(await client.rotateKey({ keyId: key.keyId })).toMatchObject({ __typename: 'CreateKeyPayload' });
});

it('renames a key, whose secret goes on working', async () => {
  const client = await world.client({});
  const held = await client.newKey({ name: 'old' });
  const result = await client.renameKey({ keyId: held.key.keyId, name: 'new' });
  expect(result).toMatchObject({ __typename: 'ChangeKeyPayload', key: { ...held.key, name: 'new' } });
  expect(await statusOf(world, held)).toBe(200);
  await client.deleteKey(held.key.keyId);
  const { data } = await client.send<{ account: { deletedKeys: { edges: { node: { name: string } }[] } } }>(
    `{ account(minVersion: 3) { deletedKeys { edges { node { name } } } } }`,
  );
  expect(data?.account.deletedKeys.edges).toEqual([{ node: { name: 'new' } }]);
});

it.each([
  ['', 'input.name must not be empty'],
  ['x'.repeat(101), 'input.name must have at most 100 characters'],
  ['a\u200bb', 'input.name must not contain invisible characters'],
])('gives no key the name %j', async (name, message) => {
  const client = await world.client({});
  const { key } = await client.newKey({ name: 'kept' });
  const { errors } = await client.send('mutation ($input: RenameKeyInput!) { renameKey(input: $input) { __typename } }', {
    input: { keyId: key.keyId, name },
  });
  expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT', path: ['input', 'name'] } }]);
  expect((await client.readAccount()).keys).toMatchObject([{ name: 'kept' }]);
});

it('writes nothing where a key is so already, and answers as if it had', async () => {
  const client = await world.client({});
  const { key } = await client.newKey({ name: 'same' });
  expect(await client.renameKey({ keyId: key.keyId, name: 'same' })).toMatchObject({ key: { name: 'same' } });
  expect(await client.enableKey({ keyId: key.keyId })).toMatchObject({ key: { status: 'ACTIVE' } });
  expect(await versionOf(client)).toBe(1);
  for (const _ of [1, 2]) expect(await client.disableKey({ keyId: key.keyId })).toMatchObject({ account: { version: 2 } });
});

it('makes the change of an idempotency key once, whatever came since', async () => {
  const client = await world.client({});
  const { key } = await client.newKey();
  const keyId = key.keyId;
  const once = { keyId, idempotencyKey: 'once' };
  await client.disableKey(once);
  await client.enableKey({ keyId });
  expect(await client.disableKey(once)).toMatchObject({ __typename: 'ChangeKeyPayload', key: { status: 'ACTIVE' } });
  const used = { __typename: 'IdempotencyKeyUsed', code: 'IDEMPOTENCY_KEY_USED' };
  expect(await client.enableKey(once)).toMatchObject(used);
  expect(await client.renameKey({ ...once, name: 'other' })).toMatchObject(used);
  expect(await client.createKey({ name: 'new', idempotencyKey: 'once' })).toMatchObject({
    __typename: 'KeyAlreadyCreated',
    sameInput: false,
  });
  expect(await versionOf(client)).toBe(3);
});

it.each(['renameKey', 'disableKey', 'enableKey'] as const)('%s: another account has no such key', async (mutation) => {
  const [owner, other] = [await world.client({}), await world.client({ account: newAccount() })];
  const { key } = await owner.newKey({ name: 'mine' });
  const ways = {
    renameKey: (keyId: string) => other.renameKey({ keyId, name: 'yours' }),
    disableKey: (keyId: string) => other.disableKey({ keyId }),
    enableKey: (keyId: string) => other.enableKey({ keyId }),
  };
  expect(await ways[mutation](key.keyId)).toMatchObject({ __typename: 'KeyNotFound' });
  expect((await owner.readAccount()).keys).toMatchObject([{ name: 'mine', status: 'ACTIVE' }]);
});

it('gives the version that includes the change', async () => {
  const client = await world.client({});
  const { key } = await client.newKey();
  const { data } = await client.send<{ disableKey: { version: number } }>(
    `mutation { disableKey(input: { keyId: "${key.keyId}" }) { ... on ChangeKeyPayload { version key { disabledAt } } } }`,
  );
  expect(data?.disableKey).toEqual({ version: 2, key: { disabledAt: new Date(now).toISOString() } });
  expect((await client.send(`{ account(minVersion: 2) { activeKeyCount } }`)).data).toEqual({ account: { activeKeyCount: 0 } });
});
