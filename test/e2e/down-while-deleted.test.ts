import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../support/eventstoredb-server.js';
import { describeWhenLong } from '../support/long.js';
import { type Server, startServer } from '../support/server.js';
import { STORES, startTwoServers, storeSettings } from '../support/two-servers.js';
import { type HeldKey, statusOf, timeUntil, WAYS } from '../support/verify.js';

/** How many accounts delete their keys meanwhile, and how many further changes each of them makes, so that there is much to read. */
const ACCOUNTS = 8;
const CHANGES = 20;

type Outcome = number | 'no connection';

/** Verifies a key again and again, from before the server is up. Records each answer that differs from the last. */
async function hammer(url: string, key: HeldKey, way: keyof typeof WAYS, over: () => boolean): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  while (!over()) {
    const outcome = await statusOf({ url }, key, way).catch(() => 'no connection' as const);
    if (outcome !== outcomes.at(-1)) outcomes.push(outcome);
    await delay(2);
  }
  return outcomes;
}

/** Creates two keys. The second is kept. */
async function openAccount(server: Server) {
  const client = await server.client();
  return { client, deleted: await client.newKey(), kept: await client.newKey() };
}

async function deleteOne({ client, deleted }: Awaited<ReturnType<typeof openAccount>>): Promise<void> {
  await client.deleteKey(deleted.key.keyId);
  for (let change = 0; change < CHANGES; change += 1) {
    const { key } = await client.newKey();
    await client.deleteKey(key.keyId);
  }
}

describeWhenLong.each(STORES)('on %s', (_name, connectionString, it) => {
  it('a process that was down while keys were deleted elsewhere never accepts one of them, from its first answer on', async () => {
    const [one, other] = await startTwoServers(connectionString);
    const accounts = await Promise.all(Array.from({ length: ACCOUNTS }, () => openAccount(one)));
    for (const { deleted, kept } of accounts) for (const key of [deleted, kept]) await timeUntil(200, other, key);
    await other.end('SIGKILL');
    await Promise.all(accounts.map(deleteOne));

    const PORT = String(await freePort());
    const url = `http://127.0.0.1:${PORT}`;
    let over = false;
    const ways = Object.keys(WAYS) as (keyof typeof WAYS)[];
    const hammered = accounts.flatMap(({ deleted }) => ways.map((way) => hammer(url, deleted, way, () => over)));
    const restarted = await startServer(other.dataDirectory, { ...storeSettings(connectionString), PORT });
    while (!(await fetch(`${url}/readyz`)).ok) await delay(5);
    for (const { kept } of accounts) expect(await statusOf(restarted, kept)).toBe(200);
    over = true;

    for (const outcomes of await Promise.all(hammered)) {
      expect(outcomes[0]).toBe('no connection');
      expect(['no connection,503,401', 'no connection,401']).toContain(outcomes.join());
    }
    for (const server of [one, restarted]) expect(await server.end('SIGTERM')).toBe(0);
  });
});
