import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type EventStore, type RecordedEvent, StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { newAccount, SHORT_DEADLINE, temporaryDirectory } from '../../support/cleanup.js';
import type { Client } from '../../support/client.js';
import { lockProjections } from '../../support/late-projections.js';
import { FormerLeader, StoreDouble } from '../../support/store-doubles.js';
import { openWorld } from '../../support/world.js';

/** Counts the reads of accounts' streams that requests make, and can be unavailable for all of them. */
class CountedReads extends StoreDouble {
  reads = 0;
  away = false;

  override async *read(stream: string, after?: number, signal?: AbortSignal): AsyncGenerator<RecordedEvent[]> {
    // Those of the log guard, which come at any time, have no signal.
    if (signal) this.reads += 1;
    if (this.away) throw new StoreUnavailable();
    yield* this.store.read(stream, after, signal);
  }
}

interface Answer {
  account: { version: number; keys: { keyId: string }[] } | null;
}

const ask = (client: Client, minVersion: number, accountId?: string) =>
  client.send<Answer>(
    'query ($accountId: String, $minVersion: Int) { account(accountId: $accountId, minVersion: $minVersion) { version keys { keyId } } }',
    { minVersion, ...(accountId !== undefined && { accountId }) },
  );

/** Two processes on one log, each with its own projections; those of the other can be late. */
async function twoProcesses(env: Record<string, string>, logOf = (store: EventStore) => store) {
  const one = await openWorld({ env });
  const dataDirectory = temporaryDirectory();
  const store = new CountedReads(logOf(new SqliteEventStore(join(one.config.dataDirectory, 'events.db'))));
  const other = await openWorld({ env, dataDirectory, store });
  const account = newAccount();
  const [client, reader] = [await one.client({ account }), await other.client({ account })];
  return { client, reader, other, store, makeLate: () => lockProjections(dataDirectory) };
}

const WRITES = `mutation { createKey(input: { name: "a" }) {
  ... on CreateKeyPayload { version key { keyId } account { version } }
} }`;

it('every payload gives the version that it has made', async () => {
  const { client } = await twoProcesses({});
  const { data } = await client.send<{ createKey: { version: number; key: { keyId: string }; account: { version: number } } }>(
    WRITES,
  );
  expect(data?.createKey).toMatchObject({ version: 1, account: { version: 1 } });
  const rotated = await client.send(`mutation { rotateKey(input: { keyId: "${data?.createKey.key.keyId}" }) {
    ... on CreateKeyPayload { version key { keyId } account { version } }
  } }`);
  expect(rotated.data?.rotateKey).toMatchObject({ version: 3, account: { version: 3 } });
  const { keys } = await client.readAccount();
  const deleted = await client.send(`mutation { deleteKey(input: { keyId: "${keys[0]?.keyId}" }) {
    ... on DeleteKeyPayload { version account { version } }
  } }`);
  expect(deleted.data?.deleteKey).toEqual({ version: 4, account: { version: 4 } });
});

it('an account shows on another process what its owner was told, once that holds it', async () => {
  const { client, reader, makeLate } = await twoProcesses({ KEYLEDGER_DEADLINE: '5m' });
  const { key } = await client.newKey();
  expect((await ask(reader, 1)).data?.account).toEqual({ version: 1, keys: [{ keyId: key.keyId }] });
  const catchUp = makeLate();
  await client.deleteKey(key.keyId);
  expect((await ask(reader, 1)).data?.account).toEqual({ version: 1, keys: [{ keyId: key.keyId }] });
  const answer = ask(reader, 2);
  await ask(reader, 0);
  catchUp();
  expect((await answer).data?.account).toEqual({ version: 2, keys: [] });
});

it('an account is not shown where that takes too long', async () => {
  const { client, reader, makeLate } = await twoProcesses(SHORT_DEADLINE);
  makeLate();
  await client.newKey();
  for (const answer of [await ask(reader, 1), await ask(reader, 1)]) {
    expect(answer.data).toEqual({ account: null });
    expect(answer.errors).toMatchObject([
      { message: expect.stringContaining('version 1'), path: ['account'], extensions: { code: 'NOT_READY' } },
    ]);
  }
});

it('a version that was never told to anybody is refused at once, after one look at the store', async () => {
  const { client, reader, makeLate, store } = await twoProcesses({ KEYLEDGER_DEADLINE: '5m' });
  await client.newKey();
  await ask(reader, 1);
  makeLate();
  for (const version of [2, 2 ** 31 - 1]) {
    store.reads = 0;
    const { data, errors } = await ask(reader, version);
    expect(data).toEqual({ account: null });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', path: ['minVersion'] } }]);
    expect(store.reads).toBe(1);
  }
});

it('a former leader that lacks a version is no reason to refuse it, and one that nobody has is refused', async () => {
  const formerLeader = (log: EventStore) => Object.assign(new FormerLeader(log), { shown: 1 });
  const { client, reader, makeLate, store } = await twoProcesses({ KEYLEDGER_DEADLINE: '5m' }, formerLeader);
  await client.newKey();
  await ask(reader, 1);
  const catchUp = makeLate();
  await client.newKey();
  const answer = ask(reader, 2);
  while (store.reads < 2) await delay(5);
  expect((await ask(reader, 3)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', path: ['minVersion'] } }]);
  catchUp();
  expect((await answer).data?.account?.version).toBe(2);
});

it('the store is not asked where the keys hold that version', async () => {
  const { client, reader, store } = await twoProcesses({ KEYLEDGER_DEADLINE: '5m' });
  await client.newKey();
  await ask(reader, 1);
  store.reads = 0;
  for (const version of [0, 1]) expect((await ask(reader, version)).data?.account?.version).toBe(1);
  expect(store.reads).toBe(0);
});

it('a store that is away is no reason to refuse a version, or to show less', async () => {
  const { client, reader, makeLate, store } = await twoProcesses(SHORT_DEADLINE);
  makeLate();
  await client.newKey();
  store.away = true;
  expect((await ask(reader, 1)).errors).toMatchObject([{ extensions: { code: 'NOT_READY' } }]);
  expect((await ask(reader, 5)).errors).toMatchObject([{ extensions: { code: 'NOT_READY' } }]);
});

it.each([
  ['a negative version', '-1'],
  ['a fraction', '1.5'],
  ['a string', '"1"'],
  ['more than 31 bits', '2147483648'],
])('refuses %s', async (_fault, version) => {
  const client = await (await openWorld()).client({});
  const { errors } = await client.send(`{ account(minVersion: ${version}) { version } }`);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', path: ['minVersion'] } }]);
});

it("tells nobody of another's versions, and auditors of everybody's", async () => {
  const world = await openWorld();
  const owner = await world.client({});
  await owner.newKey();
  const stranger = await world.client({});
  for (const version of [1, 2]) {
    expect((await ask(stranger, version, owner.account)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  }
  const auditor = await world.client({ role: 'auditor' });
  expect((await ask(auditor, 1, owner.account)).data?.account?.version).toBe(1);
  expect((await ask(auditor, 2, owner.account)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});
