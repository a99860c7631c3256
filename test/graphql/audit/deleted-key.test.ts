import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../../support/client.js';
import { openFilledWorld, type World } from '../../support/world.js';

interface Deleted {
  id: string;
  keyId: string;
  name: string;
  reason: string;
  history: { edges: { node: { __typename: string } }[] };
}

interface Page {
  edges: { cursor: string; node: Deleted }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
}

const FIELDS = `id keyId name hint scopes createdAt createdBy expiresAt replaces
  deletedAt deletedBy reason replacedBy history(first: 3) { edges { node { __typename } } }`;
const PAGE = `{ edges { cursor node { ${FIELDS} } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`;
/** All of a key except its history, for the largest page. */
const LARGEST = PAGE.replace(/history.*$/m, '} } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }');

const START = Date.parse('2026-05-01T00:00:00Z');
let now = START;
let world: World;
let owner: Client;
beforeAll(async () => {
  world = await openFilledWorld({ clock: () => now });
});
beforeEach(async () => {
  owner = await world.client({ subject: 'olga' });
});

const inSeconds = (seconds: number) => new Date(now + seconds * 1000).toISOString();

/** A page of the account's deleted keys, once there are that many in all. */
async function deletedKeys(client: Client, count: number, args = '', fields = PAGE): Promise<Page> {
  for (;;) {
    const query = `{ account { all: deletedKeys(first: 100) { edges { cursor } } wanted: deletedKeys${args} ${fields} } }`;
    const { data, errors } = await client.send<{ account: { all: Page; wanted: Page } }>(query);
    if (!data) throw new Error(JSON.stringify(errors));
    if (data.account.all.edges.length >= count) return data.account.wanted;
    await delay(25);
  }
}

const names = ({ edges }: Page) => edges.map(({ node }) => node.name);

async function rotate(keyId: string, overlap = 0): Promise<string> {
  const result = await owner.rotateKey({ keyId, overlapSeconds: overlap });
  if (result.__typename !== 'CreateKeyPayload') throw new Error(`No successor: ${JSON.stringify(result)}`);
  return result.key.keyId;
}

async function makeAndDelete(...wanted: string[]): Promise<void> {
  for (const name of wanted) await owner.deleteKey((await owner.newKey({ name })).key.keyId);
}

it('leaves the record of a key that ended: what it was, and by whom, when and why it was deleted', async () => {
  const { key, secret } = await owner.newKey({ name: 'ci', scopes: ['read'], expiresAt: inSeconds(60) });
  now += 1000;
  await owner.deleteKey(key.keyId);
  const { edges } = await deletedKeys(owner, 1);
  const { status: _, ...kept } = key;
  expect(edges.map(({ node }) => node)).toEqual([
    {
      ...kept,
      id: expect.any(String),
      replaces: null,
      deletedAt: inSeconds(0),
      deletedBy: 'olga',
      reason: 'REQUESTED',
      replacedBy: null,
      history: { edges: [{ node: { __typename: 'KeyCreated' } }, { node: { __typename: 'KeyDeleted' } }] },
    },
  ]);
  expect(edges[0]?.node.id).not.toBe(key.id);
  expect(JSON.stringify(edges)).not.toContain(secret.slice(4, 40));
});

it('tells a rotation from an expiry, and knows the end of an overlap', async () => {
  const { key: first } = await owner.newKey({ name: 'rotated' });
  const second = await rotate(first.keyId);
  const third = await rotate(second, 60);
  now += 60_000;
  await owner.newKey({ name: 'in its place' });
  const { edges } = await deletedKeys(owner, 2);
  expect(edges.map(({ node }) => node)).toMatchObject([
    { keyId: first.keyId, reason: 'ROTATED', replacedBy: second, replaces: null, deletedBy: 'olga' },
    {
      keyId: second,
      reason: 'EXPIRED',
      replacedBy: null,
      replaces: first.keyId,
      deletedBy: 'system:expiry',
      expiresAt: inSeconds(0),
    },
  ]);
  expect(third).not.toBe(second);
});

it('knows the expiry that was set last, however often one was set', async () => {
  const { key } = await owner.newKey({ name: 'old' });
  for (const overlap of [50, 40, 30, 20]) await owner.deleteKey(await rotate(key.keyId, overlap));
  await owner.deleteKey(key.keyId);
  const { edges } = await deletedKeys(owner, 5);
  expect(edges.at(-1)?.node).toMatchObject({ keyId: key.keyId, expiresAt: inSeconds(20) });
});

it('lists keys in the order of their deletion, once each, page by page, both ways', async () => {
  const { key: last } = await owner.newKey({ name: 'made first' });
  await makeAndDelete('one', 'two', 'three', 'four');
  await owner.deleteKey(last.keyId);
  const all = ['one', 'two', 'three', 'four', 'made first'];
  const first = await deletedKeys(owner, 5, '(first: 2)');
  expect(names(first)).toEqual(all.slice(0, 2));
  expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  const next = await deletedKeys(owner, 5, `(first: 3, after: "${first.pageInfo.endCursor}")`);
  expect(names(next)).toEqual(all.slice(2));
  expect(next.pageInfo.hasNextPage).toBe(false);
  const back = await deletedKeys(owner, 5, `(last: 2, before: "${next.pageInfo.endCursor}")`);
  expect(names(back)).toEqual(all.slice(2, 4));
  expect(back.pageInfo.hasPreviousPage).toBe(true);
  expect(names(await deletedKeys(owner, 5))).toEqual(all);
});

it('gives a page of a hundred with all that is known of each', async () => {
  await makeAndDelete(...Array.from({ length: 100 }, (_, index) => `key ${index}`));
  const { edges } = await deletedKeys(owner, 100, '(first: 100)', LARGEST);
  expect(edges).toHaveLength(100);
});

describe('node', () => {
  const NODE = `query ($id: ID!) { node(id: $id) { __typename ... on KeyRecord { name } ... on DeletedKey { ${FIELDS} } } }`;
  const idOf = (keyId: string) => Buffer.from(`DeletedKey:${keyId}`).toString('base64url');

  it('finds a deleted key by the id that answers gave, for its owner and for an auditor', async () => {
    await makeAndDelete('gone');
    const { edges } = await deletedKeys(owner, 1);
    const { id = '' } = edges[0]?.node ?? {};
    for (const reader of [owner, await world.client({ role: 'auditor' })]) {
      expect((await reader.send(NODE, { id })).data).toEqual({ node: { __typename: 'DeletedKey', ...edges[0]?.node } });
    }
  });

  it('finds no key that is held, and none that never was', async () => {
    const { key } = await owner.newKey();
    for (const id of [idOf(key.keyId), idOf('key_unknown'), idOf(owner.account)]) {
      expect((await owner.send(NODE, { id })).text).toBe('{"data":{"node":null}}');
    }
  });
});
