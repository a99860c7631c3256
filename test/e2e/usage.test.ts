import { setTimeout as delay } from 'node:timers/promises';
import { temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { complaintsIn, LATE_ANSWER, lostIn } from '../support/complaints.js';
import { ask, basic } from '../support/http.js';
import { describeWhenLong } from '../support/long.js';
import { untilFilled } from '../support/readiness.js';
import { type Server, startServer } from '../support/server.js';
import { openLogOf, STORES, startTwoServers, storeSettings } from '../support/two-servers.js';
import { usesIn } from '../support/usage-events.js';

interface Key {
  keyId: string;
  secret: string;
}

interface Usage {
  keyId: string;
  lastUsedAt: string | null;
  usage: { count: number }[];
}

async function newKey(client: Client): Promise<Key> {
  const { key, secret } = await client.newKey();
  return { keyId: key.keyId, secret };
}

async function verify({ url }: Server, { keyId, secret }: Key, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    expect((await ask(`${url}/v1/verify`, { headers: basic(keyId, secret) })).status).toBe(200);
  }
}

/** How often each key of the account was used, according to that server. Asks for two days, since midnight may pass. */
async function counts(client: Client): Promise<Record<string, number>> {
  const query = '{ account { keys { keyId lastUsedAt usage(days: 2) { count } } } }';
  for (;;) {
    const { data, errors } = await client.send<{ account: { keys: Usage[] } }>(query);
    if (errors?.[0]?.extensions?.code === 'NOT_READY') {
      await delay(25);
      continue;
    }
    const keys = data?.account.keys ?? [];
    return Object.fromEntries(keys.map(({ keyId, usage }) => [keyId, usage.reduce((sum, { count }) => sum + count, 0)]));
  }
}

/** The log's records of these keys, after every server has stopped. */
async function recorded(data: string, connectionString: string | undefined, keyIds: string[]) {
  const store = await openLogOf(data, connectionString);
  const counts = await Promise.all(keyIds.map((keyId) => usesIn(store, keyId)));
  await store.close();
  return counts;
}

describeWhenLong.each(STORES)('on %s', (_name, connectionString, it) => {
  it('adds up what two processes saw, and keeps what came right before SIGTERM, or says that it is lost', async () => {
    const data = temporaryDirectory();
    const servers = await startTwoServers(connectionString, {}, data);
    const client = await servers[0].client();
    const keys = [await newKey(client), await newKey(client)] as const;
    const other = await servers[1].client(client.account);
    while ((await other.readAccount()).keys.length < 2) await delay(25);
    await Promise.all([verify(servers[0], keys[0], 30), verify(servers[1], keys[0], 20), verify(servers[1], keys[1], 10)]);
    const codes = await Promise.all(servers.map((server) => server.end('SIGTERM')));
    expect(codes).toEqual([0, 0]);
    const keyIds = keys.map(({ keyId }) => keyId);
    const found = await recorded(data, connectionString, keyIds);
    const lost = servers.reduce((sum, { output }) => sum + lostIn(output()), 0);
    for (const [index, used] of [50, 10].entries()) {
      expect(found[index]).toBeLessThanOrEqual(used);
      expect(Number(found[index]) + lost).toBeGreaterThanOrEqual(used);
    }
    const again = await startServer(data, storeSettings(connectionString));
    expect(await counts(await again.client(client.account))).toEqual({ [keys[0].keyId]: found[0], [keys[1].keyId]: found[1] });
    await again.end('SIGTERM');
  });

  it('loses at most what was not written, and nothing else, when the process is killed', async () => {
    const data = temporaryDirectory();
    const server = await startServer(data, storeSettings(connectionString));
    const client = await server.client();
    const key = await newKey(client);
    await verify(server, key, 25);
    while ((await counts(client))[key.keyId] !== 25) await delay(50);
    await verify(server, key, 5);
    await server.end('SIGKILL');
    const again = await startServer(data, storeSettings(connectionString));
    const survivor = await again.client(client.account);
    await untilFilled(again, 'usage');
    const count = (await counts(survivor))[key.keyId];
    expect(count).toBeGreaterThanOrEqual(25);
    expect(count).toBeLessThanOrEqual(30);
    await verify(again, key, 3);
    expect(await survivor.deleteKey(key.keyId)).toMatchObject({ __typename: 'DeleteKeyPayload' });
    expect(await again.end('SIGTERM')).toBe(0);
    const [recordedCount] = await recorded(data, connectionString, [key.keyId]);
    expect(recordedCount).toBeLessThanOrEqual(Number(count) + 3);
    expect(Number(recordedCount) + lostIn(again.output())).toBeGreaterThanOrEqual(Number(count) + 3);
    expect(complaintsIn(again.output(), LATE_ANSWER, /uses of keys could not be recorded/)).toEqual([]);
  });
});
