import { type GraphQLNamedType, getNamedType, isCompositeType, isObjectType } from 'graphql';
import type { Role } from '../../../src/auth/viewer.js';
import { schema } from '../../../src/graphql/api/schema.js';
import { newAccount, temporaryDirectory } from '../../support/cleanup.js';
import type { Answer, Client } from '../../support/client.js';
import { untilSigned } from '../../support/readiness.js';
import { openFilledWorld, openWorld, type World } from '../../support/world.js';

/** The content of an owner's account: a held key, a deleted key, and the three events of both. */
interface Ledger {
  owner: Client;
  held: string;
  deleted: string;
  /** The idempotency key of the held key. */
  idempotencyKey: string;
  eventIds: string[];
  cursors: string[];
}

interface Edge {
  /** Selects the ledger's content along this edge; if the edge leads to a page, that page. */
  ask: (of: Ledger, page: string) => string;
  /** The answer for an owner of another account: an error's code, or data. If missing, the same as for anyone. */
  stranger?: 'FORBIDDEN' | object;
  /** The answer for an operator: what the owner gets, or data. If missing, it is refused. */
  operator?: 'SHOWN' | object;
  paged?: true;
}

const SOON = new Date(Date.now() + 3_600_000).toISOString();
const LATER = new Date(Date.now() + 86_400_000).toISOString();
const KEY = '{ keyId name createdBy }';
const EVENTS =
  '{ edges { cursor node { account actor eventId canonical ... on KeyCreated { keyId name } ... on KeyDeleted { keyId } } } }';
const KEYS = `{ edges { cursor node ${KEY} } }`;

const nodeId = (type: string, id: string) => Buffer.from(`${type}:${id}`).toString('base64url');
const node = (type: string, id: string, fields: string) =>
  `{ node(id: "${nodeId(type, id)}") { ... on ${type} { ${fields} } } }`;
const hidden = { node: null };
/** The edges of a type of events, asked for at the event of that place in the account. */
const ofEvents = (type: string, place: number, on = type): Record<string, Edge> => {
  const ask = (fields: string) => (of: Ledger) =>
    `{ node(id: "${nodeId('Event', of.eventIds[place] ?? '')}") { ... on ${on} { ${fields} } } }`;
  return {
    [`Node: ${type}`]: { ask: ask('eventId account canonical'), ...noKey },
    [`${type}.inclusionProof`]: { ask: ask('inclusionProof(treeSize: 6) { leafIndex leafHash path }'), ...noKey },
  };
};
const account = (of: Ledger, fields: string) => `{ account(accountId: "${of.owner.account}") { ${fields} } }`;
const ofAccount = (fields: string): Edge => ({ ask: (of) => account(of, fields), stranger: 'FORBIDDEN' });
const keysOf = (fields: string): Edge => ({ ...ofAccount(fields), operator: 'SHOWN' });
/** What is hidden from the owner of another account, and shown to an operator. */
const forOperators = { stranger: hidden, operator: 'SHOWN' } as const;
/** What is hidden from both. */
const noKey = { stranger: hidden, operator: hidden };

/** How to select an account's content along each edge of the schema, and the answer for an owner of another account. */
const QUERIES: Record<string, Edge> = {
  'Query.account': keysOf('id accountId'),
  'Query.node': { ask: (of) => node('ApiKey', of.held, 'id'), ...forOperators },
  'Query.key': { ask: (of) => `{ key(keyId: "${of.held}") ${KEY} }`, stranger: { key: null }, operator: 'SHOWN' },
  'Query.events': {
    ask: (of, page) => `{ events(filter: { account: "${of.owner.account}" }, ${page}) ${EVENTS} }`,
    stranger: 'FORBIDDEN',
    paged: true,
  },
  'Query.couldAuthenticate': {
    ask: (of) => `{ couldAuthenticate(keyId: "${of.held}", at: "${SOON}") }`,
    stranger: { couldAuthenticate: false },
  },
  // Not its note, which changes when a larger tree is signed.
  'Query.checkpoint': { ask: () => '{ checkpoint { origin publicKey } }' },
  'Query.consistencyProof': { ask: () => '{ consistencyProof(fromSize: 1, toSize: 6) { path } }' },
  'Query.inclusionProof': {
    ask: (of) => `{ inclusionProof(eventId: "${of.eventIds[0]}", treeSize: 6) { leafIndex leafHash path } }`,
    stranger: { inclusionProof: null },
  },
  'Node: Account': { ask: (of) => node('Account', of.owner.account, `accountId keys ${KEY}`), ...forOperators },
  'Node: ApiKey': { ask: (of) => node('ApiKey', of.held, 'keyId name createdBy'), ...forOperators },
  'Node: DeletedKey': { ask: (of) => node('DeletedKey', of.deleted, 'keyId name deletedBy'), ...noKey },
  ...ofEvents('KeyCreated', 0),
  ...ofEvents('KeyDeleted', 2),
  // None of these is in the ledgers. What finds one finds every event.
  ...ofEvents('KeyExpirySet', 0, 'KeyEvent'),
  ...ofEvents('KeyRenamed', 0, 'KeyEvent'),
  ...ofEvents('KeyDisabled', 0, 'KeyEvent'),
  ...ofEvents('KeyEnabled', 0, 'KeyEvent'),
  ...ofEvents('AccountFrozen', 0, 'KeyEvent'),
  ...ofEvents('AccountThawed', 0, 'KeyEvent'),
  ...ofEvents('UnknownKeyEvent', 0, 'KeyEvent'),
  'Account.keys': keysOf(`keys ${KEY}`),
  'Account.expiringKeys': keysOf(`expiringKeys ${KEY}`),
  'Account.history': { ask: (of, page) => account(of, `history(${page}) ${EVENTS}`), stranger: 'FORBIDDEN', paged: true },
  'Account.deletedKeys': { ask: (of, page) => account(of, `deletedKeys(${page}) ${KEYS}`), stranger: 'FORBIDDEN', paged: true },
  'Account.asOf': ofAccount(`asOf(at: "${SOON}") { accountId activeKeyCount }`),
  'AccountSnapshot.keys': ofAccount(`asOf(at: "${SOON}") { keys ${KEY} }`),
  'ApiKey.history': {
    ask: (of, page) => node('ApiKey', of.held, `history(${page}) ${EVENTS}`),
    stranger: hidden,
    paged: true,
  },
  'ApiKey.account': { ask: (of) => node('ApiKey', of.held, `account { accountId keys ${KEY} }`), ...forOperators },
  'ApiKey.usage': { ask: (of) => node('ApiKey', of.held, 'usage(days: 3) { day count }'), ...forOperators },
  'DeletedKey.history': {
    ask: (of, page) => node('DeletedKey', of.deleted, `history(${page}) ${EVENTS}`),
    ...noKey,
    paged: true,
  },
};

const create = (of: Ledger, fields: string) =>
  `mutation { createKey(input: { name: "mine", idempotencyKey: "${of.idempotencyKey}" }) { __typename ${fields} } }`;
const change = (mutation: string, of: Ledger, fields = '') =>
  `mutation { ${mutation}(input: { keyId: "${of.held}" }) { __typename ... on Error { code } ${fields} } }`;
const renameKey = (of: Ledger, fields = '') =>
  `mutation { renameKey(input: { keyId: "${of.held}", name: "mine" }) { __typename ... on Error { code } ${fields} } }`;
const created = { createKey: { __typename: 'CreateKeyPayload' } };

/** The same for mutations: objects of another account count as missing. */
const MUTATIONS: Record<string, Edge> = {
  'Mutation.createKey': { ask: (of) => create(of, ''), stranger: created },
  'Mutation.rotateKey': { ask: (of) => change('rotateKey', of), stranger: { rotateKey: { code: 'KEY_NOT_FOUND' } } },
  'Mutation.deleteKey': { ask: (of) => change('deleteKey', of), stranger: { deleteKey: { code: 'KEY_NOT_FOUND' } } },
  'Mutation.renameKey': { ask: (of) => renameKey(of), stranger: { renameKey: { code: 'KEY_NOT_FOUND' } } },
  'Mutation.disableKey': { ask: (of) => change('disableKey', of), stranger: { disableKey: { code: 'KEY_NOT_FOUND' } } },
  'Mutation.enableKey': { ask: (of) => change('enableKey', of), stranger: { enableKey: { code: 'KEY_NOT_FOUND' } } },
  'ChangeKeyPayload.account': {
    ask: (of) => renameKey(of, `... on ChangeKeyPayload { account { accountId keys ${KEY} } }`),
    stranger: { renameKey: { code: 'KEY_NOT_FOUND' } },
  },
  'ChangeKeyPayload.key': {
    ask: (of) => change('disableKey', of, `... on ChangeKeyPayload { key ${KEY} }`),
    stranger: { disableKey: { code: 'KEY_NOT_FOUND' } },
  },
  'CreateKeyPayload.account': {
    ask: (of) => create(of, `... on CreateKeyPayload { account { accountId keys ${KEY} } }`),
    stranger: created,
  },
  'CreateKeyPayload.key': { ask: (of) => create(of, `... on CreateKeyPayload { key ${KEY} }`), stranger: created },
  'KeyAlreadyCreated.existingKey': {
    ask: (of) => create(of, `... on KeyAlreadyCreated { existingKey ${KEY} }`),
    stranger: created,
  },
  'DeleteKeyPayload.account': {
    ask: (of) => change('deleteKey', of, `... on DeleteKeyPayload { account { accountId keys ${KEY} } }`),
    stranger: { deleteKey: { code: 'KEY_NOT_FOUND' } },
  },
};

const operate = (mutation: string, of: Ledger, fields = '') =>
  `mutation { ${mutation}(input: { accountId: "${of.owner.account}" }) { __typename ${fields} } }`;
const revoke = (of: Ledger, fields = '') => `mutation { revokeKey(input: { keyId: "${of.held}" }) { __typename ${fields} } }`;
const shown = `account { accountId keys ${KEY} }`;

/** The same for fields that only operators may select. */
const OPERATIONS: Record<string, Edge> = {
  'Query.accounts': { ask: (_, page) => `{ accounts(${page}) { edges { node { accountId } } } }`, stranger: 'FORBIDDEN' },
  'Mutation.freezeAccount': { ask: (of) => operate('freezeAccount', of), stranger: 'FORBIDDEN' },
  'Mutation.thawAccount': { ask: (of) => operate('thawAccount', of), stranger: 'FORBIDDEN' },
  'FreezeAccountPayload.account': {
    ask: (of) => operate('freezeAccount', of, `... on FreezeAccountPayload { ${shown} }`),
    stranger: 'FORBIDDEN',
  },
  'Mutation.revokeKey': { ask: (of) => revoke(of), stranger: 'FORBIDDEN' },
  'Mutation.revokeAccountKeys': { ask: (of) => operate('revokeAccountKeys', of), stranger: 'FORBIDDEN' },
  'RevokeKeysPayload.account': {
    ask: (of) => operate('revokeAccountKeys', of, `... on RevokeKeysPayload { ${shown} }`),
    stranger: 'FORBIDDEN',
  },
};

/** The same for fields that only auditors may select. */
const AUDITS: Record<string, Edge> = {
  'Query.reads': { ask: (_, page) => `{ reads(${page}) { edges { node { actor what filter } } } }`, stranger: 'FORBIDDEN' },
};

/** The same for fields that anyone with a token may select: they show the token's content and nothing of an account. */
const ANYONE: Record<string, Edge> = { 'Query.viewer': { ask: () => '{ viewer { subject accountId roles } }' } };

const analytics = (fields: string): Edge => ({ ask: () => `{ analytics { ${fields} } }`, stranger: 'FORBIDDEN' });
const series = (fields: string) =>
  analytics(`timeSeries(metric: ACTIVE_KEYS, from: "${SOON}", to: "${LATER}", interval: DAY) { ${fields} }`);
const lifetimes = (fields: string) => analytics(`distribution(metric: LIFETIME, quantiles: [0.5]) { ${fields} }`);

/** The same for fields that only analysts may select. */
const ANALYTICS: Record<string, Edge> = {
  'Query.analytics': analytics('__typename'),
  'Analytics.totals': analytics('totals { accounts keysCreated }'),
  'Analytics.timeSeries': series('at'),
  'TimeSeries.points': series('points { start value }'),
  'Analytics.distribution': lifetimes('count mean'),
  'Distribution.buckets': lifetimes('buckets { from to count }'),
  'Distribution.quantiles': lifetimes('quantiles { part value }'),
  'Analytics.accountsAtLimit': analytics('accountsAtLimit { totalCount edges { node { account since } } }'),
  'Analytics.rotationFunnel': analytics('rotationFunnel { created rotated }'),
};

const EDGES = { ...QUERIES, ...MUTATIONS, ...OPERATIONS, ...AUDITS, ...ANALYTICS };

let world: World;
let alice: Ledger;
let bob: Ledger;
beforeAll(async () => {
  const dataDirectory = temporaryDirectory();
  const first = await openWorld({ dataDirectory });
  // The names are long enough that no hash or signature in base64 contains one of them by chance.
  const ledgers = [await fill(first, 'alicewicz'), await fill(first, 'bobrowska')] as const;
  await first.stop();
  world = await openFilledWorld({ dataDirectory });
  const auditor = await world.client({ role: 'auditor' });
  await untilSigned(auditor);
  [alice, bob] = [await read(ledgers[0]), await read(ledgers[1])];
});

type Filled = Omit<Ledger, 'owner' | 'eventIds' | 'cursors'> & { subject: string; account: string };

/** Everything in the account begins with the subject, so it can be recognised. */
async function fill(world: World, subject: string): Promise<Filled> {
  const owner = await world.client({ subject, account: `${subject}-${newAccount()}` });
  const idempotencyKey = `${subject} request`;
  const { key: held } = await owner.newKey({ name: `${subject} held`, scopes: ['all'], expiresAt: LATER, idempotencyKey });
  const { key: deleted } = await owner.newKey({ name: `${subject} deleted`, scopes: ['all'] });
  await owner.deleteKey(deleted.keyId);
  return { subject, account: owner.account, held: held.keyId, deleted: deleted.keyId, idempotencyKey };
}

/** The ledger, with an owner in the present world. */
async function read({ subject, account, ...keys }: Filled): Promise<Ledger> {
  const owner = await world.client({ subject, account });
  const { data } = await owner.send<{ events: { edges: { cursor: string; node: { eventId: string } }[] } }>(
    '{ events { edges { cursor node { eventId } } } }',
  );
  const edges = data?.events.edges ?? [];
  expect(edges).toHaveLength(3);
  return { ...keys, owner, eventIds: edges.map(({ node }) => node.eventId), cursors: edges.map(({ cursor }) => cursor) };
}

function expectForbidden({ errors, text }: Answer<unknown>): void {
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expectNothingOf(alice, text);
}

function expectNothingOf({ owner, held, deleted, idempotencyKey, eventIds }: Ledger, text: string): void {
  const [subject = ''] = owner.account.split('-');
  for (const mark of [subject, held, deleted, idempotencyKey, ...eventIds]) expect(text).not.toContain(mark);
}

it('is tested on every edge of the schema', () => {
  expect(Object.keys({ ...EDGES, ...ANYONE }).sort()).toEqual(edgesOf(Object.values(schema.getTypeMap())).sort());
});

describe.each(Object.entries({ ...EDGES, ...ANYONE }))('%s', (_edge, { ask }) => {
  it('is refused without a token', async () => {
    const response = await fetch(`${world.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: ask(alice, 'first: 9') }),
    });
    expect(response.status).toBe(401);
    const text = await response.text();
    expect(JSON.parse(text)).toEqual({
      errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'UNAUTHENTICATED' }) })],
    });
    expectNothingOf(alice, text);
  });
});

describe.each(Object.entries(EDGES))('%s', (edge, { ask, stranger, operator }) => {
  it(`is ${edge in ANALYTICS ? 'shown' : 'refused'} to an analyst, of the same account too`, async () => {
    for (const account of [alice.owner.account, newAccount()]) {
      const analyst = await world.client({ role: 'analyst', account });
      const answer = await analyst.send(ask(alice, 'first: 9'));
      if (!(edge in ANALYTICS)) expectForbidden(answer);
      else expect(answer.errors).toBeUndefined();
      expectNothingOf(alice, answer.text);
    }
  });

  if (!(edge in OPERATIONS))
    it('shows an operator keys, and neither history nor analytics', async () => {
      for (const account of [newAccount(), bob.owner.account, alice.owner.account]) {
        const answer = await (await world.client({ role: 'operator', account })).send(ask(alice, 'first: 9'));
        if (operator === undefined) {
          expectForbidden(answer);
        } else if (operator === 'SHOWN') {
          expect(answer.text).toBe((await alice.owner.send(ask(alice, 'first: 9'))).text);
        } else {
          expect(answer.data).toEqual(operator);
        }
      }
    });

  it('shows nothing of an account to the owner of another', async () => {
    if (stranger === undefined) return;
    const answer = await (await world.client({ subject: 'mallory' })).send(ask(alice, 'first: 9'));
    if (stranger === 'FORBIDDEN') return expectForbidden(answer);
    expect(answer.errors).toBeUndefined();
    expect(answer.data).toMatchObject(stranger);
    expectNothingOf(alice, answer.text);
  });
});

describe.each(Object.entries(QUERIES))('%s', (_edge, { ask, stranger, paged }) => {
  it('shows an owner its own, and the same to an auditor', async () => {
    const own = await alice.owner.send(ask(alice, 'first: 9'));
    expect(own.errors).toBeUndefined();
    expect(own.text).not.toMatch(/[:,[](?:null|false|\[\])/);
    expectNothingOf(bob, own.text);
    for (const account of [newAccount(), bob.owner.account]) {
      const auditor = await world.client({ role: 'auditor', account });
      expect((await auditor.send(ask(alice, 'first: 9'))).text).toBe(own.text);
    }
    if (stranger === undefined) expect((await bob.owner.send(ask(alice, 'first: 9'))).text).toBe(own.text);
  });

  if (!paged) return;
  it.each(['after', 'before'])("shows nothing of an account %s a cursor that is another's", async (side) => {
    for (const cursor of alice.cursors) {
      for (const size of ['first: 9', 'last: 9']) {
        const { errors, text } = await bob.owner.send(ask(bob, `${size}, ${side}: "${cursor}"`));
        expect(errors).toBeUndefined();
        expectNothingOf(alice, text);
      }
    }
  });
});

describe.each(Object.entries(MUTATIONS))('%s', (_edge, { ask }) => {
  it('is refused to an auditor, of the same account too', async () => {
    for (const account of [alice.owner.account, newAccount()]) {
      const auditor = await world.client({ role: 'auditor', account });
      expectForbidden(await auditor.send(ask(alice, '')));
    }
  });
});

describe.each(Object.entries(OPERATIONS))('%s', (_edge, { ask }) => {
  it('is refused to an owner, of the same account too, and to an auditor', async () => {
    expectForbidden(await alice.owner.send(ask(alice, 'first: 9')));
    for (const account of [alice.owner.account, newAccount()]) {
      expectForbidden(await (await world.client({ role: 'auditor', account })).send(ask(alice, 'first: 9')));
    }
  });
});

describe.each(Object.entries(AUDITS))('%s', (_edge, { ask }) => {
  it('is shown to an auditor, and to no owner', async () => {
    expectForbidden(await alice.owner.send(ask(alice, 'first: 9')));
    const answer = await (await world.client({ role: 'auditor' })).send(ask(alice, 'first: 9'));
    expect(answer.errors).toBeUndefined();
  });
});

describe.each(Object.entries(ANALYTICS))('%s', (_edge, { ask }) => {
  it('is refused to an owner and to an auditor, unless they are analysts too', async () => {
    expectForbidden(await alice.owner.send(ask(alice, '')));
    expectForbidden(await (await world.client({ role: 'auditor' })).send(ask(alice, '')));
  });
});

it('shows an owner who names no account the events of its own, and an auditor those of all', async () => {
  const accountsOf = async (client: Client) => {
    const { data } = await client.send<{ events: { edges: { node: { account: string } }[] } }>(
      '{ events(first: 6) { edges { node { account } } } }',
    );
    return new Set(data?.events.edges.map(({ node }) => node.account));
  };
  const [a, b] = [alice.owner.account, bob.owner.account];
  expect(await accountsOf(alice.owner)).toEqual(new Set([a]));
  expect(await accountsOf(bob.owner)).toEqual(new Set([b]));
  expect(await accountsOf(await world.client({ role: 'auditor' }))).toEqual(new Set([a, b]));
});

it.each<[role: Role, refused: string, who: string]>([
  ['auditor', 'mutation { createKey(input: { name: "mine" }) { __typename } }', 'an owner'],
  ['analyst', '{ account { version } }', 'an owner, an operator, or an auditor'],
  ['operator', '{ events { edges { cursor } } }', 'an owner or an auditor'],
  ['owner', '{ accounts { edges { cursor } } }', 'an operator'],
  ['owner', '{ reads { edges { cursor } } }', 'an auditor'],
  ['owner', '{ analytics { __typename } }', 'an analyst'],
])('tells an %s of %s which role may', async (role, refused, who) => {
  const { errors } = await (await world.client({ role })).send(refused);
  expect(errors?.map(({ message }) => message)).toEqual([`Your role does not allow this. Use the token of ${who}.`]);
});

it('changed nothing of an account, whoever else asked', async () => {
  const { keys } = await alice.owner.readAccount();
  expect(keys).toMatchObject([{ keyId: alice.held, name: 'alicewicz held', status: 'ACTIVE' }]);
  const { data } = await alice.owner.send<{ events: { edges: unknown[] } }>('{ events { edges { cursor } } }');
  expect(data?.events.edges).toHaveLength(alice.cursors.length);
});

/** The last of all, since it ends what the others look at. */
describe('what only operators may do', () => {
  it.each(Object.entries(OPERATIONS))('%s', async (_edge, { ask }) => {
    const operator = await world.client({ role: 'operator' });
    const { errors, data } = await operator.send(ask(bob, 'first: 9'));
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).not.toMatch(/[:,[]null|(?:Error|NotFound)"/);
  });

  it('creates, rotates and changes no key of anyone', async () => {
    const operator = await world.client({ role: 'operator', account: alice.owner.account });
    for (const [edge, { ask }] of Object.entries(MUTATIONS)) {
      const { errors } = await operator.send(ask(alice, ''));
      expect([edge, errors]).toMatchObject([edge, [{ extensions: { code: 'FORBIDDEN' } }]]);
    }
  });
});

/** Every root field, every kind of node, and every field that leads from one object to another. */
function edgesOf(types: GraphQLNamedType[]): string[] {
  return types.filter(isObjectType).flatMap((type) => {
    const { name } = type;
    if (/^__|^Subscription$|(?:Connection|Edge)$/.test(name)) return [];
    const isRoot = type === schema.getQueryType() || type === schema.getMutationType();
    const fields = Object.values(type.getFields()).filter((field) => isRoot || isCompositeType(getNamedType(field.type)));
    const isNode = type.getInterfaces().some((one) => one.name === 'Node');
    return [...(isNode ? [`Node: ${name}`] : []), ...fields.map((field) => `${name}.${field.name}`)];
  });
}
