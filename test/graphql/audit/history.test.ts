import { setTimeout as delay } from 'node:timers/promises';
import { canonicalLeaf } from '../../../src/domain/transparency/leaf.js';
import { newAccount } from '../../support/cleanup.js';
import type { Client } from '../../support/client.js';
import { openFilledWorld, type World } from '../../support/world.js';

interface EventNode {
  id: string;
  eventId: string;
  __typename: string;
  schemaVersion: number;
  account: string;
  version: number;
  at: string;
  actor: string;
  correlationId: string;
  canonical: string;
}

interface Page {
  edges: { cursor: string; node: EventNode }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
}

const PAGE = `{
  edges { cursor node { __typename id eventId schemaVersion account version at actor correlationId canonical } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
}`;

let now = Date.parse('2026-05-01T00:00:00Z');
let world: World;
let owner: Client;
let auditor: Client;
const keyIds: string[] = [];

beforeAll(async () => {
  world = await openFilledWorld({ clock: () => now });
  owner = await world.client({ subject: 'alice' });
  auditor = await world.client({ role: 'auditor', subject: 'audrey' });
  for (let i = 0; i < 4; i += 1) {
    now += 1000;
    const { key } = await owner.newKey({ name: `key ${i}`, scopes: ['read'] });
    keyIds.push(key.keyId);
    now += 1000;
    if (i < 3) await owner.deleteKey(key.keyId);
  }
  const other = await world.client({ subject: 'bob' });
  await other.newKey();
  while ((await page(auditor)).edges.length < 8) await delay(25);
});

async function page(client: Client, args = ''): Promise<Page> {
  const { data, errors } = await client.send<{ events: Page }>(`{ events${args} ${PAGE} }`);
  if (!data?.events) throw new Error(JSON.stringify(errors));
  return data.events;
}

const versions = ({ edges }: Page) => edges.map(({ node }) => node.version);

it('shows an owner the events of its own account, in commit order', async () => {
  const events = await page(owner);
  expect(versions(events)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(new Set(events.edges.map(({ node }) => node.account))).toEqual(new Set([owner.account]));
  expect(events.edges[0]?.node).toMatchObject({
    __typename: 'KeyCreated',
    schemaVersion: 1,
    actor: 'alice',
    at: '2026-05-01T00:00:01.000Z',
  });
});

it('shows an auditor the events of everyone', async () => {
  const accounts = (await page(auditor)).edges.map(({ node }) => node.account);
  expect(accounts).toHaveLength(8);
  expect(new Set(accounts).size).toBe(2);
});

it('gives the exact text of the leaf of an event, with the hash of the secret', async () => {
  for (const { node } of (await page(owner)).edges) {
    const { account, version, type, schemaVersion, id, data, metadata } = JSON.parse(node.canonical);
    expect(canonicalLeaf({ account, version, type, schemaVersion, id, data, metadata })).toBe(node.canonical);
    expect({ account, version, type, schemaVersion, id }).toEqual({
      account: node.account,
      version: node.version,
      type: node.__typename,
      schemaVersion: node.schemaVersion,
      id: node.eventId,
    });
    expect(metadata).toEqual({ at: node.at, actor: node.actor, correlationId: node.correlationId });
    expect(node.__typename === 'KeyCreated').toBe(/^[0-9a-f]{64}$/.test(data.secretHash ?? ''));
  }
});

it('gives the largest page with all its fields', async () => {
  expect(versions(await page(owner, '(first: 100)'))).toHaveLength(7);
});

it('gives every event once, page by page, both ways, with cursors that stay', async () => {
  const forward: string[] = [];
  for (let after = '', more = true; more; ) {
    const { edges, pageInfo } = await page(owner, `(first: 2${after})`);
    forward.push(...edges.map(({ cursor }) => cursor));
    more = pageInfo.hasNextPage;
    after = `, after: "${pageInfo.endCursor}"`;
  }
  const backward: string[] = [];
  for (let before = '', more = true; more; ) {
    const { edges, pageInfo } = await page(owner, `(last: 2${before})`);
    backward.unshift(...edges.map(({ cursor }) => cursor));
    more = pageInfo.hasPreviousPage;
    before = `, before: "${pageInfo.startCursor}"`;
  }
  expect(forward).toHaveLength(7);
  expect(backward).toEqual(forward);
  expect(versions(await page(owner, `(after: "${forward[1]}", before: "${forward[4]}")`))).toEqual([3, 4]);
});

it.each([
  ['type: KEY_DELETED', [2, 4, 6]],
  ['type: KEY_CREATED', [1, 3, 5, 7]],
  ['type: KEY_EXPIRY_SET', []],
  ['actor: "alice"', [1, 2, 3, 4, 5, 6, 7]],
  ['actor: "nobody"', []],
  ['from: "2026-05-01T00:00:03Z", to: "2026-05-01T00:00:05Z"', [3, 4]],
  ['from: "2026-05-02T00:00:00Z"', []],
  ['to: "2026-04-01T00:00:00Z"', []],
])('filters by %s', async (filter, expected) => {
  expect(versions(await page(owner, `(filter: {${filter}})`))).toEqual(expected);
});

it('filters by key, and shows the same as the history of the key and of the account', async () => {
  const held = keyIds[3];
  expect(versions(await page(owner, `(filter: {keyId: "${held}"})`))).toEqual([7]);
  const { data } = await owner.send<{ account: { history: Page; keys: { history: Page }[] } }>(
    `{ account { history ${PAGE} keys { history ${PAGE} } } }`,
  );
  expect(data?.account.history).toEqual(await page(owner));
  expect(data?.account.keys.map(({ history }) => versions(history))).toEqual([[7]]);
});

describe('with `from` or `to`', () => {
  const SINCE = 'filter: { from: "2026-05-01T00:00:02Z" }';

  it('gives every event once, page by page, both ways', async () => {
    const seen: number[] = [];
    for (let after = '', more = true; more; ) {
      const events = await page(owner, `(${SINCE}, first: 4${after})`);
      seen.push(...versions(events));
      more = events.pageInfo.hasNextPage;
      after = `, after: "${events.pageInfo.endCursor}"`;
    }
    expect(seen).toEqual([2, 3, 4, 5, 6, 7]);
    const last = await page(owner, `(${SINCE}, last: 2)`);
    expect(versions(last)).toEqual([6, 7]);
    const before = await page(owner, `(${SINCE}, last: 3, before: "${last.pageInfo.startCursor}")`);
    expect(versions(before)).toEqual([3, 4, 5]);
  });

  it.each([
    ['after', '', SINCE],
    ['before', '', SINCE],
    ['after', SINCE, ''],
    ['before', SINCE, ''],
  ])('refuses in %s a cursor of the other order: of a page with (%s), for one with (%s)', async (argument, given, asked) => {
    const { pageInfo } = await page(owner, given === '' ? '' : `(${given})`);
    const { data, errors } = await owner.send(`{ events(${argument}: "${pageInfo.endCursor}", ${asked}) ${PAGE} }`);
    expect(data).toEqual({ events: null });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', path: [argument] } }]);
    expect(errors?.[0]?.message).toMatch(/in commit order/);
  });
});

it.each(['after', 'before'])('refuses a cursor that is none in %s', async (argument) => {
  const { errors } = await owner.send(`{ events(${argument}: "nonsense") ${PAGE} }`);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', path: [argument] } }]);
});

describe('who may see', () => {
  it('refuses an owner the events of another account', async () => {
    const { data, errors } = await owner.send(`{ events(filter: {account: "${newAccount()}"}) ${PAGE} }`);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(data).toEqual({ events: null });
  });

  it('hides an event of another account behind node(id), and shows it to an auditor', async () => {
    const stranger = await world.client({});
    const [edge] = (await page(owner)).edges;
    const node = `{ node(id: "${edge?.node.id}") { ... on KeyEvent { eventId } } }`;
    expect((await stranger.send(node)).data).toEqual({ node: null });
    expect((await owner.send(node)).data).toEqual({ node: { eventId: edge?.node.eventId } });
    expect((await auditor.send(node)).data).toEqual({ node: { eventId: edge?.node.eventId } });
  });

  it.each([
    `{ events ${PAGE} }`,
    '{ couldAuthenticate(keyId: "key_aaaaaaaaaaaaaaaaaaaaaa", at: "2026-01-01T00:00:00Z") }',
    '{ account { history { edges { cursor } } } }',
    '{ account { asOf(at: "2026-01-01T00:00:00Z") { activeKeyCount } } }',
  ])('refuses an analyst %#', async (query) => {
    const analyst = await world.client({ role: 'analyst', account: owner.account });
    const { errors } = await analyst.send(query);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it('answers a stranger about a key as if it had never been', async () => {
    const stranger = await world.client({});
    const query = `{ couldAuthenticate(keyId: "${keyIds[3]}", at: "2026-05-02T00:00:00Z") }`;
    expect((await stranger.send(query)).data).toEqual({ couldAuthenticate: false });
    expect((await owner.send(query)).data).toEqual({ couldAuthenticate: true });
    expect((await auditor.send(query)).data).toEqual({ couldAuthenticate: true });
  });
});

describe('as of an instant', () => {
  const asOf = async (at: string) => {
    const { data } = await owner.send<{ account: { asOf: { activeKeyCount: number; keys: { keyId: string }[] } } }>(
      `{ account { asOf(at: "${at}") { activeKeyCount keys { keyId couldAuthenticate } } } }`,
    );
    return data?.account.asOf.keys.map(({ keyId }) => keyIds.indexOf(keyId));
  };

  it('knows the keys that were held then', async () => {
    expect(await asOf('2026-05-01T00:00:00.999Z')).toEqual([]);
    expect(await asOf('2026-05-01T00:00:01.000Z')).toEqual([0]);
    expect(await asOf('2026-05-01T00:00:01.999Z')).toEqual([0]);
    expect(await asOf('2026-05-01T00:00:02.000Z')).toEqual([]);
    expect(await asOf('2026-05-01T00:00:05.500Z')).toEqual([2]);
    expect(await asOf('2030-01-01T00:00:00Z')).toEqual([3]);
  });

  it('knows whether a deleted key could authenticate', async () => {
    const could = async (at: string) =>
      (await owner.send(`{ couldAuthenticate(keyId: "${keyIds[0]}", at: "${at}") }`)).data?.couldAuthenticate;
    expect(await could('2026-05-01T00:00:01.500Z')).toBe(true);
    expect(await could('2026-05-01T00:00:02.000Z')).toBe(false);
  });
});

it('agrees with what verification answered, instant by instant, over expiry and overlap', async () => {
  const client = await world.client({});
  const answered: [instant: number, keyId: string, accepted: boolean][] = [];
  const secrets = new Map<string, string>();
  const ask = () => {
    for (const [keyId, secret] of secrets) {
      answered.push([now, keyId, world.app.verification.verify(keyId, secret) !== undefined]);
    }
  };
  // The next change comes a millisecond after the last question, since at the very instant of a change both answers are right.
  const pass = (milliseconds: number) => {
    for (const end = now + milliseconds; now < end; ) {
      now += 500;
      ask();
    }
    now += 1;
  };
  const expiring = await client.newKey({ name: 'expiring', expiresAt: new Date(now + 3000).toISOString() });
  secrets.set(expiring.key.keyId, expiring.secret);
  pass(2000);
  const rotated = await client.newKey({ name: 'rotated' });
  secrets.set(rotated.key.keyId, rotated.secret);
  pass(2000);
  const successor = await client.rotateKey({ keyId: rotated.key.keyId, overlapSeconds: 2 });
  if (successor.__typename !== 'CreateKeyPayload') throw new Error('No successor.');
  secrets.set(successor.key.keyId, successor.secret);
  pass(3000);
  await client.deleteKey(successor.key.keyId);
  pass(1000);
  expect(new Set(answered.map(([, , accepted]) => accepted))).toEqual(new Set([true, false]));
  while ((await page(client)).edges.length < 6) await delay(25);
  for (const [instant, keyId, accepted] of answered) {
    const at = new Date(instant).toISOString();
    const { data } = await client.send(`{ couldAuthenticate(keyId: "${keyId}", at: "${at}") }`);
    expect([at, keyId, data?.couldAuthenticate]).toEqual([at, keyId, accepted]);
  }
});
