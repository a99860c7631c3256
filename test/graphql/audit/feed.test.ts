import { newAccount } from '../../support/cleanup.js';
import type { Client } from '../../support/client.js';
import { complaintsIn } from '../../support/complaints.js';
import { beginningOf, follow, openFeed, take } from '../../support/feed.js';
import { openFilledWorld, type World } from '../../support/world.js';

let world: World;
let owner: Client;
let auditor: Client;

beforeAll(async () => {
  world = await openFilledWorld();
  auditor = await world.client({ role: 'auditor' });
  owner = await world.client({});
  await owner.newKey();
  await owner.newKey();
});

it('gives the past, then each new event as it comes', async () => {
  const feed = follow(owner);
  expect((await take(feed, 2)).map(({ node }) => node.version)).toEqual([1, 2]);
  const [held] = (await owner.readAccount()).keys;
  await owner.deleteKey(held?.keyId ?? '');
  await owner.newKey();
  const live = await take(feed, 2);
  expect(live.map(({ node }) => `${node.version} ${node.__typename}`)).toEqual(['3 KeyDeleted', '4 KeyCreated']);
  await feed.return(undefined);
});

/** True once a whole result has come. */
const hasResult = (text: string) => /^event: next\n.*\n\n/ms.test(text);

it('refuses a condition that a variable makes null, in each result', async () => {
  const query = 'subscription ($is: Boolean = true) { events { cursor @include(if: $is) } }';
  const { text } = await beginningOf(owner, { query, variables: { is: null } }, hasResult);
  expect(text).toContain('"code":"BAD_USER_INPUT"');
  expect(text).not.toContain('INTERNAL_SERVER_ERROR');
});

it.each([
  ['true', 'subscription { events @skip(if: true) { cursor } }'],
  ['false', 'subscription { events @skip(if: false) { cursor } }'],
  ['null', 'subscription { events @include(if: null) { cursor } }'],
  ['a variable', 'subscription ($is: Boolean!) { events @include(if: $is) { cursor } }'],
  ['in a fragment', 'subscription ($is: Boolean!) { ... { ... @include(if: $is) { events { cursor } } } }'],
  ['of a fragment', 'subscription { ...F @skip(if: true) } fragment F on Subscription { events { cursor } }'],
  ['within a fragment', 'subscription { ...F } fragment F on Subscription { ...F events @skip(if: true) { cursor } }'],
])('refuses a condition at the root of a subscription, which may follow nothing: %s', async (_which, query) => {
  const { text } = await beginningOf(owner, { query, variables: query.includes('$is') ? { is: true } : {} }, hasResult);
  expect(text).toContain(' is not allowed at the root of a subscription.');
  expect(text).toContain('"code":"GRAPHQL_VALIDATION_FAILED"');
  expect(complaintsIn(world.log())).toEqual([]);
});

it('goes on after a cursor, also after one that a page of the history gave', async () => {
  const [first, second] = await take(follow(owner), 2);
  const [next] = await take(follow(owner, { after: first?.cursor }), 1);
  expect(next).toEqual(second);
  const { data } = await owner.send<{ events: { pageInfo: { endCursor: string } } }>(
    '{ events(first: 3) { pageInfo { endCursor } } }',
  );
  const [fourth] = await take(follow(owner, { after: data?.events.pageInfo.endCursor }), 1);
  expect(fourth?.node.version).toBe(4);
});

it('shows an owner its own events alone, and an auditor those of everyone', async () => {
  const other = await world.client({});
  const [others, all] = [follow(other), follow(auditor, { filter: { type: 'KEY_CREATED' } })];
  await other.newKey();
  const [only] = await take(others, 1);
  expect(only?.node).toMatchObject({ account: other.account, version: 1 });
  const seen = await take(all, 4);
  expect(seen.map(({ node }) => node.account)).toEqual([owner.account, owner.account, owner.account, other.account]);
});

it('finds the one event that matches among many that do not', async () => {
  const wanted = newAccount();
  const feed = follow(auditor, { filter: { account: wanted, type: 'KEY_DELETED' } });
  const first = take(feed, 1);
  const client = await world.client({ account: wanted });
  const { key } = await client.newKey();
  await client.deleteKey(key.keyId);
  expect((await first)[0]?.node).toMatchObject({ account: wanted, version: 2, __typename: 'KeyDeleted' });
  await client.newKey();
  const { key: last } = await client.newKey();
  await client.deleteKey(last.keyId);
  expect((await take(feed, 1))[0]?.node.version).toBe(5);
});

it('is complete once the time of the filter is over, for every process', async () => {
  let now = Date.now();
  const other = await openFilledWorld({ clock: () => now, env: { KEYLEDGER_CLOCK_TOLERANCE: '10s' } });
  const client = await other.client({});
  await client.newKey();
  const to = new Date(now + 1).toISOString();
  const feed = follow(client, { filter: { to } });
  expect(await take(feed, 1)).toHaveLength(1);
  const ended = feed.next();
  now += 365 * 86_400_000;
  expect(await ended).toEqual({ done: true, value: undefined });
});

describe('refuses', () => {
  it('whoever has no token, before anything is streamed', async () => {
    const response = await openFeed({ ...owner, token: 'none' } as Client);
    expect([response.status, response.headers.get('content-type')]).toEqual([401, expect.stringContaining('application/json')]);
  });

  it.each([
    ['an analyst', () => world.client({ role: 'analyst' }), {}, { code: 'FORBIDDEN' }],
    ['an operator', () => world.client({ role: 'operator' }), {}, { code: 'FORBIDDEN' }],
    [
      "an owner who asks for another's events",
      () => world.client({}),
      { filter: { account: 'somebody' } },
      { code: 'FORBIDDEN' },
    ],
    [
      'a cursor of a page that is ordered by time',
      async () => owner,
      { after: Buffer.from('time:1767225600000:1').toString('base64url') },
      { code: 'BAD_USER_INPUT', path: ['after'] },
    ],
    ['a cursor that was never given', async () => owner, { after: 'bm8' }, { code: 'BAD_USER_INPUT', path: ['after'] }],
    [
      'a filter by what is no time',
      async () => owner,
      { filter: { from: 'noon' } },
      { code: 'BAD_USER_INPUT', path: ['filter', 'from'] },
    ],
    [
      'a time to begin with that is not before the end',
      async () => owner,
      { filter: { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' } },
      { code: 'BAD_USER_INPUT', path: ['filter', 'from'] },
    ],
  ])('%s', async (_name, client, variables, faults) => {
    const feed = follow(await client(), variables);
    const { value } = await feed.next();
    expect(value?.errors?.[0]?.extensions).toMatchObject(faults);
    expect(await feed.next()).toEqual({ done: true, value: undefined });
  });
});

it('gives an owner no event of another, whatever its cursor', async () => {
  const stranger = await world.client({});
  const [{ cursor } = { cursor: '' }] = await take(follow(auditor), 1);
  const feed = follow(stranger, { after: cursor });
  const first = take(feed, 1);
  await (await world.client({})).newKey();
  await stranger.newKey();
  expect((await first)[0]?.node.account).toBe(stranger.account);
});

it('ends with the token, and says so', async () => {
  const brief = await world.client({ account: owner.account, ttl: 2 });
  const feed = follow(brief);
  const past = await take(feed, 4);
  const { value: last } = await feed.next();
  expect(last?.errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  expect(await feed.next()).toEqual({ done: true, value: undefined });
  const renewed = await world.client({ account: owner.account });
  const rest = follow(renewed, { after: past.at(-1)?.cursor });
  const { events } = (await renewed.send<{ events: { edges: unknown[] } }>('{ events(first: 100) { edges { cursor } } }'))
    .data ?? { events: { edges: [] } };
  expect(await take(rest, events.edges.length - 4)).toHaveLength(events.edges.length - 4);
});

it('does not hold up a server that stops', async () => {
  const other = await openFilledWorld();
  const client = await other.client({});
  const feed = follow(client);
  await client.newKey();
  await take(feed, 1);
  const broken = expect(feed.next()).rejects.toThrow();
  await other.stop();
  await broken;
});
