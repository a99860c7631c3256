import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../../src/store/streams.js';
import type { Client, GraphQLFault } from '../../support/client.js';
import { eventsOf } from '../../support/store-doubles.js';
import { openWorld, type World } from '../../support/world.js';

const store = new SqliteEventStore(':memory:');
let world: World;
let client: Client;
beforeAll(async () => {
  world = await openWorld({ store });
});
beforeEach(async () => {
  client = await world.client({});
});

const events = () => eventsOf(store, streamOf('apiKeys', client.account));
const create = (below: string, declared = '', rest = '') =>
  `mutation M ${declared} { createKey(input: { name: "a" }) { ... on CreateKeyPayload { secret ${below} } } } ${rest}`;

/** The document's variables, their values, and the text after its operation. */
interface More {
  declared?: string;
  variables?: Record<string, unknown>;
  rest?: string;
}

type Fault = [below: string, path: (string | number)[], more?: More];

const faults: Fault[] = [
  ['key { usage(days: 400) { count } }', ['days']],
  ['key { usage(days: 0) { count } }', ['days']],
  ['account { history(first: 1000000) { edges { cursor } } }', ['first']],
  ['account { history(first: -1) { edges { cursor } } }', ['first']],
  ['account { history(first: 1, last: 1) { edges { cursor } } }', ['last']],
  ['account { history(after: "nonsense") { edges { cursor } } }', ['after']],
  ['account { deletedKeys(before: "") { edges { cursor } } }', ['before']],
  ['account { deletedKeys(first: 1) { edges { node { history(last: 101) { edges { cursor } } } } } }', ['last']],
  ['key { history(after: "nonsense") { edges { cursor } } }', ['after']],
  ['account { expiringKeys(withinSeconds: -1) { id } }', ['withinSeconds']],
  ['account { keys { aliased: usage(days: 367) { count } } }', ['days']],
  ['key { usage(days: $days) { count } }', ['days'], { declared: '($days: Int)', variables: { days: 400 } }],
  ['key { usage(days: $days) { count } }', ['days'], { declared: '($days: Int!)', variables: { days: -1 } }],
  ['key { usage(days: $days) { count } }', ['days'], { declared: '($days: Int = 400)' }],
  [
    'account { asOf(at: $at) { at } }',
    ['at'],
    { declared: '($at: DateTime = "2026-01-01T00:00:00Z")', variables: { at: null } },
  ],
  ['key @include(if: $wanted) { id }', ['if'], { declared: '($wanted: Boolean = true)', variables: { wanted: null } }],
  [
    'account { ... @skip(if: $unwanted) { id } }',
    ['if'],
    { declared: '($unwanted: Boolean = true)', variables: { unwanted: null } },
  ],
  ['...Below', ['days'], { rest: 'fragment Below on CreateKeyPayload { key { usage(days: 400) { count } } }' }],
  [
    '...Below',
    ['days'],
    {
      declared: '($days: Int)',
      variables: { days: 400 },
      rest: 'fragment Below on CreateKeyPayload { key { usage(days: $days) { count } } }',
    },
  ],
  ['... { key { ... on KeyRecord { ... on ApiKey { usage(days: 400) { count } } } } }', ['days']],
  [
    'key { usage(days: 400) @include(if: $wanted) { count } }',
    ['days'],
    { declared: '($wanted: Boolean!)', variables: { wanted: true } },
  ],
];

it.each(faults)(
  'makes no key where its answer would be refused in part: %s',
  async (below, path, { declared, variables = {}, rest }: More = {}) => {
    const { data, errors } = await client.send(create(below, declared, rest), variables);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', path } }]);
    expect(errors?.[0]?.path).toBeUndefined();
    expect(data).toBeUndefined();
    expect(await events()).toEqual([]);
  },
);

it.each([
  ['the first', 'bad', 'good'],
  ['the second', 'good', 'bad'],
])('changes nothing where %s of two changes is at fault', async (_which, ...names) => {
  const field = (name: string) =>
    `${name}: createKey(input: { name: "${name === 'bad' ? '' : name}" }) { ... on CreateKeyPayload { secret } }`;
  const { data, errors } = await client.send(`mutation { ${names.map(field).join(' ')} }`);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', path: ['input', 'name'] } }]);
  expect(data).toBeUndefined();
  expect(await events()).toEqual([]);
});

it('tells of every fault at once', async () => {
  const { errors } = await client.send(
    create(
      'key { usage(days: 0) { count } history(first: 101) { edges { cursor } } } account { expiringKeys(withinSeconds: -1) { id } }',
    ),
  );
  const pathsIn = (errors: GraphQLFault[] = []) => errors.map(({ extensions }) => extensions?.path);
  expect(pathsIn(errors)).toEqual([['days'], ['first'], ['withinSeconds']]);
  expect(await events()).toEqual([]);
});

it('has the status 400 for clients that know the media type, and 200 for others', async () => {
  const send = (accept: string) =>
    fetch(`${world.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${client.token}`, accept },
      body: JSON.stringify({ query: create('key { usage(days: 400) { count } }') }),
    });
  expect((await send('application/graphql-response+json')).status).toBe(400);
  expect((await send('application/json')).status).toBe(200);
});

it('checks a document anew each time, for its variables differ', async () => {
  const document = create('key { usage(days: $days) { count } }', '($days: Int)');
  const keysFor = async (days: number) => (await client.send<{ createKey: object }>(document, { days })).data;
  expect(await keysFor(1)).toMatchObject({ createKey: { secret: expect.any(String) } });
  expect(await keysFor(400)).toBeUndefined();
  expect(await events()).toHaveLength(1);
});

describe('does not check', () => {
  it.each([
    ['a field that is skipped', create('key @skip(if: true) { usage(days: 400) { count } }')],
    ['a field that is not included', create('account @include(if: false) { expiringKeys(withinSeconds: -1) { id } }')],
    ['a fragment that is skipped', create('... @skip(if: true) { key { usage(days: 400) { count } } }')],
    ['another operation', create('key { id }', '', 'query Q { account { keys { usage(days: 400) { count } } } }')],
  ])('%s', async (_what, query) => {
    const response = await fetch(`${world.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${client.token}` },
      body: JSON.stringify({ query, operationName: 'M' }),
    });
    expect(await response.json()).toMatchObject({ data: { createKey: { secret: expect.stringMatching(/^kls_/) } } });
  });
});

it('a proof for a tree that does not exist yet takes no secret away', async () => {
  const { data, errors } = await client.send<{ createKey: object }>(
    create('account { history { edges { node { __typename inclusionProof(treeSize: 2147483647) { path } } } } }'),
  );
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', path: ['treeSize'] } }]);
  expect(data?.createKey).toMatchObject({
    secret: expect.stringMatching(/^kls_/),
    account: { history: { edges: [{ node: { __typename: 'KeyCreated', inclusionProof: null } }] } },
  });
});
