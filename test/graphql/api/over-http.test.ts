import { gzipSync } from 'node:zlib';
import { isErrorCode } from '../../../src/shared/error-codes.js';
import { ERROR_CODES } from '../../../src/shared/error-meanings.js';
import type { Client, GraphQLFault } from '../../support/client.js';
import { ask, bearer, type PlainAnswer, type Question } from '../../support/http.js';
import { openWorld, type World } from '../../support/world.js';

const JSON_TYPE = ['Content-Type', 'application/json'];
const FORM = ['Content-Type', 'application/x-www-form-urlencoded'];
const MULTIPART = ['Content-Type', 'multipart/form-data; boundary=x'];
/** The header that shows that no foreign page made the request. */
const CSRF = ['X-GraphQL-Yoga-CSRF', '1'];
const QUERY = '{"query":"{ __typename }"}';
const CREATE = 'mutation { createKey(input: { name: "a" }) { ... on CreateKeyPayload { secret } } }';

let world: World;
let client: Client;
beforeAll(async () => {
  world = await openWorld();
  client = await world.client({});
});

function send(path: string, { headers = [], ...question }: Question): Promise<PlainAnswer> {
  return ask(`${client.url}/graphql${path}`, { headers: [...bearer(client.token), ...headers], ...question });
}

const post = (body: string, headers: string[] = JSON_TYPE) => send('', { method: 'POST', body, headers });
const get = (parameters: Record<string, string>, headers = CSRF) => send(`?${new URLSearchParams(parameters)}`, { headers });

function errorsIn({ headers, body }: PlainAnswer): GraphQLFault[] {
  expect(headers['content-type']).toMatch(/^application\/(?:graphql-response\+)?json/);
  const { data, errors } = JSON.parse(body);
  expect(data).toBeUndefined();
  return errors;
}

/** The request's log lines at the level of an error. */
function errorLines({ headers }: PlainAnswer): string[] {
  const lines = world.log().split('\n');
  return lines.filter((line) => line.includes(String(headers['x-request-id'])) && line.includes('"level":"error"'));
}

type Case = [fault: string, status: number, code: string, send: () => Promise<PlainAnswer>];

const refusals: Case[] = [
  ['no token', 401, 'UNAUTHENTICATED', () => ask(`${client.url}/graphql`, { method: 'POST', headers: JSON_TYPE, body: QUERY })],
  ['a query by GET that a foreign page could have made', 403, 'CSRF_HEADER_REQUIRED', () => get({ query: '{ a }' }, [])],
  ['a form', 403, 'CSRF_HEADER_REQUIRED', () => post('query={__typename}', FORM)],
  ['a form of several parts', 403, 'CSRF_HEADER_REQUIRED', () => post('--x--', MULTIPART)],
  ['text', 403, 'CSRF_HEADER_REQUIRED', () => post(QUERY, ['Content-Type', 'TEXT/plain'])],
  ['no Content-Type', 403, 'CSRF_HEADER_REQUIRED', () => post(QUERY, [])],
  ['a form that no foreign page made', 415, 'UNSUPPORTED_MEDIA_TYPE', () => post('query={__typename}', [...CSRF, ...FORM])],
  ['a form of several parts that none made', 415, 'UNSUPPORTED_MEDIA_TYPE', () => post('--x--', [...CSRF, ...MULTIPART])],
  ['text that none made', 415, 'UNSUPPORTED_MEDIA_TYPE', () => post(QUERY, [...CSRF, 'Content-Type', 'text/plain'])],
  ['no Content-Type, by none', 415, 'UNSUPPORTED_MEDIA_TYPE', () => post(QUERY, CSRF)],
  ['application/graphql', 415, 'UNSUPPORTED_MEDIA_TYPE', () => post('{ a }', ['Content-Type', 'application/graphql'])],
  [
    'a compressed body',
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    () => post(gzipSync(QUERY).toString('latin1'), [...JSON_TYPE, 'Content-Encoding', 'gzip']),
  ],
  ['XML', 415, 'UNSUPPORTED_MEDIA_TYPE', () => post('<a/>', ['Content-Type', 'application/xml'])],
  ['a Content-Type that is none', 415, 'UNSUPPORTED_MEDIA_TYPE', () => post(QUERY, ['Content-Type', ':'])],
  ['a body that is too large', 413, 'BODY_TOO_LARGE', () => post(`"${'x'.repeat(70_000)}"`)],
  ['broken JSON', 400, 'BAD_REQUEST', () => post('{"query":')],
  ['no body', 400, 'BAD_REQUEST', () => post('')],
  ['null', 400, 'BAD_REQUEST', () => post('null')],
  ['a string', 400, 'BAD_REQUEST', () => post('"{ a }"')],
  ['a number', 400, 'BAD_REQUEST', () => post('7')],
  ['a batch', 400, 'BAD_REQUEST', () => post(`[${QUERY}]`)],
  ['no document', 400, 'BAD_REQUEST', () => post('{}')],
  ['a document that is a list', 400, 'BAD_REQUEST', () => post('{"query":[]}')],
  ['a member that does not exist', 400, 'BAD_REQUEST', () => post('{"query":"{ __typename }","queries":1}')],
  ['variables that are a string', 400, 'BAD_REQUEST', () => post('{"query":"{ __typename }","variables":"x"}')],
  ['a body that poses as an answer', 400, 'BAD_REQUEST', () => post('{"status":200,"headers":{"a":"b"},"body":"c"}')],
  [
    'a query that poses as an answer',
    400,
    'BAD_REQUEST',
    () => post('{"query":"{ __typename }","status":200,"headers":{"a":"b"}}'),
  ],
  ['a GET without a document', 400, 'BAD_REQUEST', () => get({})],
  ['a GET without an address', 400, 'BAD_REQUEST', () => send('', { headers: CSRF })],
  ['broken variables by GET', 400, 'BAD_REQUEST', () => get({ query: '{ a }', variables: '{"a":' })],
  ['variables by GET that are a list', 400, 'BAD_REQUEST', () => get({ query: '{ __typename }', variables: '[1]' })],
  ['broken extensions by GET', 400, 'BAD_REQUEST', () => get({ query: '{ a }', extensions: '}' })],
  ['a mutation by GET', 405, 'METHOD_NOT_ALLOWED', () => get({ query: CREATE })],
  [
    'an operation that is not there',
    400,
    'OPERATION_RESOLUTION_FAILURE',
    () => post('{"query":"query A { __typename } query B { __typename }"}'),
  ],
  [
    'an operation of another name',
    400,
    'OPERATION_RESOLUTION_FAILURE',
    () => post('{"query":"query A { __typename }","operationName":"B"}'),
  ],
  ...['PUT', 'PATCH', 'DELETE', 'OPTIONS'].map(
    (method): Case => [method, 405, 'METHOD_NOT_ALLOWED', () => send('', { method, headers: JSON_TYPE, body: QUERY })],
  ),
  ...['image/png', 'text/html', 'application/xml, text/plain', 'application/json;q=0', 'multipart/mixed', 'nonsense'].map(
    (accept): Case => [`to accept ${accept} alone`, 406, 'NOT_ACCEPTABLE', () => post(QUERY, [...JSON_TYPE, 'Accept', accept])],
  ),
  [
    'a subscription that is not taken as a stream',
    406,
    'NOT_ACCEPTABLE',
    () => post('{"query":"subscription { events { cursor } }"}', [...JSON_TYPE, 'Accept', 'application/json']),
  ],
];

it.each(refusals)(
  'refuses %s with %i and the code %s, says where that is explained, and logs no error',
  async (_fault, status, code, send) => {
    const answer = await send();
    expect(answer.status).toBe(status);
    const extensions = { code, docs: `/docs/errors#${code}` };
    expect(errorsIn(answer)).toEqual([{ message: expect.stringMatching(/\.$/), extensions }]);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(errorLines(answer)).toEqual([]);
  },
);

it('says what to do where the operation is not there', async () => {
  const answer = await post('{"query":"query A { __typename } query B { __typename }"}');
  expect(errorsIn(answer)).toMatchObject([{ message: expect.stringContaining('Name one of the operations in the document') }]);
});

it('says which methods are allowed where another is refused', async () => {
  expect((await send('', { method: 'DELETE' })).headers.allow).toBe('GET, POST');
  expect((await send('', { method: 'HEAD' })).headers.allow).toBe('GET, POST');
  expect((await get({ query: CREATE })).headers.allow).toBe('POST');
});

it('repeats nothing of a body that it cannot read', async () => {
  expect((await post(`{"query": kls_${'a'.repeat(49)}`)).wire).not.toContain('kls_');
});

describe('a media type counts in any case, with any parameters:', () => {
  it.each(['application/JSON', 'Application/Json; charset=UTF-8', 'application/json ;charset=utf-8', ' application/json;a=b'])(
    'Content-Type: %s',
    async (type) => {
      expect((await post(QUERY, ['Content-Type', type])).body).toBe('{"data":{"__typename":"Query"}}');
    },
  );

  it.each([
    ['Application/JSON', 'application/json'],
    ['APPLICATION/GRAPHQL-RESPONSE+JSON', 'application/graphql-response+json'],
    ['application/json;q=0.5, application/graphql-response+json', 'application/graphql-response+json'],
    ['text/plain, application/json; indent=4', 'application/json'],
    ['image/png, */*;q=0.1', 'application/json'],
    ['', 'application/json'],
  ])('Accept: %s', async (accept, type) => {
    const { headers, body } = await post(QUERY, [...JSON_TYPE, 'Accept', accept]);
    expect([headers['content-type'], body]).toEqual([`${type}; charset=utf-8`, '{"data":{"__typename":"Query"}}']);
  });
});

it('does nothing for whom no answer could be given: a mutation would be done, and its secret lost', async () => {
  expect((await post(JSON.stringify({ query: CREATE }), [...JSON_TYPE, 'Accept', 'image/png'])).status).toBe(406);
  expect((await client.readAccount()).keys).toEqual([]);
});

describe('an argument that is at fault only when it is executed', () => {
  const fifty = Array.from({ length: 60 }, () => 5);
  it.each<[fault: string, query: string, variables: object, path: (string | number)[] | undefined]>([
    [
      'more wrong values than are counted',
      'mutation ($s: [String!]) { createKey(input: { name: "a", scopes: $s }) { __typename } }',
      { s: fifty },
      ['input', 'scopes', 0],
    ],
    ['null for a default that is not null', 'query ($id: ID = "a") { node(id: $id) { id } }', { id: null }, ['id']],
    [
      'null within an input',
      'mutation ($n: String = "a") { createKey(input: { name: $n }) { __typename } }',
      { n: null },
      ['input'],
    ],
    ['null for a directive', 'query ($i: Boolean = true) { viewer @include(if: $i) { subject } }', { i: null }, ['if']],
  ])('is the fault of who gives it: %s', async (_fault, query, variables, path) => {
    const answer = await post(JSON.stringify({ query, variables }));
    const { errors } = JSON.parse(answer.body);
    expect(new Set(errors.map(({ extensions }: GraphQLFault) => extensions?.code))).toEqual(new Set(['BAD_USER_INPUT']));
    expect(errors[0].extensions.path).toEqual(path);
    expect(errorLines(answer)).toEqual([]);
  });
});

it('has every code that it answers in the list of codes', () => {
  for (const [, status, code] of refusals) expect(isErrorCode(code) && ERROR_CODES[code].status).toBe(status);
});
