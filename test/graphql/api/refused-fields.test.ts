import { type GraphQLField, isNonNullType, isObjectType } from 'graphql';
import { schema } from '../../../src/graphql/api/schema.js';
import type { Client } from '../../support/client.js';
import { openFilledWorld } from '../../support/world.js';

const AT = '2026-01-01T00:00:00Z';

const fields = Object.values(schema.getTypeMap())
  .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
  .flatMap((type) => (isObjectType(type) ? Object.values(type.getFields()).map((field) => [type.name, field] as const) : []));

const named = (some: (readonly [string, GraphQLField<unknown, unknown>])[]) =>
  some.map(([type, field]) => [`${type}.${field.name}`, field] as const);

it.each(named(fields.filter(([type]) => /^(?:Query|Mutation|Subscription)$/.test(type))))(
  '%s is nullable: where it is refused, the rest of the answer is not',
  (_name, { type }) => expect(isNonNullType(type)).toBe(false),
);

it.each(named(fields.filter(([, { args }]) => args.length > 0)))(
  '%s is nullable: it takes arguments, which may be refused',
  (_name, { type }) => expect(isNonNullType(type)).toBe(false),
);

describe('a refused field', () => {
  let client: Client;
  beforeAll(async () => {
    client = await (await openFilledWorld({ env: { KEYLEDGER_MUTATIONS_PER_MINUTE: '1' } })).client({});
  });

  it.each<[refused: string, code: string]>([
    ['account(accountId: "somebody-else") { id }', 'FORBIDDEN'],
    ['account(accountId: "a b") { id }', 'BAD_USER_INPUT'],
    ['events(filter: { account: "somebody-else" }) { edges { cursor } }', 'FORBIDDEN'],
    ['events(after: "nonsense") { edges { cursor } }', 'BAD_USER_INPUT'],
    ['reads { edges { cursor } }', 'FORBIDDEN'],
    ['analytics { totals { at } }', 'FORBIDDEN'],
    ['node(id: "nonsense") { id }', 'BAD_USER_INPUT'],
    ['consistencyProof(fromSize: 5, toSize: 2147483647) { path }', 'BAD_USER_INPUT'],
  ])('of a query leaves the others: %s', async (refused, code) => {
    const { data, errors } = await client.send(`{ viewer { accountId } refused: ${refused} own: account { accountId } }`);
    expect(errors).toMatchObject([{ path: ['refused'], extensions: { code } }]);
    expect(data).toEqual({ viewer: { accountId: client.account }, refused: null, own: { accountId: client.account } });
  });

  it('of an object leaves the others', async () => {
    const { data, errors } = await client.send(`{ account {
      accountId
      expiringKeys(withinSeconds: -1) { id }
      deletedKeys(after: "nonsense") { edges { cursor } }
      asOf(at: "${AT}") { activeKeyCount }
    } }`);
    expect(errors?.map(({ path }) => path?.[1])).toEqual(['expiringKeys', 'deletedKeys']);
    expect(data).toEqual({
      account: { accountId: client.account, expiringKeys: null, deletedKeys: null, asOf: { activeKeyCount: 0 } },
    });
  });

  it('of an analyst leaves the others', async () => {
    const analyst = await (await openFilledWorld()).client({ role: 'analyst' });
    const { data, errors } = await analyst.send(
      '{ analytics { totals { accounts } distribution(metric: KEY_AGE, quantiles: [2]) { count } } }',
    );
    expect(errors).toMatchObject([{ path: ['analytics', 'distribution'], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(data).toEqual({ analytics: { totals: { accounts: 0 }, distribution: null } });
  });

  it('of a mutation leaves the secret that another has made', async () => {
    const { data, errors } = await client.send(`mutation {
      made: createKey(input: { name: "a" }) { ... on CreateKeyPayload { secret } }
      refused: createKey(input: { name: "b" }) { ... on CreateKeyPayload { secret } }
    }`);
    expect(errors).toMatchObject([{ path: ['refused'], extensions: { code: 'RATE_LIMITED' } }]);
    expect(data).toEqual({ made: { secret: expect.stringMatching(/^kls_/) }, refused: null });
  });
});
