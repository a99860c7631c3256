import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isObjectType,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { createClient } from '../../src/client/client.js';
import * as gql from '../../src/client/gql/graphql.js';
import type { Client } from '../support/client.js';
import { ROOT } from '../support/pages.js';
import { openWorld, type World } from '../support/world.js';

const schema = buildSchema(readFileSync(join(ROOT, 'schema/schema.graphql'), 'utf8'));
const documents = Object.entries(gql)
  .filter(([name]) => name.endsWith('Document'))
  .map(([name, document]) => [name, String(document)] as const);

/** The object types that a selection on that type can give. */
function typesOf(name: string): readonly GraphQLObjectType[] {
  const type = schema.getType(name);
  if (isAbstractType(type)) return schema.getPossibleTypes(type);
  return isObjectType(type) ? [type] : [];
}

/** Every `Type.field`, and every `Type.field(argument)`, that some document uses. */
function used(): Set<string> {
  const found = new Set<string>();
  const types = new TypeInfo(schema);
  const note = (rest: string) => {
    for (const { name } of typesOf(getNamedType(types.getParentType())?.name ?? '')) found.add(`${name}.${rest}`);
  };
  for (const [, text] of documents)
    visit(
      parse(text),
      visitWithTypeInfo(types, {
        Field: ({ name, arguments: given = [] }) => {
          note(name.value);
          for (const argument of given) note(`${name.value}(${argument.name.value})`);
        },
      }),
    );
  return found;
}

it('ask for every field of the schema, with every argument', () => {
  const all = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
    .flatMap((type) =>
      Object.values((type as GraphQLObjectType).getFields()).flatMap(({ name, args }) => [
        `${type.name}.${name}`,
        ...args.map((argument) => `${type.name}.${name}(${argument.name})`),
      ]),
    );
  expect(all.length).toBeGreaterThan(200);
  const found = used();
  expect(all.filter((part) => !found.has(part))).toEqual([]);
});

describe('a server within its limits', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });

  /** Values for all variables of all documents. */
  const variables = {
    accountId: undefined,
    at: '2026-11-27T00:00:00Z',
    from: '2026-11-26T00:00:00Z',
    to: '2026-11-27T00:00:00Z',
    interval: 'HOUR',
    timeZone: 'Europe/Vilnius',
    buckets: 100,
    quantiles: [0.5],
    days: 366,
    first: 100,
    fromSize: 0,
    toSize: 0,
    treeSize: 0,
    prove: false,
    id: 'none',
    keyId: 'key_0000000000000000000000',
    eventId: 'none',
    input: {},
    metric: 'KEYS_CREATED',
  };

  const expectFeed = async ({ url, token }: Client, text: string, given: object) => {
    const left = new AbortController();
    const accept = 'text/event-stream';
    const { headers } = await createClient({ url, token }).request(text, given, { accept, signal: left.signal });
    expect(headers.get('content-type')).toBe(accept);
    left.abort();
  };

  it.each(documents)('accepts %s', async (name, text) => {
    const client = await world.client({});
    const metric = name === 'DistributionDocument' ? 'KEY_AGE' : variables.metric;
    const declared = [...text.matchAll(/\$(\w+):/g)].map(([, variable = '']) => variable);
    const given = Object.fromEntries(
      Object.entries({ ...variables, metric }).filter(([variable]) => declared.includes(variable)),
    );
    if (/^\s*subscription/m.test(text)) return expectFeed(client, text, given);
    const { errors = [] } = await client.send(text, given);
    const codes = errors.map(({ extensions }) => extensions?.code ?? '');
    expect(codes.filter((code) => /^GRAPHQL_|TOO_|COMPLEX|LIMIT/.test(code))).toEqual([]);
  });
});
