import {
  AccountDocument,
  CreateKeyDocument,
  DeleteKeyDocument,
  type KeyFieldsFragment,
  RotateKeyDocument,
} from '../../../src/client/gql/graphql.js';
import { newAccount } from '../../support/cleanup.js';
import type { Client } from '../../support/client.js';
import { openWorld, type World } from '../../support/world.js';

const MINUTE = 60_000;

let world: World;
let now = Date.now();
beforeAll(async () => {
  world = await openWorld({ clock: () => now });
});

let client: Client;
beforeEach(async () => {
  client = await world.client({ subject: 'ada' });
});

function inSeconds(seconds: number): string {
  return new Date(now + seconds * 1000).toISOString();
}

it('shows the secret once, refuses a third key, deletes for good', async () => {
  const { key, secret, account } = await client.newKey({ name: 'first' });
  expect(secret).toMatch(/^kls_[0-9A-Za-z]{49}$/);
  expect(account).toMatchObject({ activeKeyCount: 1, canCreateKey: true });
  await client.newKey({ name: 'second' });
  expect(await client.createKey()).toMatchObject({ __typename: 'KeyLimitReached', keyLimit: 2 });
  expect(await client.deleteKey(key.keyId)).toMatchObject({ __typename: 'DeleteKeyPayload', keyId: key.keyId });
  expect(await client.deleteKey(key.keyId)).toMatchObject({ __typename: 'KeyNotFound' });
  expect((await client.readAccount()).keys.map(({ name }) => name)).toEqual(['second']);
});

describe('an account', () => {
  it('that nothing has happened to holds no keys', async () => {
    expect(await client.readAccount()).toEqual({
      id: expect.any(String),
      accountId: client.account,
      version: 0,
      frozenAt: null,
      keyLimit: 2,
      activeKeyCount: 0,
      canCreateKey: true,
      keys: [],
    });
  });

  it('lists its keys, the oldest first, and may hold no more than two', async () => {
    const { key: first } = await client.newKey({ name: 'first' });
    now += 1;
    const { key: second } = await client.newKey({ name: 'second' });
    expect(await client.readAccount()).toMatchObject({ keys: [first, second], activeKeyCount: 2, canCreateKey: false });
  });

  it('names the keys that expire soon', async () => {
    const { key: soon } = await client.newKey({ name: 'soon', expiresAt: inSeconds(60) });
    await client.newKey({ name: 'later', expiresAt: inSeconds(8 * 24 * 3600) });
    const expiring = async (within: string) => (await client.send(`{ account { expiringKeys${within} { keyId } } }`)).data;
    const one = { account: { expiringKeys: [{ keyId: soon.keyId }] } };
    expect(await expiring('')).toEqual(one);
    expect(await expiring('(withinSeconds: null)')).toEqual(one);
    expect(await expiring('(withinSeconds: 60)')).toEqual(one);
    expect(await expiring('(withinSeconds: 59)')).toEqual({ account: { expiringKeys: [] } });
    expect(await expiring('(withinSeconds: 2147483647)')).toMatchObject({ account: { expiringKeys: { length: 2 } } });
    now += MINUTE;
    expect(await expiring('')).toEqual({ account: { expiringKeys: [] } });
  });
});

describe('a new key', () => {
  it('is what was asked for, by whoever asked', async () => {
    const expiresAt = inSeconds(3600);
    const { key, secret, account } = await client.newKey({ name: 'ci', scopes: ['read', 'write', 'read'], expiresAt });
    expect(key).toEqual({
      id: expect.any(String),
      keyId: expect.stringMatching(/^key_[0-9A-Za-z]{22}$/),
      name: 'ci',
      hint: secret.slice(-4),
      scopes: ['read', 'write'],
      createdAt: inSeconds(0),
      createdBy: 'ada',
      expiresAt,
      status: 'ACTIVE',
    });
    expect(account.keys).toEqual([key]);
    expect(world.app.verification.verify(key.keyId, secret)).toEqual({
      account: client.account,
      keyId: key.keyId,
      scopes: ['read', 'write'],
      at: now,
      expiresAt: Date.parse(expiresAt),
    });
  });

  it('has no scopes and never expires, where nothing is said', async () => {
    const { key } = await client.newKey({ name: 'plain' });
    expect(key).toMatchObject({ scopes: [], expiresAt: null, status: 'ACTIVE' });
  });

  it('has its secret in one answer, once, and in no answer after it', async () => {
    const created = await client.send(CreateKeyDocument, { input: { name: 'a', idempotencyKey: 'once' } });
    const [secret = ''] = /kls_\w+/.exec(created.text) ?? [];
    expect(created.text.split(secret)).toHaveLength(2);
    expect(created.headers.get('cache-control')).toBe('no-store');
    const [key] = (await client.readAccount()).keys;
    const everything = '{ id keyId name hint scopes createdAt createdBy expiresAt replaces status }';
    const later = await Promise.all([
      client.send(AccountDocument),
      client.send(`{ account { expiringKeys ${everything} keys ${everything} } }`),
      client.send(`{ node(id: "${key?.id}") { ... on ApiKey ${everything} } }`),
      client.send(CreateKeyDocument, { input: { name: 'a', idempotencyKey: 'once' } }),
      client.send(RotateKeyDocument, { input: { keyId: key?.keyId ?? '', idempotencyKey: 'once' } }),
      client.send(DeleteKeyDocument, { input: { keyId: key?.keyId ?? '' } }),
    ]);
    for (const { text, status } of later) {
      expect(status).toBe(200);
      expect(text).not.toContain(secret.slice(4, 40));
    }
  });

  it('goes to the account of the token, whatever the input says', async () => {
    const other = newAccount();
    const document = 'mutation ($input: CreateKeyInput!) { createKey(input: $input) { __typename } }';
    for (const input of [
      { name: 'a', accountId: other },
      { name: 'a', account: other },
    ]) {
      expect((await client.send(document, { input })).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
    await client.newKey();
    expect((await client.readAccount()).keys).toHaveLength(1);
    expect((await (await world.client({ account: other })).readAccount()).keys).toEqual([]);
  });
});

describe('expiry', () => {
  it('ends a key at its instant and not before, and frees its place', async () => {
    const { key, secret } = await client.newKey({ name: 'short', expiresAt: inSeconds(60) });
    now += 1;
    await client.newKey({ name: 'long' });
    now += MINUTE - 2;
    expect(await client.readAccount()).toMatchObject({ activeKeyCount: 2, canCreateKey: false });
    expect(world.app.verification.verify(key.keyId, secret)).toBeDefined();
    now += 1;
    const account = await client.readAccount();
    expect(account).toMatchObject({ activeKeyCount: 1, canCreateKey: true });
    expect(account.keys.map(({ name, status }) => `${name} ${status}`)).toEqual(['short EXPIRED', 'long ACTIVE']);
    expect(world.app.verification.verify(key.keyId, secret)).toBeUndefined();
    const { account: after } = await client.newKey({ name: 'third' });
    expect(after.keys.map(({ name }) => name)).toEqual(['long', 'third']);
    expect(await client.deleteKey(key.keyId)).toMatchObject({ __typename: 'KeyNotFound' });
  });

  it('leaves the key to be deleted', async () => {
    const { key } = await client.newKey({ name: 'short', expiresAt: inSeconds(1) });
    now += 1000;
    expect(await client.deleteKey(key.keyId)).toMatchObject({ __typename: 'DeleteKeyPayload' });
    expect((await client.readAccount()).keys).toEqual([]);
  });
});

describe('an idempotencyKey', () => {
  it('makes one key, and answers with it after that, without the secret', async () => {
    const { key } = await client.newKey({ name: 'a', idempotencyKey: 'r-1' });
    const again = await client.createKey({ name: 'another', idempotencyKey: 'r-1' });
    expect(again).toEqual({
      __typename: 'KeyAlreadyCreated',
      code: 'KEY_ALREADY_CREATED',
      message: expect.stringContaining('with another input'),
      keyId: key.keyId,
      sameInput: false,
      existingKey: key,
      version: 1,
    });
    expect((await client.readAccount()).keys).toEqual([key]);
  });

  it('tells a repetition from a key that was used for another request, for create and rotate', async () => {
    const input = { name: 'a', scopes: ['x', 'y'], expiresAt: '2999-01-01T00:00:00.000Z', idempotencyKey: 'r-1' };
    const { key } = await client.newKey(input);
    const written = { ...input, scopes: ['y', 'x', 'y'], expiresAt: '2999-01-01T01:00:00+01:00' };
    for (const same of [input, written]) {
      expect(await client.createKey(same)).toMatchObject({
        sameInput: true,
        message: expect.stringContaining('cannot be shown'),
      });
    }
    for (const other of [
      { ...input, name: 'b' },
      { ...input, expiresAt: null },
      { ...input, scopes: [] },
    ]) {
      expect(await client.createKey(other)).toMatchObject({ sameInput: false });
    }
    expect(await client.rotateKey({ keyId: key.keyId, idempotencyKey: 'r-1' })).toMatchObject({ sameInput: false });
    await client.rotateKey({ keyId: key.keyId, overlapSeconds: 60, idempotencyKey: 'r-2' });
    const rotation = { keyId: key.keyId, idempotencyKey: 'r-2' };
    expect(await client.rotateKey({ ...rotation, overlapSeconds: 60 })).toMatchObject({ sameInput: true });
    expect(await client.rotateKey(rotation)).toMatchObject({ sameInput: false });
  });

  it('makes no second key after the first was deleted', async () => {
    const { key } = await client.newKey({ name: 'a', idempotencyKey: 'r-1' });
    await client.deleteKey(key.keyId);
    const again = await client.createKey({ name: 'a', idempotencyKey: 'r-1' });
    expect(again).toMatchObject({ __typename: 'KeyAlreadyCreated', keyId: key.keyId, existingKey: null });
  });

  it('is answered before the limit and before a missing key', async () => {
    const { key } = await client.newKey({ name: 'a', idempotencyKey: 'r-1' });
    await client.newKey({ name: 'b' });
    expect(await client.createKey({ name: 'c', idempotencyKey: 'r-1' })).toMatchObject({ __typename: 'KeyAlreadyCreated' });
    const rotated = await client.rotateKey({ keyId: 'key_unknown', idempotencyKey: 'r-1' });
    expect(rotated).toMatchObject({ __typename: 'KeyAlreadyCreated', existingKey: key });
  });

  it('means nothing to another account', async () => {
    await client.newKey({ name: 'a', idempotencyKey: 'r-1' });
    const other = await world.client({});
    expect(await other.createKey({ name: 'a', idempotencyKey: 'r-1' })).toMatchObject({ __typename: 'CreateKeyPayload' });
  });
});

describe('rotation', () => {
  it('without overlap replaces the key at once, even at the limit', async () => {
    const { key: old, secret: oldSecret } = await client.newKey({ name: 'old', scopes: ['read'] });
    await client.newKey({ name: 'other' });
    const result = await rotated({ keyId: old.keyId });
    expect(result.key).toMatchObject({ name: 'old', scopes: ['read'], status: 'ACTIVE', expiresAt: null });
    expect(result.key.keyId).not.toBe(old.keyId);
    expect(result.account.keys.map(({ keyId }) => keyId)).not.toContain(old.keyId);
    expect(world.app.verification.verify(old.keyId, oldSecret)).toBeUndefined();
    expect(world.app.verification.verify(result.key.keyId, result.secret)).toBeDefined();
    expect((await client.send(`{ node(id: "${result.key.id}") { ... on ApiKey { replaces } } }`)).data).toEqual({
      node: { replaces: old.keyId },
    });
  });

  it('with an overlap lets the old key work so long and no longer', async () => {
    const { key: old, secret } = await client.newKey({ name: 'old' });
    now += 1;
    const { key } = await rotated({ keyId: old.keyId, overlapSeconds: 60 });
    expect(await ofAccount()).toEqual([{ ...old, expiresAt: inSeconds(60) }, key]);
    now += MINUTE - 1;
    expect(world.app.verification.verify(old.keyId, secret)).toBeDefined();
    now += 1;
    expect(world.app.verification.verify(old.keyId, secret)).toBeUndefined();
    expect(await ofAccount()).toEqual([{ ...old, expiresAt: inSeconds(0), status: 'EXPIRED' }, key]);
  });

  it('with an overlap never makes the old key live longer', async () => {
    const { key: old } = await client.newKey({ name: 'old', expiresAt: inSeconds(30) });
    await rotated({ keyId: old.keyId, overlapSeconds: 60 });
    expect((await ofAccount()).find(({ keyId }) => keyId === old.keyId)?.expiresAt).toBe(old.expiresAt);
  });

  it('with an overlap needs a free slot', async () => {
    const { key } = await client.newKey({ name: 'one' });
    await client.newKey({ name: 'two' });
    expect(await client.rotateKey({ keyId: key.keyId, overlapSeconds: 60 })).toEqual({
      __typename: 'KeyLimitReached',
      code: 'KEY_LIMIT_REACHED',
      message: expect.stringContaining('holds 2 keys'),
    });
    expect(await ofAccount()).toHaveLength(2);
  });

  it('gives the new key the lifetime of the old one, from now', async () => {
    const { key: old } = await client.newKey({ name: 'old', expiresAt: inSeconds(120) });
    now += MINUTE;
    const { key } = await rotated({ keyId: old.keyId });
    expect(key.expiresAt).toBe(inSeconds(120));
  });

  it('is refused for a key that is not there, or is of another account', async () => {
    const { key } = await client.newKey();
    const other = await world.client({});
    const refusal = { __typename: 'KeyNotFound', code: 'KEY_NOT_FOUND', message: expect.any(String) };
    expect(await other.rotateKey({ keyId: key.keyId })).toEqual(refusal);
    await client.deleteKey(key.keyId);
    expect(await client.rotateKey({ keyId: key.keyId })).toEqual(refusal);
  });

  it('given its idempotencyKey again makes no second key', async () => {
    const { key: old } = await client.newKey();
    const { key } = await rotated({ keyId: old.keyId, idempotencyKey: 'r-1' });
    const again = await client.rotateKey({ keyId: key.keyId, idempotencyKey: 'r-1' });
    expect(again).toMatchObject({ __typename: 'KeyAlreadyCreated', keyId: key.keyId, existingKey: key });
    await client.deleteKey(key.keyId);
    expect(await client.rotateKey({ keyId: key.keyId, idempotencyKey: 'r-1' })).toMatchObject({ existingKey: null });
  });

  async function rotated(input: { keyId: string; overlapSeconds?: number; idempotencyKey?: string }) {
    const result = await client.rotateKey(input);
    if (result.__typename !== 'CreateKeyPayload') throw new Error(`No key: ${JSON.stringify(result)}`);
    return result;
  }

  async function ofAccount(): Promise<KeyFieldsFragment[]> {
    return (await client.readAccount()).keys;
  }
});

describe('deletion', () => {
  it('says what was deleted and when, and the key is refused from then on', async () => {
    const { key, secret } = await client.newKey();
    now += 5;
    expect(await client.deleteKey(key.keyId)).toEqual({
      __typename: 'DeleteKeyPayload',
      keyId: key.keyId,
      deletedAt: inSeconds(0),
      account: expect.objectContaining({ accountId: client.account, keys: [], activeKeyCount: 0, canCreateKey: true }),
      version: 2,
    });
    expect(world.app.verification.verify(key.keyId, secret)).toBeUndefined();
  });

  it.each([
    ['unknown', async () => 'key_0000000000000000000000'],
    ['no id at all', async () => ''],
    ["another account's", async () => (await (await world.client({})).newKey()).key.keyId],
  ])('is refused for a key that is %s', async (_what, keyId) => {
    expect(await client.deleteKey(await keyId())).toEqual({
      __typename: 'KeyNotFound',
      code: 'KEY_NOT_FOUND',
      message: expect.any(String),
    });
  });
});

describe('node', () => {
  const NODE = 'query ($id: ID!) { node(id: $id) { __typename id ... on ApiKey { keyId } ... on Account { accountId } } }';

  it('finds a key and an account by the id that answers gave', async () => {
    const { key, account } = await client.newKey();
    const { id, keyId } = key;
    expect((await client.send(NODE, { id })).data).toEqual({ node: { __typename: 'ApiKey', id, keyId } });
    expect((await client.send(NODE, { id: account.id })).data).toEqual({
      node: { __typename: 'Account', id: account.id, accountId: client.account },
    });
  });

  it('shows nothing of another account, and to an owner no difference between foreign and unknown', async () => {
    const { key, account } = await client.newKey();
    const other = await world.client({});
    for (const id of [key.id, account.id, Buffer.from('ApiKey:key_unknown').toString('base64url')]) {
      expect((await other.send(NODE, { id })).text).toBe('{"data":{"node":null}}');
    }
  });

  it('shows no deleted key', async () => {
    const { key } = await client.newKey();
    await client.deleteKey(key.keyId);
    expect((await client.send(NODE, { id: key.id })).text).toBe('{"data":{"node":null}}');
  });

  it('shows an auditor every account and key, and an analyst none', async () => {
    const { key, account } = await client.newKey();
    const auditor = await world.client({ role: 'auditor' });
    const analyst = await world.client({ account: client.account, role: 'analyst' });
    for (const id of [key.id, account.id]) {
      expect((await auditor.send(NODE, { id })).data).toMatchObject({ node: { id } });
      const { data, errors } = await analyst.send(NODE, { id });
      expect(data).toEqual({ node: null });
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
  });

  it('finds no account whose id no token could name', async () => {
    const auditor = await world.client({ role: 'auditor' });
    const id = Buffer.from('Account:a b').toString('base64url');
    expect((await auditor.send(NODE, { id })).text).toBe('{"data":{"node":null}}');
  });
});

describe('who may do what', () => {
  it('an owner sees no other account', async () => {
    const { data, errors } = await client.send(AccountDocument, { accountId: newAccount() });
    expect(data).toEqual({ account: null });
    expect(errors).toMatchObject([{ path: ['account'], extensions: { code: 'FORBIDDEN' } }]);
  });

  it('an owner may name its own account', async () => {
    expect(await client.readAccount(client.account)).toMatchObject({ accountId: client.account });
  });

  it('an auditor sees any account, and its own where none is named', async () => {
    const { account } = await client.newKey();
    const auditor = await world.client({ role: 'auditor' });
    expect(await auditor.readAccount(client.account)).toEqual(account);
    expect(await auditor.readAccount()).toMatchObject({ accountId: auditor.account });
  });

  it('an auditor without an account must name one', async () => {
    const token = await world.app.issuer?.issue({ subject: 'eve', role: 'auditor', ttl: 3600 }, world.config.claims);
    const response = await fetch(`${world.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ account { id } }' }),
    });
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT', path: ['accountId'] } }] });
  });

  it('an analyst sees no account, not even its own', async () => {
    const analyst = await world.client({ role: 'analyst' });
    for (const accountId of [undefined, analyst.account, client.account]) {
      const { data, errors } = await analyst.send(AccountDocument, { accountId });
      expect(data).toEqual({ account: null });
      expect(errors).toMatchObject([{ path: ['account'], extensions: { code: 'FORBIDDEN' } }]);
    }
  });

  it.each(['auditor', 'analyst'] as const)('an %s changes nothing', async (role) => {
    const { key } = await client.newKey();
    const reader = await world.client({ account: client.account, role });
    const answers = await Promise.all([
      reader.send(CreateKeyDocument, { input: { name: 'a' } }),
      reader.send(RotateKeyDocument, { input: { keyId: key.keyId } }),
      reader.send(DeleteKeyDocument, { input: { keyId: key.keyId } }),
    ]);
    for (const { data, errors } of answers) {
      expect(Object.values(data ?? {})).toEqual([null]);
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
    expect((await client.readAccount()).keys).toEqual([key]);
  });

  it('is decided for each of many requests at once by its own token', async () => {
    const { account } = await client.newKey();
    const other = await world.client({});
    const analyst = await world.client({ account: client.account, role: 'analyst' });
    const rounds = Array.from({ length: 20 }, async () => {
      const [own, foreign, none] = await Promise.all([
        client.readAccount(),
        other.send(AccountDocument, { accountId: client.account }),
        analyst.send(AccountDocument),
      ]);
      expect(own).toEqual(account);
      expect(foreign.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
      expect(none.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    });
    await Promise.all(rounds);
  });
});
