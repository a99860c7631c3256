import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { keyledger } from '../cli/run.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { ownServer } from '../support/eventstoredb.js';
import { isInstalled } from '../support/eventstoredb-server.js';
import { LOG_KEY } from '../support/exports.js';
import { describeWhenLong } from '../support/long.js';
import { startTwoServers, storeSettings } from '../support/two-servers.js';
import { type HeldKey, statusOf } from '../support/verify.js';

const ACCOUNTS = 1000;
/** How many requests are in flight while the keys are created and checked. */
const AT_ONCE = 16;
const NOTE = 'Incident 42: the secret store was copied';

const STORES: [name: string, open: () => Promise<string | undefined>, it: jest.It][] = [
  ['SQLite', async () => undefined, it],
  ['EventStoreDB', async () => (await ownServer()).connectionString, isInstalled() ? it : it.skip],
];

/** Does the work for each item, some at a time. */
async function each<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  const waiting = items.entries();
  const next = async () => {
    for (const [index, item] of waiting) await work(item, index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}

/** Resolves once the server accepts the key. On EventStoreDB it may still have to read that the other process has created it. */
async function untilAccepted(server: { url: string }, key: HeldKey): Promise<void> {
  while ((await statusOf(server, key)) !== 200) await delay(25);
}

/** The status with which the server answers once it is fresh. */
async function judged(server: { url: string }, key: HeldKey): Promise<number> {
  for (;;) {
    const status = await statusOf(server, key);
    if (status !== 503) return status;
    await delay(25);
  }
}

describeWhenLong.each(STORES)('on %s', (_name, open, it) => {
  it(`ends an incident of ${ACCOUNTS} accounts under load: no key of before is accepted anywhere when the command ends, all others are, and the export proves who did it`, async () => {
    const connection = await open();
    const settings = { KEYLEDGER_LOG_KEY: LOG_KEY, ...storeSettings(connection) };
    const directory = temporaryDirectory();
    const servers = await startTwoServers(connection, settings, directory);
    const clients = await Promise.all(
      Array.from({ length: ACCOUNTS }, (_, index) => servers[index % 2 === 0 ? 0 : 1].client(newAccount())),
    );
    const old: HeldKey[] = [];
    await each(clients, async (client) => {
      for (const name of ['one', 'two']) old.push(await client.newKey({ name }));
    });
    for (const server of servers) for (const key of old.slice(-AT_ONCE)) await untilAccepted(server, key);
    await delay(5);
    const before = new Date().toISOString();

    // The load: verifications of old keys all the time, and owners who replace what they lose.
    const statuses = new Set<number>();
    const fresh: HeldKey[] = [];
    const ended = new AbortController();
    const verifying = Promise.all(
      servers.map(async (server) => {
        for (let turn = 0; !ended.signal.aborted; turn += 1) {
          statuses.add(await statusOf(server, old[turn % old.length] as HeldKey));
          await delay(0);
        }
      }),
    );
    const replacing = (async () => {
      for (let turn = 0; !ended.signal.aborted; turn += 1) {
        const result = await (clients[turn % clients.length] as Client).createKey({ name: 'fresh' });
        if (result.__typename === 'CreateKeyPayload') fresh.push(result);
      }
    })();
    const args = ['revoke', '--created-before', before, '--note', NOTE, '--yes'];
    const { code, stdout, stderr } = await keyledger(args, { ...settings, KEYLEDGER_DATA: directory });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Deleted: ${2 * ACCOUNTS} keys.`);
    await each(old, async (key) => {
      for (const server of servers) expect(await judged(server, key)).toBe(401);
    });
    ended.abort();
    await Promise.all([verifying, replacing]);
    // Verification went on. A busy machine may answer 503 now and then, and that accepts nothing.
    expect([...statuses]).toEqual(expect.arrayContaining([200, 401]));
    expect([...statuses].filter((status) => ![200, 401, 503].includes(status))).toEqual([]);
    expect(fresh.length).toBeGreaterThan(0);
    await each(fresh, (key) => untilAccepted(servers[0], key));

    const exported = await keyledger(['export'], { ...settings, KEYLEDGER_DATA: directory });
    expect(exported.code).toBe(0);
    const events = exported.stdout
      .trimEnd()
      .split('\n')
      .map((line): { type?: string; data?: object; metadata?: object } => JSON.parse(line));
    const revoked = events.filter(({ type }) => type === 'KeyDeleted');
    expect(revoked).toHaveLength(2 * ACCOUNTS);
    for (const { data, metadata } of revoked) {
      expect(data).toMatchObject({ reason: 'REVOKED', note: NOTE });
      expect(metadata).toMatchObject({ actor: expect.stringMatching(/^local:/) });
    }
    const [history, publicKey] = ['history.ndjson', 'log-key'].map((name) => join(directory, name)) as [string, string];
    writeFileSync(history, exported.stdout);
    writeFileSync(publicKey, (await keyledger(['log-key'], { ...settings, KEYLEDGER_DATA: directory })).stdout);
    expect(await keyledger(['verify-log', history, '--public-key', publicKey])).toMatchObject({ code: 0 });
    for (const server of servers) await server.end('SIGTERM');
  });
});
