import { request } from 'node:http';
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { getIntrospectionQuery, parse, validate } from 'graphql';
import * as documents from '../../../src/client/gql/graphql.js';
import { CostLimit } from '../../../src/graphql/api/cost.js';
import { toGlobalId } from '../../../src/graphql/api/global-id.js';
import { LIMITS } from '../../../src/graphql/api/limits.js';
import { schema } from '../../../src/graphql/api/schema.js';
import type { Client } from '../../support/client.js';
import { openWorld, type World } from '../../support/world.js';

const MUTATION = 'mutation { createKey(input: {name: "a"}) { __typename } }';
/** The part of each limit that our own clients may use. */
const USED = 3 / 4;
const OPERATIONS = Object.values(documents).filter((document) => document instanceof documents.TypedDocumentString);

let world: World;
let client: Client;
/** A client of a world with production settings. */
let guarded: Client;
beforeAll(async () => {
  world = await openWorld();
  client = await world.client({});
  guarded = await (await openWorld({ env: { NODE_ENV: 'production' } })).client({});
});

interface Reply {
  status: number;
  headers: Headers;
  text: string;
}

/** A request with a valid token, and otherwise only what is given. */
async function ask({ url, token }: Client, path: string, { headers, ...init }: RequestInit = {}): Promise<Reply> {
  const response = await fetch(url + path, { ...init, headers: { authorization: `Bearer ${token}`, ...headers } });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function post(to: Client, body: unknown, contentType = 'application/json'): Promise<Reply> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return ask(to, '/graphql', { method: 'POST', headers: { 'content-type': contentType }, body: text });
}

function get(to: Client, query: string, headers: Record<string, string> = {}): Promise<Reply> {
  return ask(to, `/graphql?query=${encodeURIComponent(query)}`, { headers });
}

function times(count: number, part: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => part(index)).join(' ');
}

const allSeries = (count: number, fields: string) =>
  times(count, (index) => {
    const range = 'from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z", interval: DAY';
    return `s${index}: timeSeries(metric: ACTIVE_KEYS, ${range}) { ${fields} }`;
  });
const folds = (count: number) => times(count, (index) => `a${index}: asOf(at: "2026-11-23T00:00:00Z") { activeKeyCount }`);
const histories = (...types: string[]) =>
  `node(id: "${toGlobalId('ApiKey', 'key_0000000000000000000000')}") { ${types.map((type) => `... on ${type} { history(first: 50) { edges { node { ${times(110, () => 'at')} } } } }`).join(' ')} }`;
function pagesOfPages(outer: string, inner: string): string {
  return `account { deletedKeys(${outer}) { edges { node { history(${inner}) { edges { node { at actor } } } } } } }`;
}

it('takes no body for an answer of its own', async () => {
  const world = await openWorld();
  const client = await world.client({});
  const response = await fetch(`${world.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${client.token}` },
    body: JSON.stringify({ status: 200, headers: { 'x-posed': 'yes' }, body: 'posed' }),
  });
  expect(response.status).toBe(400);
  expect(response.headers.get('x-posed')).toBeNull();
  expect(await response.text()).toContain('not a GraphQL request');
});

describe('one document', () => {
  it.each([
    ['tokens', `{ ${times(LIMITS.tokens, () => '__typename')} }`, 'token'],
    ['depth', `{ __type(name: "Query") { ${times(12, () => 'ofType {')} name ${times(12, () => '}')} } }`, 'depth'],
    ['aliases', `{ ${times(LIMITS.aliases + 1, (index) => `a${index}: __typename`)} }`, 'Aliases'],
    ['directives', `{ __typename ${times(LIMITS.directives + 1, () => '@include(if: true)')} }`, 'Directives'],
    ['cost', `{ events(first: 100) { edges { node { ${times(300, () => 'canonical')} } } } }`, 'cost'],
    ['cost, of pages of pages', `{ ${pagesOfPages('first: 100', 'last: 100')} }`, 'cost'],
    ['cost, where no size is given', `{ ${pagesOfPages('after: null', 'before: null')} }`, 'cost'],
    ['cost, where sizes are variables', `query ($n: Int) { ${pagesOfPages('first: $n', 'last: $n')} }`, 'cost'],
    ['cost, of lists of days', `{ account { keys { usage(days: 366) { ${times(28, () => 'count')} } } } }`, 'cost'],
    ['cost, of time series, however short', `{ analytics { ${allSeries(5, 'points { start value }')} } }`, 'cost'],
    [
      'cost, of time series, in fragments',
      `{ analytics { ${allSeries(5, '...a')} } } fragment a on TimeSeries { points { start value } }`,
      'cost',
    ],
    [
      'cost, of readings of every key',
      `{ analytics { ${times(10, (index) => `d${index}: distribution(metric: LIFETIME, buckets: 1) { at }`)} } }`,
      'cost',
    ],
    ['cost, of folds of whole histories', `{ account { ${folds(3)} } }`, 'cost'],
    ['cost, in fragments on one type', `{ ${histories('ApiKey', 'ApiKey')} }`, 'cost'],
    ['cost, in fragments', `{ ...a ...a } fragment a on Query { ${pagesOfPages('first: 50', 'last: 49')} }`, 'cost'],
  ])('is refused over the limit of %s', async (_limit, document, word) => {
    const { data, errors } = await client.send(document);
    expect(data).toBeUndefined();
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.message).toContain(word);
    expect(errors?.[0]?.extensions?.code).toMatch(/^GRAPHQL_(?:VALIDATION|PARSE)_FAILED$/);
  });

  it.each([
    ['aliases', `{ ${times(LIMITS.aliases, (index) => `a${index}: __typename`)} }`],
    ['directives', `{ ${times(LIMITS.directives, () => '__typename @include(if: true)')} }`],
    ['cost', `{ ${pagesOfPages('first: 50', 'last: 48')} }`],
    ['cost, in fragments on types of which an object has one', `{ ${histories('ApiKey', 'DeletedKey')} }`],
    ['cost, of two folds of whole histories', `{ account { ${folds(2)} } }`],
    ['cost, of days as many as there are unless told', `{ account { keys { usage { ${times(300, () => 'count')} } } } }`],
  ])('passes at the limit of %s', async (_limit, document) => {
    expect((await client.send(document)).errors).toBeUndefined();
  });

  it.each([
    ['in aliases', (index: number) => `a${index}: createKey(input: {name: "a"}) { __typename }`],
    ['in a fragment', (index: number) => `... on Mutation { a${index}: createKey(input: {name: "a"}) { __typename } }`],
  ])('runs none of 1,000 createKey %s: so long a document is refused', async (_how, part) => {
    const client = await world.client({});
    const { text } = await post(client, { query: `mutation { ${times(1000, part)} }` });
    expect(JSON.parse(text)).toMatchObject({ errors: [{ message: expect.stringMatching(/tokens|too large/) }] });
    expect((await client.readAccount()).keys).toEqual([]);
  });

  it('makes two keys of 1,000 createKey that come at once in as many documents as they need', async () => {
    // All of them wait for one account, and the last ones wait long where the machine is busy.
    const client = await (await openWorld({ env: { KEYLEDGER_DEADLINE: '5m' } })).client({});
    const create = (index: number) => `a${index}: createKey(input: {name: "a"}) { __typename }`;
    const document = `mutation { ${times(LIMITS.aliases, create)} }`;
    const answers = await Promise.all(Array.from({ length: 1000 / LIMITS.aliases }, () => post(client, { query: document })));
    const results = answers.map(({ text }) => text).join('');
    expect(results.match(/CreateKeyPayload/g)).toHaveLength(2);
    expect(results.match(/KeyLimitReached/g)).toHaveLength(998);
    expect((await client.readAccount()).keys).toHaveLength(2);
  });

  it('never makes more than two keys of as many aliases as it may hold', async () => {
    const client = await world.client({});
    const create = (index: number) => `a${index}: createKey(input: {name: "a"}) { __typename }`;
    const { data } = await client.send(`mutation { ${times(LIMITS.aliases, create)} }`);
    const results = Object.values(data ?? {}).map((result) => JSON.stringify(result));
    expect(results.filter((result) => result.includes('CreateKeyPayload'))).toHaveLength(2);
    expect(results.filter((result) => result.includes('KeyLimitReached'))).toHaveLength(LIMITS.aliases - 2);
    expect((await client.readAccount()).keys).toHaveLength(2);
  });

  it('is refused when its fragments go round in a circle', async () => {
    const { errors } = await client.send('{ account { ...a } } fragment a on Account { ...b } fragment b on Account { ...a }');
    expect(errors?.[0]?.message).toContain('Cannot spread fragment');
  });
});

describe('our own clients', () => {
  it('have operations', () => expect(OPERATIONS.length).toBeGreaterThanOrEqual(4));

  it.each(OPERATIONS.map((document) => document.toString()))('leave a quarter of the limits unused: %s', (text) => {
    const document = parse(text, { maxTokens: LIMITS.tokens * USED });
    const rules = [
      maxDepthRule({ n: LIMITS.depth * USED, flattenFragments: true }),
      // However many keys there are.
      new CostLimit(LIMITS.cost * USED, () => Number.MAX_SAFE_INTEGER).rule,
      maxAliasesRule({ n: LIMITS.aliases * USED, allowList: [] }),
    ];
    expect(validate(schema, document, rules)).toEqual([]);
  });

  it('get their answers in production', async () => {
    const { key } = await guarded.newKey();
    expect(await guarded.rotateKey({ keyId: key.keyId, overlapSeconds: 60 })).toMatchObject({ __typename: 'CreateKeyPayload' });
    expect(await guarded.deleteKey(key.keyId)).toMatchObject({ __typename: 'DeleteKeyPayload' });
    expect((await guarded.readAccount()).keys).toHaveLength(1);
  });

  it('read the schema outside production, as GraphiQL does', async () => {
    expect((await client.send(getIntrospectionQuery())).data).toHaveProperty('__schema');
  });
});

describe('in production, refuses', () => {
  it('alias overloading', async () => {
    await refuses({ query: `query { ${times(101, (index) => `alias${index}: __typename`)} }` });
  });

  it('a batch of queries', async () => {
    const { status, text } = await post(
      guarded,
      Array.from({ length: 10 }, () => ({ query: '{ __typename }' })),
    );
    expect(status).toBe(400);
    expect(text).not.toContain('"data"');
  });

  it('directive overloading', async () => {
    const errors = await refuses({ query: `query { __typename ${times(10, () => '@aa')} }` });
    expect(errors).toHaveLength(1);
  });

  it('circular introspection', async () => {
    const circle = `${times(4, () => 'fields { type {')} name ${times(4, () => '} }')}`;
    await refuses({ query: `query { __schema { types { ${circle} } } }` });
  });

  it('a mutation by GET', async () => {
    expect(await get(guarded, MUTATION)).toMatchObject({ status: 403 });
    expect(await get(guarded, MUTATION, { 'x-graphql-yoga-csrf': '1' })).toMatchObject({ status: 405 });
  });

  it('a query by GET that a foreign page could have made', async () => {
    expect(await get(guarded, '{ __typename }')).toMatchObject({ status: 403 });
  });

  it('a form', async () => {
    expect(await post(guarded, 'query={__typename}', 'application/x-www-form-urlencoded')).toMatchObject({ status: 403 });
    expect(await post(guarded, '{"query":"{__typename}"}', 'text/plain')).toMatchObject({ status: 403 });
  });

  it('field duplication', async () => {
    await refuses({ query: `query { ${times(500, () => '__typename')} }` });
  });

  it('to trace', async () => {
    expect((await post(guarded, { query: '{ __typename }' })).text).toBe('{"data":{"__typename":"Query"}}');
  });

  it('introspection', async () => {
    await refuses({ query: getIntrospectionQuery() });
    await refuses({ query: '{ __type(name: "ApiKey") { name } }' });
  });

  it.each([
    ['a field', { query: '{ acount { id } }' }],
    ['a member', { query: 'mutation { createKey(input: {name: "a"}) { keyLimit } }' }],
    ['a type', { query: '{ account { ... on Acount { id } } }' }],
    ['an argument', { query: '{ account(acountId: "a") { id } }' }],
    ['an input', { query: 'mutation { createKey(input: {nam: "a"}) { __typename } }' }],
    ['a variable', { query: documents.CreateKeyDocument.toString(), variables: { input: { nam: 'a' } } }],
    ['the schema', { query: '{ __schema { directive } }' }],
  ])('to suggest a better name of %s', async (_what, body) => {
    await refuses(body);
    expect((await post(guarded, body)).text).not.toMatch(/did you mean|suggest/i);
  });

  it.each(['/', '/graphql', '/graphiql', '/playground', '/console'])('to show a page at %s', async (path) => {
    const { status, text } = await ask(guarded, path, { headers: { accept: 'text/html' } });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).not.toMatch(/graphiql\.min\.css|GraphiQL|GraphQL Playground|graphql-playground|<html/);
  });

  it.each([
    ['65 KB', 65 * 1024],
    ['5 MB', 5 * 1024 * 1024],
  ])('a body of %s', async (_size, size) => {
    const body = JSON.stringify({ query: '{ __typename }', variables: { padding: 'x'.repeat(size) } });
    expect(await sendBody(guarded, body, { 'content-length': `${body.length}` })).toBe(413);
    expect(await sendBody(guarded, body, { 'transfer-encoding': 'chunked' })).toBe(413);
  });

  async function refuses(body: object): Promise<unknown[]> {
    const { data, errors = [] }: { data?: unknown; errors?: unknown[] } = JSON.parse((await post(guarded, body)).text);
    expect(data ?? null).toBeNull();
    expect(errors.length).toBeGreaterThan(0);
    return errors;
  }
});

describe('the guard against foreign pages', () => {
  it.each(['x-graphql-yoga-csrf', 'apollo-require-preflight'])('lets a GET with the header %s pass', async (header) => {
    expect(await get(client, '{ __typename }', { [header]: '1' })).toMatchObject({ status: 200 });
  });

  it.each(['x-graphql-yoga-csrf', 'apollo-require-preflight'])('lets JSON with the header %s pass', async (header) => {
    const headers = { 'content-type': 'application/json', [header]: '1' };
    const reply = await ask(client, '/graphql', { method: 'POST', headers, body: '{"query":"{__typename}"}' });
    expect(reply.status).toBe(200);
  });
});

describe('a document that was valid before', () => {
  const query = 'mutation Again($input: CreateKeyInput!) { createKey(input: $input) { __typename } }';
  const unknown = { keyId: 'key_unknown' };
  const known = 'mutation ($input: DeleteKeyInput!) { deleteKey(input: $input) { __typename } }';
  beforeAll(async () => {
    expect(await client.send(known, { input: unknown })).toMatchObject({ data: { deleteKey: { __typename: 'KeyNotFound' } } });
  });

  it.each<[fault: string, body: object]>([
    ['variables that are a string', { query: known, variables: 'input' }],
    ['variables that are a list', { query: known, variables: [unknown] }],
    ['variables that are a number', { query: known, variables: 7 }],
    ['an operation that is not in it', { query: known, variables: { input: unknown }, operationName: 'Other' }],
    ['an operation name that is a number', { query: known, variables: { input: unknown }, operationName: 7 }],
    ['extensions that are a string', { query: known, variables: { input: unknown }, extensions: 'x' }],
    ['a parameter that does not exist', { query: known, variables: { input: unknown }, other: 1 }],
  ])('is refused with %s, as a new one is', async (_fault, body) => {
    const again = await post(client, body);
    const fresh = await post(client, { ...body, query: `${known} ` });
    expect({ status: again.status, errors: errorsIn(again) }).toEqual({ status: fresh.status, errors: errorsIn(fresh) });
    expect(again.status).toBe(400);
  });

  it('is refused by GET, from a foreign page, and to others, as a new one is', async () => {
    const body = JSON.stringify({ query: known, variables: { input: unknown } });
    expect(await get(client, known, { 'x-graphql-yoga-csrf': '1' })).toMatchObject({ status: 405 });
    expect(await post(client, body, 'text/plain')).toMatchObject({ status: 403 });
    expect(await post(client, `[${body}]`)).toMatchObject({ status: 400 });
    expect(await ask(client, '/graphql', { method: 'POST', headers: { authorization: '' }, body })).toMatchObject({
      status: 401,
    });
  });

  it('is answered as a new one is, in every media type', async () => {
    const body = JSON.stringify({ query, variables: { input: { name: '' } } });
    for (const accept of ['application/json', 'application/graphql-response+json', '*/*']) {
      const headers = { 'content-type': 'application/json', accept };
      const answer = async (text: string) => {
        const reply = await ask(client, '/graphql', { method: 'POST', headers, body: text });
        return [reply.status, reply.headers.get('content-type'), reply.text];
      };
      const first = await answer(body.replace('Again', `Again_${accept.length}`));
      expect(await answer(body.replace('Again', `Again_${accept.length}`))).toEqual(first);
    }
  });

  function errorsIn({ text }: Reply): unknown {
    return JSON.parse(text).errors.map(({ message, extensions }: { message: string; extensions?: object }) => [
      message,
      extensions,
    ]);
  }
});

describe('no cache keeps', () => {
  it.each<[answer: string, status: number, ask: () => Promise<Reply>]>([
    ['an answer', 200, () => post(client, { query: '{ __typename }' })],
    ['a fault in the document', 200, () => post(client, { query: '{ nothing }' })],
    ['a body that is no JSON', 400, () => post(client, '{')],
    ['a batch', 400, () => post(client, [])],
    ['a missing token', 401, () => ask(client, '/graphql', { headers: { authorization: '' } })],
    ['a bad token', 401, () => ask(client, '/graphql', { headers: { authorization: 'Bearer nonsense' } })],
    ['a foreign page', 403, () => get(client, '{ __typename }')],
    ['another method', 405, () => ask(client, '/graphql', { method: 'DELETE' })],
    ['a mutation by GET', 405, () => get(client, MUTATION, { 'x-graphql-yoga-csrf': '1' })],
    ['a body that is too large', 413, () => post(client, `"${'x'.repeat(70_000)}"`)],
    ['another media type', 415, () => post(client, '<a/>', 'application/xml')],
  ])('%s (%i)', async (_answer, status, answer) => {
    const reply = await answer();
    expect(reply.status).toBe(status);
    expect(reply.headers.get('cache-control')).toBe('no-store');
  });
});

/** Sends a body that the server may refuse before it has read all of it. Resolves with the status. */
function sendBody({ url, token }: Client, body: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    });
    outgoing.on('response', (response) => {
      resolve(response.statusCode);
      response.resume();
      outgoing.destroy();
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
