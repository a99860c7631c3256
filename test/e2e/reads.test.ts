import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import { losesRecords } from '../support/complaints.js';
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
    if (losesRecords(server.output())) expect([read]).toEqual(expect.arrayContaining(found));
    else expect(found).toEqual([read]);
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
    const isLost = servers.some(({ output }) => losesRecords(output()));
    if (isLost) expect(Math.max(...times.values())).toBeLessThanOrEqual(3);
    else expect([...times.values()]).toEqual(Array(40).fill(3));
  });
});
