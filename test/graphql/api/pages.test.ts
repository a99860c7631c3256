import { getNamedType, isObjectType } from 'graphql';
import { listLengthOf } from '../../../src/graphql/api/list-lengths.js';
import { schema } from '../../../src/graphql/api/schema.js';
import type { Client } from '../../support/client.js';
import { follow, take } from '../../support/feed.js';
import { untilProjected } from '../../support/readiness.js';
import { openFilledWorld, type World } from '../../support/world.js';

type Asker = 'owner' | 'operator' | 'auditor' | 'analyst';

/** Every field with an argument for the length of its list, and how to select it. */
const LISTS: Record<string, { asker: Asker; document: (list: string) => string }> = {
  'Query.events': { asker: 'owner', document: (list) => `{ ${list} }` },
  'Query.accounts': { asker: 'operator', document: (list) => `{ ${list} }` },
  'Query.reads': { asker: 'auditor', document: (list) => `{ ${list} }` },
  'Account.history': { asker: 'owner', document: (list) => `{ account { ${list} } }` },
  'Account.deletedKeys': { asker: 'owner', document: (list) => `{ account { ${list} } }` },
  'ApiKey.history': { asker: 'owner', document: (list) => `{ account { keys { ${list} } } }` },
  'ApiKey.usage': { asker: 'owner', document: (list) => `{ account { keys { ${list} } } }` },
  'DeletedKey.history': {
    asker: 'owner',
    document: (list) => `{ account { deletedKeys(first: 1) { edges { node { ${list} } } } } }`,
  },
  'Analytics.accountsAtLimit': { asker: 'analyst', document: (list) => `{ analytics { ${list} } }` },
  'Analytics.distribution': { asker: 'analyst', document: (list) => `{ analytics { ${list} } }` },
};

const CONNECTIONS = Object.keys(LISTS).filter((name) =>
  fieldOf(name)
    ?.type.toString()
    .match(/Connection!?$/),
);
const PAGE = '{ edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }';

let world: World;
let askers: Record<Asker, Client>;
let never: Client;
beforeAll(async () => {
  world = await openFilledWorld();
  const [owner, operator, auditor, analyst] = [
    await world.client({}),
    await world.client({ role: 'operator' }),
    await world.client({ role: 'auditor' }),
    await world.client({ role: 'analyst' }),
  ];
  askers = { owner, operator, auditor, analyst };
  never = await world.client({});
  const { key } = await owner.newKey();
  await owner.deleteKey(key.keyId);
  await owner.newKey();
  await untilProjected(world);
});

function fieldOf(name: string) {
  const [type = '', field = ''] = name.split('.');
  const parent = schema.getType(type);
  return isObjectType(parent) ? parent.getFields()[field] : undefined;
}

it('knows every list whose length can be asked for', () => {
  const found = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => listLengthOf(field))
        .map((field) => `${type.name}.${field.name}`),
    );
  expect(found.sort()).toEqual(Object.keys(LISTS).sort());
});

it('knows every connection', () => {
  const found = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => getNamedType(field.type).name.endsWith('Connection'))
        .map((field) => `${type.name}.${field.name}`),
    );
  expect(found.sort()).toEqual([...CONNECTIONS].sort());
});

/** Selects the list with these arguments, for an account that has elements of it. */
function ask(name: string, given: string, variables?: string, values = {}) {
  const [, field = ''] = name.split('.');
  const { asker, document } = LISTS[name] ?? { asker: 'owner', document: String };
  const metric = field === 'distribution' ? 'metric: KEY_AGE, ' : '';
  const selection = CONNECTIONS.includes(name) ? PAGE : '{ __typename }';
  const text = document(`${field}(${metric}${given}) ${selection}`);
  return askers[asker].send(variables ? `query (${variables}) ${text}` : text, values);
}

/** The value at that path of the answer. */
function valueAt(data: unknown, path: (string | number)[]): unknown {
  return path.reduce((value: unknown, step) => Reflect.get(Object(value), step), data);
}

describe.each(Object.keys(LISTS))('%s', (name) => {
  const { names = [], minSize = 0, maxSize = 0 } = listLengthOf(fieldOf(name)) ?? {};
  const cases = names.flatMap((argument) => [minSize - 1, maxSize + 1, 2 ** 31 - 1].map((size) => [argument, size] as const));

  it.each(cases)('refuses %s: %i, with code and path, and gives no shorter list', async (argument, size) => {
    const asked = [
      await ask(name, `${argument}: ${size}`),
      await ask(name, `${argument}: $n`, '$n: Int', { n: size }),
      await ask(name, `${argument}: $n`, `$n: Int = ${size}`),
    ];
    for (const { data, errors } of asked) {
      expect(valueAt(data, errors?.[0]?.path ?? [])).toBeNull();
      expect(errors).toMatchObject([
        {
          message: `${argument} must be from ${minSize} to ${maxSize}`,
          extensions: { code: 'BAD_USER_INPUT', path: [argument] },
        },
      ]);
    }
  });

  it.each(names)('gives as many as that for %s, and what it gives unless told for null', async (argument) => {
    for (const size of [minSize, maxSize, null]) {
      expect((await ask(name, `${argument}: ${size}`)).errors).toBeUndefined();
      expect((await ask(name, `${argument}: $n`, '$n: Int', { n: size })).errors).toBeUndefined();
    }
    expect((await ask(name, `${argument}: $n`, '$n: Int = 1000', { n: 1 })).errors).toBeUndefined();
  });
});

describe.each(CONNECTIONS)('%s', (name) => {
  it.each([
    ['first and last together', 'first: 1, last: 1', ['last']],
    ['an empty cursor', 'after: ""', ['after']],
    ['a cursor that no answer gave', 'before: "bm8"', ['before']],
  ])('refuses %s', async (_fault, given, path) => {
    const { errors } = await ask(name, given);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', path } }]);
  });

  it('has no cursors on an empty page', async () => {
    for (const given of ['first: 0', 'last: 0', 'first: $n']) {
      const { data, errors } = await ask(name, given, given.includes('$n') ? '$n: Int!' : undefined, { n: 0 });
      expect(errors).toBeUndefined();
      expect(JSON.stringify(data)).toContain('"edges":[]');
      expect(JSON.stringify(data)).toContain('"startCursor":null,"endCursor":null');
    }
  });
});

it('refuses a page below a mutation before anything is done: its secret would be lost', async () => {
  const client = await world.client({});
  const create = (page: string) =>
    `mutation { createKey(input: { name: "a" }) { ... on CreateKeyPayload { secret account { ${page} } } } }`;
  for (const page of ['history(first: 101) { edges { cursor } }', 'keys { usage(days: 400) { count } }']) {
    expect((await client.send(create(page))).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  }
  expect((await client.readAccount()).keys).toEqual([]);
});

it('has no cursors behind the last item either', async () => {
  const { owner } = askers;
  type Answer = { events: { pageInfo: { endCursor: string | null } } };
  const after = (cursor: string | null) => `{ events(first: 100, after: ${JSON.stringify(cursor)}) ${PAGE} }`;
  const { data: all } = await owner.send<Answer>(after(null));
  const { data } = await owner.send<Answer>(after(all?.events.pageInfo.endCursor ?? null));
  expect(data).toEqual({
    events: { edges: [], pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null } },
  });
});

it.each(['Query.events', 'Query.reads'])('has no cursors on an empty page of %s in the order of times either', async (name) => {
  const { data, errors } = await ask(name, 'filter: { from: "9999-01-01T00:00:00Z" }');
  expect(errors).toBeUndefined();
  expect(JSON.stringify(data)).toContain('"edges":[]');
  expect(JSON.stringify(data)).toContain('"startCursor":null,"endCursor":null');
});

it('lets a feed begin where an empty page was, and miss nothing that came between', async () => {
  const { data } = await never.send<{ events: { pageInfo: { endCursor: string | null } } }>(
    '{ events(last: 1) { pageInfo { endCursor } } }',
  );
  expect(data?.events.pageInfo.endCursor).toBeNull();
  const { key } = await never.newKey();
  const feed = follow(never, { after: data?.events.pageInfo.endCursor });
  expect((await take(feed, 1))[0]?.node).toMatchObject({ version: 1, __typename: 'KeyCreated' });
  await never.deleteKey(key.keyId);
  expect((await take(feed, 1))[0]?.node).toMatchObject({ version: 2, __typename: 'KeyDeleted' });
  await feed.return(undefined);
});
