import { encode } from '../../../src/store/codec.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../../src/store/streams.js';
import { newAccount, SHORT_DEADLINE } from '../../support/cleanup.js';
import type { Client } from '../../support/client.js';
import { at, created, id, START } from '../../support/specification.js';
import { StoppableFeed } from '../../support/store-doubles.js';
import { statusOf } from '../../support/verify.js';
import { openFilledWorld, openWorld, type World } from '../../support/world.js';

const HOUR = 3_600_000;

let now = Date.now();
let world: World;
let operator: Client;
let auditor: Client;
beforeAll(async () => {
  world = await openFilledWorld({ clock: () => now, env: { KEYLEDGER_MUTATIONS_PER_MINUTE: '6' } });
  operator = await world.client({ role: 'operator', subject: 'olga' });
  auditor = await world.client({ role: 'auditor' });
});

/** The answer to an operator's mutation. Fails if it is an error. */
async function operate(mutation: string, input: Record<string, string>, fields = '') {
  const given = Object.entries(input).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  const document = `mutation { answer: ${mutation}(input: { ${given.join(', ')} }) { __typename ... on Error { code } ${fields} } }`;
  const { data, errors } = await operator.send<{ answer: Record<string, unknown> }>(document);
  if (errors) throw new Error(JSON.stringify(errors));
  return data?.answer;
}

async function accountsOf(args: string): Promise<string[]> {
  const { data, errors } = await operator.send<{ accounts: { edges: { node: { accountId: string } }[] } }>(
    `{ accounts(${args}) { edges { node { accountId } } } }`,
  );
  if (errors) throw new Error(JSON.stringify(errors));
  return data?.accounts.edges.map(({ node }) => node.accountId) ?? [];
}

describe('an operator finds', () => {
  const prefix = `found-${newAccount()}`;
  const [plain, full, soon, cold] = ['a', 'b', 'c', 'd'].map((name) => `${prefix}-${name}`) as [string, string, string, string];
  const inAll = `search: "${prefix}"`;
  beforeAll(async () => {
    const owner = (account: string) => world.client({ account });
    await (await owner(plain)).newKey({ name: 'Robot of the shop' });
    for (const name of ['one', 'two']) await (await owner(full)).newKey({ name });
    await (await owner(soon)).newKey({ name: 'soon', expiresAt: new Date(now + HOUR).toISOString() });
    await (await owner(cold)).newKey({ name: 'cold' });
    await operate('freezeAccount', { accountId: cold });
  });

  it('accounts by a part of their ids, and by the ids and names of their keys', async () => {
    expect(await accountsOf(inAll)).toEqual([plain, full, soon, cold]);
    expect(await accountsOf(`search: "${full.toUpperCase()}"`)).toEqual([full]);
    expect(await accountsOf('search: "robot OF the"')).toEqual([plain]);
    const { keys } = await (await world.client({ account: soon })).readAccount();
    expect(await accountsOf(`search: "${keys[0]?.keyId}"`)).toEqual([soon]);
    expect(await accountsOf('search: "nobody has this"')).toEqual([]);
  });

  it('accounts by whether they are frozen, or at the limit', async () => {
    expect(await accountsOf(`${inAll}, status: FROZEN`)).toEqual([cold]);
    expect(await accountsOf(`${inAll}, status: OPEN`)).toEqual([plain, full, soon]);
    expect(await accountsOf(`${inAll}, atLimit: true`)).toEqual([full]);
    expect(await accountsOf(`${inAll}, atLimit: false, status: OPEN`)).toEqual([plain, soon]);
  });

  it('accounts by keys that expire soon, or that nobody uses', async () => {
    expect(await accountsOf(`${inAll}, expiringWithinSeconds: 3600`)).toEqual([soon]);
    expect(await accountsOf(`${inAll}, expiringWithinSeconds: 3599`)).toEqual([]);
    now += 1000;
    expect(await accountsOf(`${inAll}, unusedForSeconds: 3600`)).toEqual([]);
    now += HOUR;
    expect(await accountsOf(`${inAll}, unusedForSeconds: 3600`)).toEqual([plain, full, cold]);
  });

  it('accounts page by page, in both directions', async () => {
    const page = async (args: string) => {
      const { data } = await operator.send<{
        accounts: { edges: { cursor: string; node: { accountId: string } }[]; pageInfo: object };
      }>(`{ accounts(${inAll}, ${args}) { edges { cursor node { accountId } } pageInfo { hasNextPage hasPreviousPage } } }`);
      return data?.accounts;
    };
    const first = await page('first: 3');
    expect(first?.edges.map(({ node }) => node.accountId)).toEqual([plain, full, soon]);
    expect(first?.pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: false });
    const cursor = first?.edges[2]?.cursor;
    expect((await page(`first: 3, after: "${cursor}"`))?.edges.map(({ node }) => node.accountId)).toEqual([cold]);
    expect((await page(`last: 2, before: "${cursor}"`))?.edges.map(({ node }) => node.accountId)).toEqual([plain, full]);
    const { errors } = await operator.send(
      `{ accounts(after: "${Buffer.from('position:1').toString('base64url')}") { edges { cursor } } }`,
    );
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', path: ['after'] } }]);
  });

  it('a key by its id, with its account, and no secret', async () => {
    const { keys } = await (await world.client({ account: plain })).readAccount();
    const { data, text } = await operator.send(
      `{ key(keyId: "${keys[0]?.keyId}") { name status lastUsedAt account { accountId frozenAt activeKeyCount } } }`,
    );
    const account = { accountId: plain, frozenAt: null, activeKeyCount: 1 };
    expect(data).toEqual({ key: { name: 'Robot of the shop', status: 'ACTIVE', lastUsedAt: null, account } });
    expect(text).not.toContain('kls_');
    expect((await operator.send(`{ key(keyId: "${id('z')}") { name } }`)).data).toEqual({ key: null });
  });
});

it('an operator deletes any key, for a reason that the owner and auditors can read', async () => {
  const owner = await world.client({});
  const held = await owner.newKey();
  const { keyId } = held.key;
  const note = 'Incident 42: found in a public repository';
  const answer = await operate(
    'revokeKey',
    { keyId, note },
    '... on RevokeKeysPayload { keyIds version account { accountId } }',
  );
  const account = { accountId: owner.account };
  expect(answer).toEqual({ __typename: 'RevokeKeysPayload', keyIds: [keyId], version: 2, account });
  expect(await statusOf(world, held)).toBe(401);
  const question = `{ account(accountId: "${owner.account}", minVersion: 2) {
    deletedKeys { edges { node { keyId reason note deletedBy } } }
    history { edges { node { schemaVersion actor ... on KeyDeleted { reason note } } } }
  } }`;
  for (const reader of [owner, auditor]) {
    expect((await reader.send(question)).data).toEqual({
      account: {
        deletedKeys: { edges: [{ node: { keyId, reason: 'REVOKED', note, deletedBy: 'olga' } }] },
        history: {
          edges: [
            { node: expect.objectContaining({ schemaVersion: 1 }) },
            { node: { schemaVersion: 2, actor: 'olga', reason: 'REVOKED', note } },
          ],
        },
      },
    });
  }
  expect(await operate('revokeKey', { keyId })).toEqual({ __typename: 'KeyNotFound', code: 'KEY_NOT_FOUND' });
});

it('an operator deletes all keys of an account in one append, and no more of one that has none', async () => {
  const owner = await world.client({});
  const held = [await owner.newKey({ name: 'one' }), await owner.newKey({ name: 'two' })];
  await owner.disableKey({ keyId: held[0]?.key.keyId ?? '' });
  const input = { accountId: owner.account };
  const fields = '... on RevokeKeysPayload { keyIds version account { activeKeyCount } }';
  const keyIds = held.map(({ key }) => key.keyId);
  expect(await operate('revokeAccountKeys', input, fields)).toMatchObject({
    keyIds,
    version: 5,
    account: { activeKeyCount: 0 },
  });
  for (const one of held) expect(await statusOf(world, one)).toBe(401);
  expect(await operate('revokeAccountKeys', input, fields)).toMatchObject({ keyIds: [], version: 5 });
});

it('a frozen account refuses to create, rotate and enable; its keys work, and can be deleted', async () => {
  const owner = await world.client({});
  const held = await owner.newKey({ name: 'one' });
  const { keyId } = held.key;
  const frozen = await operate(
    'freezeAccount',
    { accountId: owner.account, note: 'why' },
    '... on FreezeAccountPayload { version account { frozenAt canCreateKey } }',
  );
  expect(frozen).toMatchObject({ version: 2, account: { frozenAt: new Date(now).toISOString(), canCreateKey: false } });
  const refusal = { __typename: 'AccountIsFrozen', code: 'ACCOUNT_FROZEN' };
  expect(await owner.createKey()).toMatchObject(refusal);
  expect(await owner.rotateKey({ keyId })).toMatchObject(refusal);
  await owner.disableKey({ keyId });
  expect(await owner.enableKey({ keyId })).toMatchObject(refusal);
  expect(await owner.deleteKey(keyId)).toMatchObject({ __typename: 'DeleteKeyPayload' });
  await operate('thawAccount', { accountId: owner.account });
  expect((await owner.readAccount()).frozenAt).toBeNull();
});

it('an operator is not held up by the limit of changes of the account', async () => {
  const owner = await world.client({});
  const { key } = await owner.newKey();
  while ((await owner.send(`mutation { disableKey(input: { keyId: "${key.keyId}" }) { __typename } }`)).errors === undefined);
  for (let time = 0; time < 10; time += 1)
    await operate(time % 2 === 0 ? 'freezeAccount' : 'thawAccount', { accountId: owner.account });
  expect(await operate('revokeKey', { keyId: key.keyId })).toMatchObject({ __typename: 'RevokeKeysPayload' });
});

it.each(['freezeAccount', 'thawAccount', 'revokeAccountKeys'])(
  '%s knows no account that never held a key',
  async (mutation) => {
    const accountId = newAccount();
    expect(await operate(mutation, { accountId })).toEqual({ __typename: 'AccountNotFound', code: 'ACCOUNT_NOT_FOUND' });
    expect(await accountsOf(`search: "${accountId}"`)).toEqual([]);
  },
);

it.each([
  ['ask alice@example.com', 'input.note must not contain an e-mail address, since the log keeps this text forever'],
  [`it was kls_${'a'.repeat(49)}`, 'input.note must not contain a secret, since the log keeps this text forever'],
  ['x'.repeat(201), 'input.note must have at most 200 characters'],
])('keeps no note such as %j', async (note, message) => {
  const owner = await world.client({});
  const { key } = await owner.newKey();
  const { errors } = await operator.send(
    'mutation ($note: String, $keyId: String!) { revokeKey(input: { keyId: $keyId, note: $note }) { __typename } }',
    { keyId: key.keyId, note },
  );
  expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT', path: ['input', 'note'] } }]);
  expect((await owner.readAccount()).keys).toHaveLength(1);
});

it('finds a key to delete that another process made, although the feed has stopped', async () => {
  const store = new StoppableFeed(new SqliteEventStore(':memory:'));
  const late = await openWorld({ store, env: SHORT_DEADLINE });
  const client = await late.client({ role: 'operator' });
  store.stopped = true;
  const account = newAccount();
  const event = { ...created('a'), version: 1, at: at(START), actor: 'owner' };
  await store.append(streamOf('apiKeys', account), 0, [encode(event, 'none')]);
  const revoke = (keyId: string) =>
    client.send(`mutation { revokeKey(input: { keyId: "${keyId}" }) { __typename ... on RevokeKeysPayload { version } } }`);
  expect((await revoke(id('a'))).data).toEqual({ revokeKey: { __typename: 'RevokeKeysPayload', version: 2 } });
  expect((await revoke(id('b'))).data).toEqual({ revokeKey: { __typename: 'KeyNotFound' } });
});
