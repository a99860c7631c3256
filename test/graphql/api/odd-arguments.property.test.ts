import fc from 'fast-check';
import {
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isObjectType,
} from 'graphql';
import { schema } from '../../../src/graphql/api/schema.js';
import type { Client, GraphQLFault } from '../../support/client.js';
import { rounds } from '../../support/long.js';
import { openFilledWorld, type World } from '../../support/world.js';

interface Place {
  role: 'owner' | 'operator' | 'auditor' | 'analyst';
  within: (field: string) => string;
}

/** How to reach the fields with arguments of each type, and in which role. */
const PLACES: Record<string, Place> = {
  Query: { role: 'auditor', within: (field) => field },
  Account: { role: 'owner', within: (field) => `account { ${field} }` },
  ApiKey: { role: 'owner', within: (field) => `account { keys { ${field} } }` },
  DeletedKey: { role: 'owner', within: (field) => `account { deletedKeys(first: 1) { edges { node { ${field} } } } }` },
  KeyCreated: ofEvents('KeyCreated'),
  KeyDeleted: ofEvents('KeyDeleted'),
  KeyExpirySet: ofEvents('KeyExpirySet'),
  KeyRenamed: ofEvents('KeyRenamed'),
  KeyDisabled: ofEvents('KeyDisabled'),
  KeyEnabled: ofEvents('KeyEnabled'),
  AccountFrozen: ofEvents('AccountFrozen'),
  AccountThawed: ofEvents('AccountThawed'),
  UnknownKeyEvent: ofEvents('UnknownKeyEvent'),
  Analytics: { role: 'analyst', within: (field) => `analytics { ${field} }` },
};

function ofEvents(type: string): Place {
  return { role: 'owner', within: (field) => `events(first: 2) { edges { node { ... on ${type} { ${field} } } } }` };
}

const TEXTS = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u2028',
  'é',
  '0',
  'null',
  '$',
  '"',
  '\\',
  '%',
  `${'x'.repeat(2000)}`,
  "'; DROP TABLE keys_1; --",
];
const IDS = [
  'ApiKey:',
  'Account:a',
  'Account:\u0000',
  'Event:x',
  'KeyCreated:x',
  'KeyEvent:x',
  'DeletedKey:key_x',
  'Query:1',
  'position:0',
  'position:9999999999999999',
].map((text) => Buffer.from(text).toString('base64url'));
const INTEGERS = [0, 1, -1, 2, 100, 101, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 1.5, 1e300];
const TIMES = [
  '0000-01-01T00:00:00Z',
  '1969-12-31T23:59:59.999Z',
  '2026-11-26T00:00:00+23:59',
  '9999-12-31T23:59:59.999Z',
  '2026-02-30T00:00:00Z',
];
const ODD = fc.constantFrom<unknown>(null, true, [], {}, [[]], { __proto__: null }, ...TEXTS, ...IDS, ...INTEGERS, ...TIMES);

/** Mostly values that the argument takes, at its limits and beyond; sometimes anything. */
function argumentOf(type: GraphQLInputType): fc.Arbitrary<unknown> {
  const nullable = getNullableType(type);
  const fitting = (): fc.Arbitrary<unknown> => {
    if (isListType(nullable)) return fc.array(argumentOf(nullable.ofType), { maxLength: 30 });
    if (isEnumType(nullable)) return fc.constantFrom(...nullable.getValues().map(({ name }) => name));
    if (isInputObjectType(nullable)) {
      return fc.record(
        Object.fromEntries(Object.values(nullable.getFields()).map((field) => [field.name, argumentOf(field.type)])),
        { requiredKeys: [] },
      );
    }
    switch (nullable.name) {
      case 'Int':
        return fc.oneof(fc.constantFrom(...INTEGERS), fc.integer());
      case 'Float':
        return fc.oneof(fc.constantFrom(...INTEGERS), fc.double());
      case 'DateTime':
        return fc.oneof(
          fc.constantFrom(...TIMES),
          fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
        );
      default:
        return fc.oneof(fc.constantFrom(...TEXTS, ...IDS), fc.string({ unit: 'binary' }));
    }
  };
  return fc.oneof({ arbitrary: fitting(), weight: 8 }, { arbitrary: ODD, weight: 1 });
}

const fields = Object.entries(PLACES).flatMap(([name]) => {
  const type = schema.getType(name);
  return isObjectType(type)
    ? Object.values(type.getFields()).flatMap((field) => (field.args.length > 0 ? [{ name, field }] : []))
    : [];
});

/** Selects the field with every argument in a variable of its own. */
function documentOf(type: string, field: GraphQLField<unknown, unknown>): string {
  const variables = field.args.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const given = field.args.map(({ name }) => `${name}: $${name}`).join(', ');
  const named = getNamedType(field.type);
  const selection = 'getFields' in named ? '{ __typename }' : '';
  return `query (${variables}) { ${PLACES[type]?.within(`${field.name}(${given}) ${selection}`)} }`;
}

let world: World;
/** The content of the log before the tests. */
let before: string;
const clients = new Map<string, Client>();
beforeAll(async () => {
  world = await openFilledWorld({ env: { LOG_LEVEL: 'warn' } });
  const owner = await world.client({});
  const { key } = await owner.newKey();
  await owner.deleteKey(key.keyId);
  await owner.newKey();
  clients.set('owner', owner);
  for (const role of ['operator', 'auditor', 'analyst'] as const) clients.set(role, await world.client({ role }));
  before = world.log();
});

it('knows every type whose fields take arguments', () => {
  const found = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith('__') && name !== 'Mutation' && name !== 'Subscription')
    .filter((type) => Object.values(type.getFields()).some(({ args }) => args.length > 0))
    .map(({ name }) => name);
  expect(found.sort()).toEqual(Object.keys(PLACES).sort());
});

it.each(fields.map(({ name, field }) => [`${name}.${field.name}`, name, field] as const))(
  'whatever %s is asked with, what is wrong is the fault of who asks, and no line in the log',
  async (_name, type, field) => {
    const document = documentOf(type, field);
    const role = field.name === 'accounts' ? 'operator' : PLACES[type]?.role;
    const client = clients.get(role ?? '');
    const values = fc.record(Object.fromEntries(field.args.map((arg) => [arg.name, argumentOf(arg.type)])), {
      requiredKeys: [],
    });
    await fc.assert(
      fc.asyncProperty(values, async (variables) => {
        const { errors = [] } = (await client?.send(document, variables)) ?? {};
        const codes = new Set(errors.map(({ extensions }: GraphQLFault) => extensions?.code ?? 'none'));
        expect([...codes]).toEqual(codes.size === 0 ? [] : ['BAD_USER_INPUT']);
      }),
      { numRuns: rounds(6, 60) },
    );
    expect(world.log()).toBe(before);
  },
);
