import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { noteEntry, notesIn } from '../../src/domain/transparency/note-file.js';
import { keyledger, run } from '../cli/run.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { collect } from '../support/events.js';
import { describeOwnEsdb, ownServer, patientStore } from '../support/eventstoredb.js';
import { fileOf } from '../support/exports.js';
import { ask, basic } from '../support/http.js';
import { untilMidway } from '../support/midway.js';
import { untilProjected } from '../support/readiness.js';
import { type Server, startServer } from '../support/server.js';

const WRITERS = 4;

const CREATE = 'mutation { createKey(input: { name: "k" }) { ... on CreateKeyPayload { key { keyId } } } }';

/** Creates and deletes, recording the answers, until a mutation is refused. Returns the code of the refusal. */
async function mutateUntilRefused(client: Client, acknowledged: Set<string>): Promise<string | undefined> {
  for (;;) {
    const { data, errors } = await client.send<{ createKey: { key: { keyId: string } } | null }>(CREATE);
    if (!data?.createKey) return errors?.[0]?.extensions?.code;
    const { keyId } = data.createKey.key;
    acknowledged.add(`KeyCreated ${keyId}`);
    const answer = await client.send<{ deleteKey: object | null }>(
      `mutation { deleteKey(input: { keyId: "${keyId}" }) { __typename } }`,
    );
    if (!answer.data?.deleteKey) return answer.errors?.[0]?.extensions?.code;
    acknowledged.add(`KeyDeleted ${keyId}`);
  }
}

/** Stops the server, which signs a last checkpoint. Returns all signed checkpoints. */
async function stopped(server: Server, directory: string): Promise<string[]> {
  expect(await server.end('SIGTERM')).toBe(0);
  return notesIn(readFileSync(join(directory, 'checkpoints'), 'utf8'));
}

function keysOf(server: Server, accounts: string[]) {
  return Promise.all(accounts.map(async (account) => (await (await server.client(account)).readAccount()).keys));
}

describeOwnEsdb('a log that is moved to EventStoreDB under a living Keyledger', () => {
  it('takes along all that was acknowledged, and the next server goes on with the same keys and checkpoints', async () => {
    const esdb = await ownServer();
    const directory = temporaryDirectory();
    const first = await startServer(directory);
    const keeper = await first.client();
    const { key, secret } = await keeper.newKey({ name: 'kept', idempotencyKey: 'r' });
    const kept = await stopped(first, directory);

    const source = await startServer(directory, { KEYLEDGER_STALENESS: '1s' });
    const writers = await Promise.all(Array.from({ length: WRITERS }, () => source.client(newAccount())));
    const acknowledged = new Set([`KeyCreated ${key.keyId}`]);
    const refusals = Promise.all(writers.map((client) => mutateUntilRefused(client, acknowledged)));
    await untilMidway(
      refusals,
      () => acknowledged.size >= 200,
      () => delay(25),
    );
    const before = acknowledged.size;
    const settings = { KEYLEDGER_DATA: directory, KEYLEDGER_STORE: esdb.connectionString };
    const moved = await keyledger(['import'], settings);
    expect(moved).toMatchObject({ code: 0, stdout: expect.stringContaining('SQLite and EventStoreDB hold the same log') });
    expect(new Set(await refusals)).toEqual(new Set(['LOG_SEALED']));
    expect(acknowledged.size).toBeGreaterThan(before);

    const store = patientStore(esdb.connectionString);
    const events = await collect(store.readAll('apiKeys'));
    await store.close();
    expect(new Set(events.map(({ type, data }) => `${type} ${Reflect.get(data, 'keyId')}`))).toEqual(acknowledged);
    expect(events).toHaveLength(acknowledged.size);

    const accounts = [keeper, ...writers].map(({ account }) => account);
    const keys = await keysOf(source, accounts);
    expect(keys[0]).toMatchObject([{ keyId: key.keyId }]);
    const statusOnSource = async () => (await ask(`${source.url}/v1/verify`, { headers: basic(key.keyId, secret) })).status;
    while ((await statusOnSource()) === 200) await delay(25);
    expect(await statusOnSource()).toBe(503);
    const signed = await stopped(source, directory);

    const logKey = await settingIn(moved.stdout);
    expect(logKey).toBe(readFileSync(join(directory, 'log.key'), 'utf8').trim());
    expect(moved.stdout + moved.stderr).not.toContain(logKey);
    const target = await startServer(directory, { ...settings, KEYLEDGER_LOG_KEY: logKey });
    expect(await keysOf(target, accounts)).toEqual(keys);
    const onTarget = await target.client(keeper.account);
    expect(await onTarget.createKey({ name: 'again', idempotencyKey: 'r' })).toMatchObject({ __typename: 'KeyAlreadyCreated' });
    await onTarget.newKey({ name: 'after' });
    await untilProjected(target);
    const later = await stopped(target, directory);
    expect(later.slice(0, signed.length)).toEqual(signed);
    expect(later.length).toBeGreaterThan(signed.length);

    const env = { ...settings, KEYLEDGER_LOG_KEY: logKey };
    const history = fileOf((await keyledger(['export'], env)).stdout);
    const publicKey = fileOf((await keyledger(['log-key'], env)).stdout);
    const checkpoints = fileOf(...[...kept, ...later].map((note) => noteEntry(note)));
    const verified = await keyledger(['verify-log', history, '--checkpoint', checkpoints, '--public-key', publicKey]);
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining(`${events.length + 1} events`) });
  });
});

/** The setting that the command printed by the import sets, in a shell. */
async function settingIn(printed: string): Promise<string> {
  const [command] = /^ *export KEYLEDGER_LOG_KEY=.*$/m.exec(printed) ?? [];
  const { stdout } = await run('sh', ['-c', `${command}; printf %s "$KEYLEDGER_LOG_KEY"`]);
  return stdout;
}
