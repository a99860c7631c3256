import { newKeyMaterial } from '../../../src/domain/keys/secret.js';
import type { Client, GraphQLFault } from '../../support/client.js';
import { openFilledWorld, type World } from '../../support/world.js';

const NOW = Date.now();

let world: World;
let client: Client;
beforeAll(async () => {
  world = await openFilledWorld({ clock: () => NOW });
  client = await world.client({});
});

const { secret } = newKeyMaterial();
const month = 30 * 24 * 60 * 60;

type Input = Record<string, unknown>;
type Case = [fault: string, input: Input, path: (string | number)[]];

const createFaults: Case[] = [
  ['an empty name', { name: '' }, ['input', 'name']],
  ['a name of white space', { name: ' \u00a0\u3000 ' }, ['input', 'name']],
  ['a name that nobody can see', { name: '\u200b\u2060' }, ['input', 'name']],
  ['a name of 101 characters', { name: 'a'.repeat(101) }, ['input', 'name']],
  ['a name of 101 emoji', { name: '🔑'.repeat(101) }, ['input', 'name']],
  ['a name with a line feed', { name: 'a\nb' }, ['input', 'name']],
  ['a name with NUL', { name: 'a\u0000b' }, ['input', 'name']],
  ['a name with a C1 control', { name: 'a\u0085b' }, ['input', 'name']],
  ['a name with a paragraph separator', { name: 'a\u2029b' }, ['input', 'name']],
  ['a name that turns the text around', { name: 'a\u202eb' }, ['input', 'name']],
  ['a name that isolates a direction', { name: 'a\u2066b' }, ['input', 'name']],
  ['a name of a combining mark alone', { name: '\u0301' }, ['input', 'name']],
  ['a name that begins with a combining mark', { name: '\u0301a' }, ['input', 'name']],
  ['a name with a letter of private use', { name: 'a\ue000' }, ['input', 'name']],
  ['a name with a noncharacter', { name: 'a\ufdd0b' }, ['input', 'name']],
  ['a name of blank Braille', { name: '\u2800' }, ['input', 'name']],
  ['a name with a zero-width space', { name: 'pro\u200bd' }, ['input', 'name']],
  ['a name of a Hangul filler', { name: '\u3164' }, ['input', 'name']],
  ['a name that is a secret', { name: secret }, ['input', 'name']],
  ['a name that contains a secret', { name: `my ${secret}!` }, ['input', 'name']],
  ['a name that is a number', { name: 5 }, ['input', 'name']],
  ['a name that is null', { name: null }, ['input', 'name']],
  ['no name', {}, ['input', 'name']],
  ['a field that does not exist', { name: 'a', owner: 'other' }, ['input']],
  ['an idempotencyKey that is empty', { name: 'a', idempotencyKey: '' }, ['input', 'idempotencyKey']],
  ['an idempotencyKey of 101 characters', { name: 'a', idempotencyKey: 'r'.repeat(101) }, ['input', 'idempotencyKey']],
  ['an idempotencyKey with a control character', { name: 'a', idempotencyKey: 'r\u0007' }, ['input', 'idempotencyKey']],
  ['an idempotencyKey that contains a secret', { name: 'a', idempotencyKey: secret }, ['input', 'idempotencyKey']],
  ['an idempotencyKey that is a boolean', { name: 'a', idempotencyKey: true }, ['input', 'idempotencyKey']],
  ['a scope that is empty', { name: 'a', scopes: [''] }, ['input', 'scopes', 0]],
  ['a scope with a space', { name: 'a', scopes: ['read', 'read write'] }, ['input', 'scopes', 1]],
  ['a scope with a quotation mark', { name: 'a', scopes: ['"'] }, ['input', 'scopes', 0]],
  ['a scope with a backslash', { name: 'a', scopes: ['a', 'b', '\\'] }, ['input', 'scopes', 2]],
  ['a scope beyond ASCII', { name: 'a', scopes: ['é'] }, ['input', 'scopes', 0]],
  ['a scope of 101 characters', { name: 'a', scopes: ['s'.repeat(101)] }, ['input', 'scopes', 0]],
  ['a scope that contains a secret', { name: 'a', scopes: [`x:${secret}`] }, ['input', 'scopes', 0]],
  ['a scope that is a number', { name: 'a', scopes: ['read', 5] }, ['input', 'scopes', 1]],
  ['a scope that is null', { name: 'a', scopes: [null] }, ['input', 'scopes', 0]],
  ['33 scopes', { name: 'a', scopes: Array.from({ length: 33 }, (_, index) => `s${index}`) }, ['input', 'scopes']],
  ['an expiresAt in the past', { name: 'a', expiresAt: instant(NOW - 1) }, ['input', 'expiresAt']],
  ['an expiresAt that is now', { name: 'a', expiresAt: instant(NOW) }, ['input', 'expiresAt']],
  ['an expiresAt without a time', { name: 'a', expiresAt: '2999-01-01' }, ['input', 'expiresAt']],
  ['an expiresAt without an offset', { name: 'a', expiresAt: '2999-01-01T00:00:00' }, ['input', 'expiresAt']],
  ['an expiresAt on a day that does not exist', { name: 'a', expiresAt: '2999-02-30T00:00:00Z' }, ['input', 'expiresAt']],
  ['an expiresAt in the year 10000', { name: 'a', expiresAt: '10000-01-01T00:00:00Z' }, ['input', 'expiresAt']],
  ['an expiresAt in an expanded year', { name: 'a', expiresAt: '+010000-01-01T00:00:00Z' }, ['input', 'expiresAt']],
  ['an expiresAt in the year 10000 of UTC', { name: 'a', expiresAt: '9999-12-31T23:59:59-00:01' }, ['input', 'expiresAt']],
  ['an expiresAt that is a number', { name: 'a', expiresAt: NOW + 1000 }, ['input', 'expiresAt']],
];

const rotateFaults: Case[] = [
  ['a negative overlap', { keyId: 'k', overlapSeconds: -1 }, ['input', 'overlapSeconds']],
  ['an overlap over 30 days', { keyId: 'k', overlapSeconds: month + 1 }, ['input', 'overlapSeconds']],
  ['an overlap over 31 bits', { keyId: 'k', overlapSeconds: 2 ** 31 }, ['input', 'overlapSeconds']],
  ['an overlap with a fraction', { keyId: 'k', overlapSeconds: 1.5 }, ['input', 'overlapSeconds']],
  ['an overlap that is a string', { keyId: 'k', overlapSeconds: '60' }, ['input', 'overlapSeconds']],
  ['an idempotencyKey that is empty', { keyId: 'k', idempotencyKey: '' }, ['input', 'idempotencyKey']],
  ['an idempotencyKey of 101 characters', { keyId: 'k', idempotencyKey: 'r'.repeat(101) }, ['input', 'idempotencyKey']],
  ['an idempotencyKey that contains a secret', { keyId: 'k', idempotencyKey: secret }, ['input', 'idempotencyKey']],
  ['no keyId', { overlapSeconds: 1 }, ['input', 'keyId']],
  ['a keyId that is null', { keyId: null }, ['input', 'keyId']],
];

const deleteFaults: Case[] = [
  ['no keyId', {}, ['input', 'keyId']],
  ['a keyId that is a list', { keyId: ['k', 'l'] }, ['input', 'keyId']],
];

describe.each([
  ['createKey', 'CreateKeyInput', createFaults],
  ['rotateKey', 'RotateKeyInput', rotateFaults],
  ['deleteKey', 'DeleteKeyInput', deleteFaults],
] as const)('%s refuses, with code and path', (mutation, type, faults) => {
  it.each(faults)('%s in a variable', async (_fault, input, path) => {
    const document = `mutation ($wanted: ${type}!) { ${mutation}(input: $wanted) { __typename } }`;
    expectBadInput(await client.send(document, { wanted: input }), path);
  });

  it.each(faults)('%s written into the document', async (_fault, input, path) => {
    const { errors } = await client.send(`mutation { ${mutation}(input: ${literal(input)}) { __typename } }`);
    expect(errors?.map(({ extensions }) => extensions?.code)).toContain('BAD_USER_INPUT');
    expect(errors?.find(isBadInput)?.extensions?.path?.slice(0, path.length)).toEqual(path);
  });
});

describe('what a document cannot hold', () => {
  it('refuses a lone surrogate in a variable', async () => {
    const document = 'mutation ($input: CreateKeyInput!) { createKey(input: $input) { __typename } }';
    expectBadInput(await client.send(document, { input: { name: 'a\ud83d' } }), ['input', 'name']);
  });
});

describe('arguments beside inputs', () => {
  it.each([
    ['no input', 'mutation { createKey { __typename } }', ['input']],
    ['an input that is null', 'mutation { createKey(input: null) { __typename } }', ['input']],
    ['an input that is a string', 'mutation { createKey(input: "a") { __typename } }', ['input']],
    ['a node id that no answer gave', '{ node(id: "nonsense") { id } }', ['id']],
    ['a node id that is empty', '{ node(id: "") { id } }', ['id']],
    ['a node id that is a boolean', '{ node(id: true) { id } }', ['id']],
    ['a node id of an unknown type', `{ node(id: "${globalId('Nothing:1')}") { id } }`, ['id']],
    ['a node id of a type without ids', `{ node(id: "${globalId('CreateKeyPayload:1')}") { id } }`, ['id']],
    ['a node id of a scalar', `{ node(id: "${globalId('String:1')}") { id } }`, ['id']],
    ['no node id', '{ node { id } }', ['id']],
    ['an account id with a space', '{ account(accountId: "a b") { id } }', ['accountId']],
    ['an account id that is an e-mail address', '{ account(accountId: "a@example.org") { id } }', ['accountId']],
    ['an account id of 129 characters', `{ account(accountId: "${'a'.repeat(129)}") { id } }`, ['accountId']],
    ['a negative time to the expiry', '{ account { expiringKeys(withinSeconds: -1) { id } } }', ['withinSeconds']],
  ])('refuses %s', async (_fault, document, path) => {
    expectBadInput(await client.send(document), path);
  });

  it.each<[field: string, to: string]>([
    ['events', '2026-11-23T00:00:00Z'],
    ['events', '2026-11-24T00:00:00Z'],
    ['reads', '2026-11-23T00:00:00Z'],
    ['reads', '2026-11-24T00:00:00Z'],
  ])('refuses %s from a time that is not before %s, and names both', async (field, to) => {
    const auditor = await world.client({ role: 'auditor' });
    const filter = `{ from: "2026-11-24T01:00:00+01:00", to: "${to}" }`;
    const answer = await auditor.send(`{ ${field}(filter: ${filter}) { edges { cursor } } }`);
    expectBadInput(answer, ['filter', 'from']);
    expect(answer.errors?.[0]?.message).toBe(
      `filter.from (2026-11-24T00:00:00.000Z) must be before filter.to (${new Date(to).toISOString()})`,
    );
  });

  it.each([
    ['missing', 'mutation ($i: CreateKeyInput!) { createKey(input: $i) { __typename } }', {}, ['input']],
    ['null', 'mutation ($i: CreateKeyInput!) { createKey(input: $i) { __typename } }', { i: null }, ['input']],
    ['for one field', 'mutation ($n: String!) { createKey(input: {name: $n}) { __typename } }', { n: 5 }, ['input', 'name']],
    [
      'for one scope',
      'mutation ($s: String!) { createKey(input: {name: "a", scopes: ["b", $s]}) { __typename } }',
      { s: [] },
      ['input', 'scopes', 1],
    ],
    [
      'for the scopes',
      'mutation ($s: [String!]) { createKey(input: {name: "a", scopes: $s}) { __typename } }',
      { s: ['a', 5] },
      ['input', 'scopes', 1],
    ],
  ])('gives the path of the argument, not of the variable: %s', async (_case, document, variables, path) => {
    expectBadInput(await client.send(document, variables), path);
  });
});

it('made no key of all that it refused', async () => {
  expect((await client.readAccount()).keys).toEqual([]);
});

describe('accepts', () => {
  it.each([
    ['100 emoji', { name: '🔑'.repeat(100) }],
    ['emoji that are joined', { name: '👩‍💻' }],
    ['text from right to left', { name: 'مفتاح' }],
    ['letters with marks', { name: 'Tiê\u0301ng Viê\u0323t' }],
    ['letters with joiners between', { name: 'می\u200cخواهم' }],
    ['a flag of tags', { name: '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}' }],
    ['100 characters of idempotencyKey', { name: 'a', idempotencyKey: 'r'.repeat(100) }],
    ['32 scopes', { name: 'a', scopes: Array.from({ length: 32 }, (_, index) => `s${index}`) }],
    ['every character of RFC 6749', { name: 'a', scopes: ["!#$%&'()*+,-./:;<=>?@[]^_`{|}~"] }],
    ['null where nothing is meant', { name: 'a', scopes: null, expiresAt: null, idempotencyKey: null }],
    ['the next millisecond', { name: 'a', expiresAt: instant(NOW + 1) }],
    ['the last millisecond of 9999', { name: 'a', expiresAt: '9999-12-31T23:59:59.999Z' }],
    ['another offset', { name: 'a', expiresAt: '2999-11-24T06:00:00+05:30' }],
  ])('%s', async (_what, input) => {
    const { key, account } = await client.newKey(input);
    expect(account.keys).toEqual([key]);
    expect(key.name).toBe(input.name);
    await client.deleteKey(key.keyId);
  });
});

it('names every fault at once, and the first in the path', async () => {
  const input = { name: '', scopes: ['a b'], idempotencyKey: '' };
  const { errors } = await client.send('mutation ($i: CreateKeyInput!) { createKey(input: $i) { __typename } }', { i: input });
  expect(errors?.[0]?.message).toBe(
    'input.name must not be empty; ' +
      'input.scopes.0 must be a scope as in RFC 6749: printable ASCII without space, " and \\; ' +
      'input.idempotencyKey must not be empty',
  );
  expect(errors?.[0]?.extensions?.path).toEqual(['input', 'name']);
});

function expectBadInput({ errors }: { errors: GraphQLFault[] | undefined }, path: (string | number)[]): void {
  expect(errors?.map(({ extensions }) => extensions?.code)).toContain('BAD_USER_INPUT');
  expect(errors?.find(isBadInput)?.extensions?.path?.slice(0, path.length)).toEqual(path);
}

function isBadInput({ extensions }: GraphQLFault): boolean {
  return extensions?.code === 'BAD_USER_INPUT';
}

function globalId(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function instant(time: number): string {
  return new Date(time).toISOString();
}

/** The value as GraphQL writes it. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, field]) => `${name}: ${literal(field)}`);
  return `{${fields.join(', ')}}`;
}
