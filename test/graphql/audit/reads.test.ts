import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { DAY, dayOf } from '../../../src/domain/usage/key-usage.js';
import { TransparencyProjection } from '../../../src/projections/transparency/transparency.js';
import Database from '../../../src/shared/sqlite.js';
import { encode } from '../../../src/store/codec.js';
import { StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { REMOVED_READS_STREAM, readsStreamOf } from '../../../src/store/streams.js';
import { newAccount, temporaryDirectory } from '../../support/cleanup.js';
import type { Client } from '../../support/client.js';
import { scrape, valueIn } from '../../support/exposition.js';
import { follow, take } from '../../support/feed.js';
import { readinessOf } from '../../support/readiness.js';
import { at, START } from '../../support/specification.js';
import { HangingAppends, LosingAnswers } from '../../support/store-doubles.js';
import { openFilledWorld, type World } from '../../support/world.js';

interface ReadNode {
  at: string;
  actor: string;
  what: string;
  filter: Record<string, string>;
  times: number;
}

interface Page {
  edges: { cursor: string; node: ReadNode }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
}

const READS = '{ edges { cursor node { at actor what filter times } } pageInfo { hasNextPage endCursor } }';
const EVENTS = '{ edges { cursor node { eventId } } }';
const [AT, LATER] = ['2026-06-01T00:00:00.000Z', '2026-06-02T00:00:00.000Z'];
const NOW = Date.parse('2026-05-01T00:00:00Z');

let world: World;
let auditor: Client;
let owner: Client;
let keyId: string;
beforeAll(async () => {
  world = await openFilledWorld({ clock: () => NOW });
  auditor = await world.client({ role: 'auditor', subject: 'the-auditor' });
  owner = await world.client({ subject: 'the-owner' });
  keyId = (await owner.newKey()).key.keyId;
});

async function page(client: Client, args: string): Promise<Page> {
  const { data, errors } = await client.send<{ reads: Page }>(`{ reads(${args}) ${READS} }`);
  if (!data?.reads) throw new Error(JSON.stringify(errors));
  return data.reads;
}

async function readsBy(actor: string, client = auditor): Promise<ReadNode[]> {
  return (await page(client, `first: 100, filter: { actor: "${actor}" }`)).edges.map(({ node }) => node);
}

/** The records of that reader, once there are that many reads. */
async function recordedBy(actor: string, count: number, client = auditor): Promise<ReadNode[]> {
  for (;;) {
    const reads = await readsBy(actor, client);
    if (reads.reduce((sum, { times }) => sum + times, 0) >= count) return reads;
    await delay(25);
  }
}

describe('is recorded, with who, what, which and when:', () => {
  let readers = 0;
  let owner: Client;
  let keyId: string;
  beforeAll(async () => {
    owner = await world.client({});
    keyId = (await owner.newKey()).key.keyId;
  });
  it.each<[what: string, query: () => string, filter: () => object]>([
    [
      'events',
      () =>
        `{ events(filter: { account: "a", keyId: "${keyId}", type: KEY_DELETED, actor: "b", from: "${AT}", to: "${LATER}" }) ${EVENTS} }`,
      () => ({ account: 'a', keyId, type: 'KeyDeleted', actor: 'b', from: AT, to: LATER }),
    ],
    ['events', () => `{ events ${EVENTS} }`, () => ({})],
    [
      'Account.history',
      () => `{ account(accountId: "${owner.account}") { history ${EVENTS} } }`,
      () => ({ account: owner.account }),
    ],
    ['ApiKey.history', () => `{ account(accountId: "${owner.account}") { keys { history ${EVENTS} } } }`, () => ({ keyId })],
    [
      'Account.asOf',
      () => `{ account(accountId: "${owner.account}") { asOf(at: "${AT}") { activeKeyCount } } }`,
      () => ({ account: owner.account, at: AT }),
    ],
    ['couldAuthenticate', () => `{ couldAuthenticate(keyId: "${keyId}", at: "${AT}") }`, () => ({ keyId, at: AT })],
    ['reads', () => `{ reads(filter: { actor: "x", from: "${AT}" }) ${READS} }`, () => ({ actor: 'x', from: AT })],
  ])('%s', async (what, query, filter) => {
    const subject = `reader-${++readers}`;
    const reader = await world.client({ role: 'auditor', subject });
    expect((await reader.send(query())).errors).toBeUndefined();
    expect(await recordedBy(subject, 1)).toEqual([
      { at: new Date(NOW).toISOString(), actor: subject, what, filter: filter(), times: 1 },
    ]);
  });
});

it('records what is found by its id, lists of deleted keys, and feeds', async () => {
  const reader = await world.client({ role: 'auditor', subject: 'thorough' });
  const { data } = await owner.send<{ events: { edges: { node: { id: string } }[] } }>('{ events { edges { node { id } } } }');
  await reader.send(`{ node(id: "${data?.events.edges[0]?.node.id}") { id } }`);
  await reader.send(`{ account(accountId: "${owner.account}") { deletedKeys { edges { cursor } } } }`);
  const feed = follow(reader, { filter: { account: owner.account } });
  await take(feed, 1);
  await feed.return(undefined);
  const filter = { account: owner.account };
  expect(await recordedBy('thorough', 3)).toMatchObject([
    { what: 'node', filter },
    { what: 'Account.deletedKeys', filter },
    { what: 'Subscription.events', filter },
  ]);
});

it("records an owner's reads of its own history, with its account", async () => {
  const reader = await world.client({ subject: 'curious', account: owner.account });
  await reader.send(`{ events ${EVENTS} account { history ${EVENTS} } }`);
  expect(await recordedBy('curious', 2)).toMatchObject([
    { what: 'events', filter: { account: owner.account } },
    { what: 'Account.history', filter: { account: owner.account } },
  ]);
});

it('records nothing of a read that was refused, or that showed nothing of another account', async () => {
  const viewer = { subject: 'snooper', account: newAccount() };
  const [snooper, analyst] = [await world.client(viewer), await world.client({ ...viewer, role: 'analyst' })];
  for (const client of [snooper, analyst]) {
    await client.send(`{ events(filter: { account: "${owner.account}" }) ${EVENTS} }`);
    await client.send(`{ account(accountId: "${owner.account}") { history ${EVENTS} asOf(at: "${AT}") { activeKeyCount } } }`);
    await client.send(`{ couldAuthenticate(keyId: "${keyId}", at: "${AT}") }`);
    await client.send(`{ reads ${READS} }`);
  }
  await analyst.send(`{ events ${EVENTS} }`);
  await snooper.send(`{ events ${EVENTS} }`);
  expect(await recordedBy('snooper', 1)).toMatchObject([{ what: 'events', filter: { account: viewer.account }, times: 1 }]);
});

it('records a page that reconnects once, and at once what it has not shown before', async () => {
  const reader = await world.client({ role: 'auditor', subject: 'unlucky' });
  const filter = { account: owner.account };
  const latest = `query ($filter: EventFilter, $before: String) { events(filter: $filter, last: 1, before: $before) ${EVENTS} }`;
  const begin = async (after?: string) => {
    const feed = follow(reader, { filter, after });
    const [event] = await take(feed, 1);
    await feed.return(undefined);
    return event?.cursor ?? '';
  };
  const cursor = await begin();
  await owner.newKey();
  const seen = Promise.all([recordedBy('unlucky', 1), reader.send(latest, { filter })]);
  await seen;
  await recordedBy('unlucky', 2);
  for (let tries = 0; tries < 3; tries += 1) {
    await Promise.all([begin(cursor), reader.send(latest, { filter })]);
    await reader.send(`{ events(filter: { actor: "of-try-${tries}" }) ${EVENTS} }`);
    await recordedBy('unlucky', 3 + tries);
  }
  await reader.send(latest, { filter, before: cursor });
  const whats = (await recordedBy('unlucky', 6)).filter((read) => read.filter.account !== undefined);
  expect(whats.map(({ what, times }) => `${what} ${times}`)).toEqual(['Subscription.events 1', 'events 1', 'events 1']);
});

it('shows who read to auditors alone', async () => {
  for (const role of ['owner', 'analyst'] as const) {
    const { data, errors } = await (await world.client({ role })).send(`{ reads ${READS} }`);
    expect({ data, errors }).toMatchObject({ data: { reads: null }, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  }
  const body = JSON.stringify({ query: `{ reads ${READS} }` });
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(`${world.url}/graphql`, { method: 'POST', headers, body })).status).toBe(401);
});

it('gives every record once, page by page', async () => {
  const reader = await world.client({ role: 'auditor', subject: 'pager' });
  for (let i = 0; i < 5; i += 1) await reader.send(`{ events(filter: { actor: "actor-${i}" }) ${EVENTS} }`);
  await recordedBy('pager', 5);
  const seen: (string | undefined)[] = [];
  for (let after = '', more = true; more; ) {
    const { edges, pageInfo } = await page(auditor, `filter: { actor: "pager" }, first: 2${after}`);
    seen.push(...edges.map(({ node }) => node.filter.actor));
    more = pageInfo.hasNextPage;
    after = `, after: "${pageInfo.endCursor}"`;
  }
  expect(seen).toEqual([0, 1, 2, 3, 4].map((i) => `actor-${i}`));
  const { edges } = await page(auditor, 'filter: { actor: "pager" }, last: 1');
  expect(edges.map(({ node }) => node.filter.actor)).toEqual(['actor-4']);
});

it('gives with `from` the same in the order of times, and takes no cursor of the other order', async () => {
  const reader = await world.client({ role: 'auditor', subject: 'timekeeper' });
  for (let i = 0; i < 3; i += 1) await reader.send(`{ events(filter: { actor: "actor-${i}" }) ${EVENTS} }`);
  await recordedBy('timekeeper', 3);
  const since = `actor: "timekeeper", from: "${new Date(NOW).toISOString()}"`;
  const seen: (string | undefined)[] = [];
  let cursor = '';
  for (let after = '', more = true; more; ) {
    const { edges, pageInfo } = await page(auditor, `filter: { ${since} }, first: 2${after}`);
    seen.push(...edges.map(({ node }) => node.filter.actor));
    more = pageInfo.hasNextPage;
    cursor = pageInfo.endCursor;
    after = `, after: "${cursor}"`;
  }
  expect(seen).toEqual(['actor-0', 'actor-1', 'actor-2']);
  const refused = { data: { reads: null }, errors: [{ extensions: { code: 'BAD_USER_INPUT', path: ['after'] } }] };
  expect(await auditor.send(`{ reads(after: "${cursor}") ${READS} }`)).toMatchObject(refused);
  const { pageInfo } = await page(auditor, 'first: 1');
  expect(await auditor.send(`{ reads(filter: { ${since} }, after: "${pageInfo.endCursor}") ${READS} }`)).toMatchObject(refused);
});

it('tells auditors which records were removed because of their age', async () => {
  const store = new SqliteEventStore(':memory:');
  const reads = [at(START), at(START + DAY)].map((time) => {
    const data = { what: 'events', filter: {}, times: 1 };
    return encode({ type: 'HistoryRead', data, at: time, actor: 'early' }, 'none');
  });
  for (const read of reads) await store.append(readsStreamOf(read.metadata.at, 'early'), 0, [read]);
  const before = dayOf(START + DAY);
  const removed = { type: 'ReadsRemoved' as const, data: { before, records: 1 }, at: at(START + 9 * DAY), actor: 'system' };
  const ofRetention = async (client: Client) =>
    (await client.send(`{ reads(filter: { actor: "early" }) { removedBefore removedRecords edges { node { at } } } }`)).data;
  const past = await openFilledWorld({ store });
  const reader = await past.client({ role: 'auditor', subject: 'late' });
  const shown = (...times: string[]) => times.map((time) => ({ node: { at: time } }));
  expect(await ofRetention(reader)).toEqual({
    reads: { removedBefore: null, removedRecords: 0, edges: shown(at(START), at(START + DAY)) },
  });
  await store.append(REMOVED_READS_STREAM, 0, [encode(removed, 'none')]);
  const expected = { removedBefore: `${before}T00:00:00.000Z`, removedRecords: 1, edges: shown(at(START + DAY)) };
  for (let reads: unknown; !isDeepStrictEqual(reads, expected); ) {
    reads = (await ofRetention(reader))?.reads;
    await delay(25);
  }
  const metrics = await scrape(past);
  expect(valueIn(metrics, 'keyledger_removed_reads')).toBe(1);
  expect(valueIn(metrics, 'keyledger_removed_reads_before_timestamp_seconds')).toBe(Date.parse(before) / 1000);
});

it('is listed by /readyz', async () => {
  expect((await readinessOf(world)).body.projections.reads).toMatchObject({ state: 'ok' });
});

it('leaves the tree, the history and the keys as they were', async () => {
  const dataDirectory = temporaryDirectory();
  const apart = await openFilledWorld({ dataDirectory });
  const client = await apart.client({ subject: 'reader' });
  const other = await apart.client({ role: 'auditor', subject: 'other' });
  const database = new Database(join(dataDirectory, 'projections.db'));
  const tree = new TransparencyProjection(database);
  await client.newKey();
  while (tree.size() < 1) await delay(25);
  const root = tree.root(1);
  await client.send(`{ account { history ${EVENTS} } }`);
  await recordedBy('reader', 1, other);
  await client.newKey();
  while (tree.size() < 2) await delay(25);
  expect(tree.root(1)).toEqual(root);
  const typesInHistory = async () => {
    const { data } = await other.send<{ events: { edges: { node: { __typename: string } }[] } }>(
      '{ events { edges { node { __typename } } } }',
    );
    return data?.events.edges.map(({ node }) => node.__typename) ?? [];
  };
  let types = await typesInHistory();
  while (types.length < 2) {
    await delay(25);
    types = await typesInHistory();
  }
  expect(types).toEqual(['KeyCreated', 'KeyCreated']);
  expect((await client.readAccount()).keys).toHaveLength(2);
  await apart.stop();
  expect(tree.size()).toBe(2);
  database.close();
});

describe('a store that takes no record', () => {
  it('that hangs neither delays nor fails a read, and records it once when it is back', async () => {
    const store = new HangingAppends(new SqliteEventStore(':memory:'), 'apiKeyReads-');
    const hampered = await openFilledWorld({ store });
    const reader = await hampered.client({ role: 'auditor', subject: 'reader' });
    for (let i = 0; i < 3; i += 1) expect((await reader.send(`{ events ${EVENTS} }`)).errors).toBeUndefined();
    while (store.tried === 0) await delay(25);
    expect((await reader.send(`{ events ${EVENTS} }`)).errors).toBeUndefined();
    store.release();
    const other = await hampered.client({ role: 'auditor', subject: 'other' });
    const reads = await recordedBy('reader', 4, other);
    expect(reads.reduce((sum, { times }) => sum + times, 0)).toBe(4);
  });

  it('that refuses neither', async () => {
    const store = new LosingAnswers(new SqliteEventStore(':memory:'));
    store.faults.push(...Array.from({ length: 3 }, () => ({ error: new StoreUnavailable(), written: false })));
    const hampered = await openFilledWorld({ store });
    const reader = await hampered.client({ role: 'auditor', subject: 'reader' });
    expect((await reader.send(`{ events ${EVENTS} }`)).errors).toBeUndefined();
    while (store.tried.length < 2) await delay(25);
    expect((await reader.send(`{ events(filter: { actor: "another" }) ${EVENTS} }`)).errors).toBeUndefined();
    const other = await hampered.client({ role: 'auditor', subject: 'other' });
    const reads = await recordedBy('reader', 2, other);
    expect(reads.reduce((sum, { times }) => sum + times, 0)).toBe(2);
  });
});
