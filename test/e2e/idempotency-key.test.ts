import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import { describeWhenLong } from '../support/long.js';
import { startServer } from '../support/server.js';
import { STORES, startTwoServers, storeSettings } from '../support/two-servers.js';

const request = { name: 'once', idempotencyKey: 'the same' };

describeWhenLong.each(STORES)('an idempotency key makes one key ever, on %s', (_name, connectionString, it) => {
  it('when it is repeated at once and later', async () => {
    const server = await startServer(temporaryDirectory(), storeSettings(connectionString));
    const client = await server.client();
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.createKey(request)));
    const keyIds = answers.map((answer) => ('keyId' in answer ? answer.keyId : 'key' in answer ? answer.key.keyId : undefined));
    expect(answers.filter(({ __typename }) => __typename === 'CreateKeyPayload')).toHaveLength(1);
    expect(new Set(keyIds).size).toBe(1);
    expect(await client.createKey(request)).toMatchObject({
      __typename: 'KeyAlreadyCreated',
      existingKey: { keyId: keyIds[0] },
    });
    expect(JSON.stringify(await client.createKey(request))).not.toContain('kls_');
    await server.end('SIGTERM');
  });

  it('when it is repeated after a restart, and after the key was deleted', async () => {
    const data = temporaryDirectory();
    const account = newAccount();
    const before = await startServer(data, storeSettings(connectionString));
    const client = await before.client(account);
    const { key } = await client.newKey(request);
    await client.deleteKey(key.keyId);
    await before.end('SIGKILL');
    const after = await startServer(data, storeSettings(connectionString));
    const again = await (await after.client(account)).createKey(request);
    expect(again).toMatchObject({ __typename: 'KeyAlreadyCreated', keyId: key.keyId, existingKey: null });
    await after.end('SIGTERM');
  });

  it('when it is repeated on another process, at the same time', async () => {
    const servers = await startTwoServers(connectionString);
    for (let round = 0; round < 20; round += 1) {
      const account = newAccount();
      const clients = await Promise.all(servers.map((server) => server.client(account)));
      const answers = await Promise.all(clients.map((client) => client.createKey(request)));
      expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['CreateKeyPayload', 'KeyAlreadyCreated']);
    }
    for (const server of servers) await server.end('SIGTERM');
  });
});
