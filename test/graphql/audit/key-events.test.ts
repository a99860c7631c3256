import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { temporaryDirectory } from '../../support/cleanup.js';
import type { Client } from '../../support/client.js';
import { damage } from '../../support/faults.js';
import { removeProjections } from '../../support/projection-files.js';
import { openWorld, type World } from '../../support/world.js';

interface EventNode {
  __typename: string;
  id: string;
  eventId: string;
  canonical: string | null;
  unreadable: string | null;
  data?: object;
}

/** Everything that is told of an event, whatever it is. */
const EVENT = `{
  __typename id eventId schemaVersion account version position at actor correlationId unreadable canonical
  ... on KeyCreated { keyId name hint scopes expiresAt lifetimeSeconds idempotencyKey replaces }
  ... on KeyDeleted { keyId reason replacedBy }
  ... on KeyExpirySet { keyId expiresAt }
  ... on UnknownKeyEvent { type data }
}`;

const START = Date.parse('2026-05-01T00:00:00Z');

async function historyOf(client: Client, account: string, count: number, args = ''): Promise<EventNode[]> {
  for (;;) {
    const { data, errors } = await client.send<{ events: { edges: { node: EventNode }[] } | null }>(
      `{ events(first: 30, filter: { account: "${account}" ${args} }) { edges { node ${EVENT} } } }`,
    );
    const nodes = data?.events?.edges.map(({ node }) => node) ?? [];
    if (nodes.length >= count) return nodes;
    if (errors?.some(({ extensions }) => extensions?.code !== 'NOT_READY')) throw new Error(JSON.stringify(errors));
    await delay(25);
  }
}

async function nodeOf(client: Client, id: string) {
  const { data, errors } = await client.send<{ node: EventNode | null }>(`{ node(id: "${id}") { ... on KeyEvent ${EVENT} } }`);
  return errors ? errors.map(({ extensions }) => extensions?.code) : data?.node;
}

/** As on a machine that fills everything from the log, and has signed nothing yet. */
function removeTables(directory: string): void {
  removeProjections(directory);
  rmSync(join(directory, 'checkpoints'), { force: true });
}

const globalId = (name: string, id: string) => Buffer.from(`${name}:${id}`).toString('base64url');

describe('an event that this version knows', () => {
  let now = START;
  let world: World;
  let owner: Client;
  let keyIds: string[];
  beforeAll(async () => {
    world = await openWorld({ clock: () => now });
    owner = await world.client({});
    const expiresAt = new Date(now + 3_600_001).toISOString();
    const first = await owner.newKey({ name: 'first', scopes: ['read'], expiresAt, idempotencyKey: 'once' });
    now += 1000;
    const second = await owner.rotateKey({ keyId: first.key.keyId, overlapSeconds: 60 });
    if (second.__typename !== 'CreateKeyPayload') throw new Error('No successor.');
    now += 120_000;
    const third = await owner.rotateKey({ keyId: second.key.keyId });
    if (third.__typename !== 'CreateKeyPayload') throw new Error('No successor.');
    await owner.deleteKey(third.key.keyId);
    keyIds = [first, second, third].map(({ key }) => key.keyId);
  });

  it('has a type and fields of its own', async () => {
    const [first, second, third] = keyIds;
    const created = { __typename: 'KeyCreated', name: 'first', scopes: ['read'], hint: expect.stringMatching(/^.{4}$/) };
    const lifetimeSeconds = 3600.001;
    expect(await historyOf(owner, owner.account, 6)).toMatchObject([
      {
        ...created,
        keyId: first,
        expiresAt: '2026-05-01T01:00:00.001Z',
        lifetimeSeconds,
        idempotencyKey: 'once',
        replaces: null,
      },
      {
        ...created,
        keyId: second,
        expiresAt: '2026-05-01T01:00:01.001Z',
        lifetimeSeconds,
        idempotencyKey: null,
        replaces: first,
      },
      { __typename: 'KeyExpirySet', keyId: first, expiresAt: '2026-05-01T00:01:01.000Z' },
      { __typename: 'KeyDeleted', keyId: second, reason: 'ROTATED', replacedBy: third },
      { ...created, keyId: third, expiresAt: '2026-05-01T01:02:01.001Z', lifetimeSeconds, replaces: second },
      { __typename: 'KeyDeleted', keyId: third, reason: 'REQUESTED', replacedBy: null },
    ]);
  });

  it.each([
    ['KEY_CREATED', 'KeyCreated', 3],
    ['KEY_EXPIRY_SET', 'KeyExpirySet', 1],
    ['KEY_DELETED', 'KeyDeleted', 2],
  ])('is found by its type: %s', async (type, name, count) => {
    const found = await historyOf(owner, owner.account, count, `type: ${type}`);
    expect(found.map(({ __typename }) => __typename)).toEqual(Array(count).fill(name));
  });

  it('is found by its id, as itself, by whoever may see it', async () => {
    const stranger = await world.client({});
    const auditor = await world.client({ role: 'auditor' });
    for (const event of await historyOf(owner, owner.account, 6)) {
      for (const reader of [owner, auditor]) expect(await nodeOf(reader, event.id)).toEqual(event);
      expect(await nodeOf(stranger, event.id)).toBeNull();
    }
  });

  it('has one id, which begins as it did when all events were of one type', async () => {
    for (const { __typename, id, eventId } of await historyOf(owner, owner.account, 6)) {
      expect(id).toBe(globalId('Event', eventId));
      for (const name of [__typename, 'UnknownKeyEvent', 'KeyEvent']) {
        expect(await nodeOf(owner, globalId(name, eventId))).toEqual(['BAD_USER_INPUT']);
      }
    }
  });
});

describe.each([
  'torn data',
  'torn metadata',
  'data that is a list',
  'metadata of another shape',
  'an unknown schema version',
  'an unknown type',
  'a field of another type',
])('an event with %s', (fault) => {
  it('is unknown, fails no query, shows no hash, and is itself again under the same id where it can be read', async () => {
    const dataDirectory = temporaryDirectory();
    const first = await openWorld({ dataDirectory });
    const owner = await first.client({});
    await owner.newKey();
    await owner.newKey({ name: 'damaged' });
    const { account } = owner;
    const whole = (await historyOf(owner, account, 2))[1];
    await first.stop();
    const restore = damage(dataDirectory, account, 2, fault);
    removeTables(dataDirectory);

    const world = await openWorld({ dataDirectory });
    const [auditor, stranger] = [await world.client({ role: 'auditor' }), await world.client({})];
    const [, event] = await historyOf(auditor, account, 2);
    const type = fault === 'an unknown type' ? 'KeyMoved' : 'KeyCreated';
    const { id, eventId } = whole ?? {};
    expect(event).toMatchObject({ __typename: 'UnknownKeyEvent', id, eventId, account, version: 2, type });
    expect(event?.unreadable).toMatch(/cannot be read/);
    const isLost = fault === 'torn data' || fault === 'data that is a list';
    expect(event?.data).toEqual(isLost ? {} : expect.objectContaining({ name: 'damaged' }));
    expect(event?.data).not.toHaveProperty('secretHash');
    expect(await nodeOf(auditor, event?.id ?? '')).toEqual(event);
    expect(await nodeOf(await world.client({ account }), event?.id ?? '')).toEqual(event);
    expect(await nodeOf(stranger, event?.id ?? '')).toBeNull();
    await world.stop();

    restore();
    removeTables(dataDirectory);
    const again = await openWorld({ dataDirectory });
    const reader = await again.client({ role: 'auditor' });
    expect((await historyOf(reader, account, 2))[1]).toEqual(whole);
    expect(await nodeOf(reader, event?.id ?? '')).toEqual(whole);
    await again.stop();
  });
});
