import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateKeyDocument, DeleteKeyDocument, RotateKeyDocument } from '../../src/client/gql/graphql.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { newEvent } from '../support/events.js';
import { scrape, valueIn } from '../support/exposition.js';
import { damage, FAULTS } from '../support/faults.js';
import { ask } from '../support/http.js';
import { PROJECTION_FILES } from '../support/projection-files.js';
import { readinessOf } from '../support/readiness.js';
import { removeLog } from '../support/restorable.js';
import { statusOf } from '../support/verify.js';
import { openWorld, type World } from '../support/world.js';

let used: Awaited<ReturnType<typeof use>>;
beforeAll(async () => {
  used = await use(temporaryDirectory());
});

/** A data directory with an account that has had three keys and deleted the first one, and another account with two. */
function usedDirectory() {
  const copy = { ...used, dataDirectory: temporaryDirectory() };
  cpSync(used.dataDirectory, copy.dataDirectory, { recursive: true, verbatimSymlinks: true });
  return copy;
}

async function use(dataDirectory: string) {
  const world = await openWorld({ dataDirectory });
  const [whole, broken] = [await world.client({}), await world.client({})];
  const kept = await whole.newKey();
  const deleted = await broken.newKey();
  const held = await broken.newKey();
  await broken.deleteKey(deleted.key.keyId);
  const last = await broken.newKey();
  const { key } = await whole.newKey();
  await whole.deleteKey(key.keyId);
  await world.stop();
  return { dataDirectory, accounts: { whole: whole.account, broken: broken.account }, kept, deleted, held, last };
}

/** Makes it like a machine that fills everything from the log; with `others`, like one that has signed nothing yet. */
function removeProjections(directory: string, ...others: string[]): void {
  for (const name of [...PROJECTION_FILES, ...others]) removeLog(directory, name);
  for (const name of PROJECTION_FILES) expect(existsSync(join(directory, name))).toBe(false);
}

const codeOf = ({ errors }: Awaited<ReturnType<Client['send']>>) => errors?.map(({ extensions }) => extensions?.code).join();

async function checkpointOf(auditor: Client): Promise<number> {
  for (;;) {
    const { data } = await auditor.send<{ checkpoint: { treeSize: number } | null }>('{ checkpoint { treeSize } }');
    if (data?.checkpoint) return data.checkpoint.treeSize;
    await delay(25);
  }
}

/** Asks until there is no checkpoint, for that reason. */
async function untilRefused(auditor: Client, reason: string): Promise<void> {
  for (;;) {
    const answer = await auditor.send('{ checkpoint { treeSize } }');
    expect(codeOf(answer)).toBe('NO_CHECKPOINT');
    if (answer.errors?.[0]?.message.includes(reason)) return;
    await delay(25);
  }
}

/** The account's answers to everything that it can request. */
async function askAll(client: Client, keyId: string, deletedId: string) {
  return [
    await client.send(CreateKeyDocument, { input: { name: 'another' } }),
    await client.send(RotateKeyDocument, { input: { keyId } }),
    await client.send(DeleteKeyDocument, { input: { keyId } }),
    await client.send('{ account { keys { keyId } } }'),
    await client.send(`{ couldAuthenticate(keyId: "${deletedId}", at: "2030-01-01T00:00:00Z") }`),
  ].map(codeOf);
}

const report = ({ url }: World, secret: string) =>
  ask(`${url}/v1/leaked`, { method: 'POST', headers: ['Content-Type', 'text/plain'], body: secret });

interface Edge {
  node: { __typename: string; version: number; at: string; actor: string; unreadable: string | null };
}

async function historyOf(auditor: Client, account: string, count: number): Promise<Edge['node'][]> {
  for (;;) {
    const fields =
      '__typename eventId version schemaVersion at actor correlationId unreadable canonical ... on UnknownKeyEvent { type data }';
    const { data, errors } = await auditor.send<{ events: { edges: Edge[] } | null }>(
      `{ events(first: 20, filter: {account: "${account}"}) { edges { node { ${fields} } } } }`,
    );
    const nodes = data?.events?.edges.map(({ node }) => node) ?? [];
    if (nodes.length >= count) return nodes;
    if (errors && codeOf({ errors } as never) !== 'NOT_READY') throw new Error(JSON.stringify(errors));
    await delay(25);
  }
}

async function totalsOf(analyst: Client): Promise<{ activeKeys: number }> {
  for (;;) {
    const { data } = await analyst.send<{ analytics: { totals: { activeKeys: number } } | null }>(
      '{ analytics { totals { activeKeys } } }',
    );
    if (data?.analytics) return data.analytics.totals;
    await delay(25);
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(25);
}

type Used = ReturnType<typeof usedDirectory>;

/** Nothing about the account is answered or changed, and each refusal says why. */
async function expectSetApart(world: World, { accounts, deleted, held, last }: Used): Promise<void> {
  for (const key of [deleted, held, last]) {
    for (const way of ['Basic', 'Bearer'] as const) expect(await statusOf(world, key, way)).toBe(401);
  }
  const broken = await world.client({ account: accounts.broken });
  expect(await askAll(broken, held.key.keyId, deleted.key.keyId)).toEqual(Array(5).fill('ACCOUNT_UNREADABLE'));
  const auditor = await world.client({ role: 'auditor' });
  const keys = await auditor.send(`{ account(accountId: "${accounts.broken}") { keys { keyId } } }`);
  expect(codeOf(keys)).toBe('ACCOUNT_UNREADABLE');
  expect((await report(world, last.secret)).status).toBe(503);
  expect(valueIn(await scrape(world), 'keyledger_quarantined_accounts', { projection: 'keys_5' })).toBe(1);
  const said = world
    .log()
    .split('\n')
    .filter((line) => /"projection":"keys_5".*in quarantine/.test(line));
  expect(said).toEqual([expect.stringContaining(accounts.broken)]);
}

async function expectOthersServed(world: World, { accounts, kept }: Used): Promise<void> {
  const whole = await world.client({ account: accounts.whole });
  expect(await statusOf(world, kept)).toBe(200);
  const { key } = await whole.newKey();
  expect(await whole.deleteKey(key.keyId)).toMatchObject({ __typename: 'DeleteKeyPayload' });
  expect((await whole.readAccount()).keys).toHaveLength(1);
  expect(await historyOf(await world.client({ role: 'auditor' }), accounts.whole, 5)).toHaveLength(5);
  expect((await totalsOf(await world.client({ role: 'analyst' }))).activeKeys).toBeGreaterThan(0);
  const { status, body } = await readinessOf(world);
  expect(status).toBe(200);
  expect(body.projections.keys).toMatchObject({ state: 'ok', quarantined: 1 });
}

async function expectHealed(world: World, { accounts, deleted, held, last }: Used): Promise<void> {
  await until(async () => (await statusOf(world, held)) === 200);
  expect(await statusOf(world, last)).toBe(200);
  expect(await statusOf(world, deleted)).toBe(401);
  const { keys } = await (await world.client({ account: accounts.broken })).readAccount();
  expect(keys.map(({ keyId }) => keyId)).toEqual([held.key.keyId, last.key.keyId]);
  const analyst = await world.client({ role: 'analyst' });
  await until(async () => (await totalsOf(analyst)).activeKeys === 3);
  expect((await report(world, last.secret)).status).toBe(200);
  expect(await statusOf(world, last)).toBe(401);
}

describe.each(Object.keys(FAULTS))('an account with %s', (fault) => {
  // Any JSON is a leaf, whatever it says: the log has held it from the beginning.
  const isLeaf = /unknown|another/.test(fault);
  const isMissing = fault === 'an event that is missing';

  it('is set apart until its events are restored, and everybody else goes on', async () => {
    const used = usedDirectory();
    const { dataDirectory, accounts } = used;
    removeProjections(dataDirectory, ...(isLeaf ? ['checkpoints'] : []));
    const restore = damage(dataDirectory, accounts.broken, 2, fault);
    const world = await openWorld({ dataDirectory });
    await expectSetApart(world, used);
    await expectOthersServed(world, used);
    const auditor = await world.client({ role: 'auditor' });
    const shown = await historyOf(auditor, accounts.broken, isMissing ? 3 : 4);
    const unknown = shown.filter(({ __typename }) => __typename === 'UnknownKeyEvent');
    expect(unknown.map(({ version }) => version)).toEqual(isMissing ? [] : [2]);
    expect(shown.filter(({ unreadable }) => unreadable !== null)).toEqual(unknown);
    if (isLeaf) expect(await checkpointOf(auditor)).toBeGreaterThan(0);
    else await untilRefused(auditor, 'lacks events');

    restore();
    await expectHealed(world, used);
    await world.stop();
    const again = await openWorld({ dataDirectory });
    expect(valueIn(await scrape(again), 'keyledger_quarantined_accounts', { projection: 'keys_5' })).toBe(0);
    if (!isLeaf) expect(await checkpointOf(await again.client({ role: 'auditor' }))).toBe(10);
    await again.stop();
  });
});

it('changes nothing where an account is truncated after its events were projected', async () => {
  const used = usedDirectory();
  const { dataDirectory, accounts, held, last } = used;
  const world = await openWorld({ dataDirectory });
  for (const version of [1, 2]) damage(dataDirectory, accounts.broken, version, 'an event that is missing');
  const broken = await world.client({ account: accounts.broken });
  expect(await statusOf(world, held)).toBe(200);
  expect(await broken.deleteKey(last.key.keyId)).toMatchObject({ __typename: 'DeleteKeyPayload' });
  await world.stop();
  const again = await openWorld({ dataDirectory });
  expect([await statusOf(again, held), await statusOf(again, last)]).toEqual([200, 401]);
  const auditor = await again.client({ role: 'auditor' });
  expect(await historyOf(auditor, accounts.broken, 5)).toHaveLength(5);
  expect(await checkpointOf(auditor)).toBe(8);
  expect(valueIn(await scrape(again), 'keyledger_quarantined_accounts', { projection: 'keys_5' })).toBe(0);
  await again.stop();
});

it('leaves out a record of usage or of reading that cannot be read, says so, and is ready', async () => {
  const dataDirectory = temporaryDirectory();
  const world = await openWorld({ dataDirectory });
  const owner = await world.client({});
  const key = await owner.newKey();
  const store = new SqliteEventStore(join(dataDirectory, 'events.db'));
  const strange = { ...newEvent(), schemaVersion: 99 };
  await store.append('apiKeyUsage-1999-01-01', 0, [{ ...strange, type: 'KeysUsed' }]);
  await store.append('apiKeyReads-somebody', 0, [{ ...newEvent(), type: 'HistoryRead', schemaVersion: 99 }]);
  await store.close();
  expect(await statusOf(world, key)).toBe(200);
  const leftOut = async (projection: string) => valueIn(await scrape(world), 'keyledger_left_out_events_total', { projection });
  for (const projection of ['usage_2', 'activity_usage_2', 'reads_3'])
    await until(async () => (await leftOut(projection)) === 1);
  expect(world.log()).toContain('events cannot be read and are left out');
  await world.stop();
  const again = await openWorld({ dataDirectory });
  const uses = '{ account { keys { usage(days: 1) { count } } } }';
  const client = await again.client({ account: owner.account });
  await until(async () => JSON.stringify((await client.send(uses)).data).includes('"count":1'));
  expect((await readinessOf(again)).status).toBe(200);
  await again.stop();
});
