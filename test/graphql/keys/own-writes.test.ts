import { HistoryProjection } from '../../../src/projections/audit/history.js';
import { TransparencyProjection } from '../../../src/projections/transparency/transparency.js';
import Database from '../../../src/shared/sqlite.js';
import { SHORT_DEADLINE } from '../../support/cleanup.js';
import type { Client } from '../../support/client.js';
import { stopProjection } from '../../support/late-projections.js';
import { openFilledWorld } from '../../support/world.js';

const memory = new Database(':memory:');
const HISTORY = new HistoryProjection(memory).name;
const TREE = new TransparencyProjection(memory).name;
afterAll(() => memory.close());

const EVENTS = '{ edges { node { version __typename } } }';
const PAST = `account { history ${EVENTS} deletedKeys { edges { node { keyId } } } } version`;
const NEW_KEY = `... on CreateKeyPayload { secret key { keyId history ${EVENTS} } ${PAST} }`;

interface Events {
  edges: { node: { version: number; __typename: string } }[];
}
interface Past {
  version: number;
  account: { history: Events | null; deletedKeys: { edges: { node: { keyId: string } }[] } | null };
}
interface NewKey extends Past {
  secret: string;
  key: { keyId: string; history: Events | null };
}

const create = (client: Client, selection = NEW_KEY, input = 'name: "a"') =>
  client.send<{ createKey: NewKey }>(`mutation { createKey(input: { ${input} }) { __typename ${selection} } }`);
const typesIn = (events: Events | null | undefined) => events?.edges.map(({ node }) => node.__typename);

async function worldWith(env: Record<string, string>) {
  const world = await openFilledWorld({ env });
  return { world, client: await world.client({}), stop: (table: string) => stopProjection(world.config.dataDirectory, table) };
}

/** In such a world, a wait for the deadline makes the test fail. */
const patient = () => worldWith({ KEYLEDGER_DEADLINE: '5m' });
const hurried = () => worldWith(SHORT_DEADLINE);

describe('below a payload', () => {
  it('history and deletedKeys hold what the mutation did, time after time', async () => {
    const { client } = await patient();
    for (let round = 0; round < 10; round += 1) {
      const { data } = await create(client);
      const { key, account, version } = data?.createKey ?? {};
      expect(typesIn(account?.history)).toHaveLength(version ?? 0);
      expect(typesIn(account?.history)?.at(-1)).toBe('KeyCreated');
      expect(typesIn(key?.history)).toEqual(['KeyCreated']);
      const { data: rotated } = await client.send<{ rotateKey: NewKey }>(
        `mutation { rotateKey(input: { keyId: "${key?.keyId}" }) { ${NEW_KEY} } }`,
      );
      expect(typesIn(rotated?.rotateKey.account.history)?.slice(-2)).toEqual(['KeyDeleted', 'KeyCreated']);
      expect(rotated?.rotateKey.account.deletedKeys?.edges.at(-1)?.node.keyId).toBe(key?.keyId);
      const { keyId = '' } = rotated?.rotateKey.key ?? {};
      const { data: deleted } = await client.send<{ deleteKey: Past }>(
        `mutation { deleteKey(input: { keyId: "${keyId}" }) { ... on DeleteKeyPayload { ${PAST} } } }`,
      );
      expect(typesIn(deleted?.deleteKey.account.history)).toHaveLength(4 * (round + 1));
      expect(deleted?.deleteKey.account.deletedKeys?.edges.at(-1)?.node.keyId).toBe(keyId);
    }
  });

  it('a snapshot of the account holds what the mutation did', async () => {
    const { client } = await patient();
    const { data } = await client.send<{ createKey: { account: { asOf: { keys: unknown[] } } } }>(`mutation {
      createKey(input: { name: "a" }) { ... on CreateKeyPayload { account { asOf(at: "2999-01-01T00:00:00Z") { keys { name } } } } }
    }`);
    expect(data?.createKey.account.asOf.keys).toEqual([{ name: 'a' }]);
  });

  it('an inclusion proof knows the event of the mutation', async () => {
    const { client } = await patient();
    const { data, errors } = await create(
      client,
      '... on CreateKeyPayload { account { history { edges { node { inclusionProof(treeSize: 1) { leafIndex } } } } } }',
    );
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).toContain('"leafIndex":0');
  });

  it('the key that a repeated request is told of has its history', async () => {
    const { client, stop } = await patient();
    const go = stop(HISTORY);
    await client.newKey({ name: 'a', idempotencyKey: 'once' });
    const answer = create(
      client,
      `... on KeyAlreadyCreated { version existingKey { history ${EVENTS} } }`,
      'name: "a", idempotencyKey: "once"',
    );
    await client.readAccount();
    go();
    expect((await answer).data?.createKey).toMatchObject({
      version: 1,
      existingKey: { history: { edges: [{ node: { __typename: 'KeyCreated' } }] } },
    });
  });
});

describe('where the history is late', () => {
  it('an answer that asks for it has it as soon as it is there', async () => {
    const { client, stop } = await patient();
    const go = stop(HISTORY);
    const answer = create(client);
    await client.readAccount();
    go();
    expect(typesIn((await answer).data?.createKey.account.history)).toEqual(['KeyCreated']);
  });

  it('an answer that does not ask for it comes at once', async () => {
    const { client, stop } = await patient();
    stop(HISTORY);
    const { data } = await create(client, '... on CreateKeyPayload { secret account { keys { keyId lastUsedAt } } }');
    expect(data?.createKey.secret).toMatch(/^kls_/);
  });

  it('it is null with NOT_READY when the time is up, and the secret is there', async () => {
    const { client, stop } = await hurried();
    stop(HISTORY);
    const { data, errors } = await create(client);
    expect(data?.createKey).toMatchObject({
      secret: expect.stringMatching(/^kls_/),
      version: 1,
      key: { history: null },
      account: { history: null, deletedKeys: null },
    });
    expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(['NOT_READY', 'NOT_READY', 'NOT_READY']);
  });

  it('takes no time from the next mutation of the document', async () => {
    const { client, stop } = await hurried();
    stop(HISTORY);
    const { data } = await client.send<Record<string, NewKey>>(`mutation {
      first: createKey(input: { name: "a" }) { ${NEW_KEY} }
      second: createKey(input: { name: "b" }) { ... on CreateKeyPayload { secret } }
    }`);
    expect(data?.first).toMatchObject({ secret: expect.stringMatching(/^kls_/), account: { history: null } });
    expect(data?.second).toEqual({ secret: expect.stringMatching(/^kls_/) });
  });

  it('a proof is null with NOT_READY while the tree is late, and the events are there', async () => {
    const { client, stop } = await hurried();
    stop(TREE);
    const { data, errors } = await create(
      client,
      `... on CreateKeyPayload { secret account { history { edges { node { __typename inclusionProof(treeSize: 1) { path } } } } } }`,
    );
    expect(data?.createKey).toMatchObject({
      secret: expect.stringMatching(/^kls_/),
      account: { history: { edges: [{ node: { __typename: 'KeyCreated', inclusionProof: null } }] } },
    });
    expect(errors).toMatchObject([{ extensions: { code: 'NOT_READY' } }]);
  });
});

describe('where it is not below a payload', () => {
  it('the history is that of now, and waits for nothing', async () => {
    const { client, stop } = await patient();
    stop(HISTORY);
    await client.newKey();
    const { data } = await client.send<{ account: Past['account'] }>(`{ account { history ${EVENTS} } }`);
    expect(data?.account.history?.edges).toEqual([]);
  });

  it('the history below account(minVersion: …) holds that version', async () => {
    const { client, stop } = await patient();
    const go = stop(HISTORY);
    await client.newKey();
    const answer = client.send<{ account: Past['account'] }>(`{ account(minVersion: 1) { history ${EVENTS} } }`);
    await client.readAccount();
    go();
    expect(typesIn((await answer).data?.account.history)).toEqual(['KeyCreated']);
  });
});
