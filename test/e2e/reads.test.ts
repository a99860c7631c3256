import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import { lostIn } from '../support/complaints.js';
import { describeWhenLong } from '../support/long.js';
import { readsOf } from '../support/recorded-reads.js';
import { startServer } from '../support/server.js';
import { openLogOf, STORES, startTwoServers, storeSettings } from '../support/two-servers.js';

const history = (account: string) => `{ account(accountId: "${account}") { history { edges { cursor } } } }`;

/** The log's records of that reader, after every server has stopped. */
async function recorded(data: string, connectionString: string | undefined, reader: string) {
  const store = await openLogOf(data, connectionString);
  const reads = (await readsOf(store, reader)).map(({ data }) => data);
  await store.close();
  return reads;
}

describeWhenLong.each(STORES)('on %s', (_name, connectionString, it) => {
  it('keeps a read that came right before SIGTERM, or says that it is lost', async () => {
    const data = temporaryDirectory();
    const server = await startServer(data, storeSettings(connectionString));
    const [account, subject] = [newAccount(), newAccount()];
    const client = await server.client(account, { role: 'auditor', subject });
    expect((await client.send(history(account))).status).toBe(200);
    expect(await server.end('SIGTERM')).toBe(0);
    const read = { what: 'Account.history', filter: { account }, times: 1 };
    const found = await recorded(data, connectionString, subject);
    expect(found).toEqual(lostIn(server.output()) > 0 && found.length === 0 ? [] : [read]);
  });

  it('doubles nothing, and loses nothing without a word, where two processes record for the same reader', async () => {
    const data = temporaryDirectory();
    const servers = await startTwoServers(connectionString, {}, data);
    const [account, subject] = [newAccount(), newAccount()];
    const viewer = { role: 'auditor' as const, subject };
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(
        servers.map(async (server, index) => {
          const client = await server.client(account, viewer);
          for (let i = 0; i < 20; i += 1) await client.send(history(`${account}-${index}-${i}`));
        }),
      );
    }
    await Promise.all(servers.map((server) => server.end('SIGTERM')));
    const times = new Map<string | undefined, number>();
    for (const { filter, times: more } of await recorded(data, connectionString, subject)) {
      times.set(filter.account, (times.get(filter.account) ?? 0) + more);
    }
    for (const count of times.values()) expect(count).toBeLessThanOrEqual(3);
    const found = [...times.values()].reduce((sum, count) => sum + count, 0);
    // What is lost are records, each of up to three equal reads.
    const lost = servers.reduce((sum, { output }) => sum + 3 * lostIn(output()), 0);
    expect(found + lost).toBeGreaterThanOrEqual(40 * 3);
  });
});
