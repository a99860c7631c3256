import { SHORT_DEADLINE } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { lockProjections } from '../support/late-projections.js';
import { describeWhenLong } from '../support/long.js';
import { STORES, startTwoServers } from '../support/two-servers.js';

const VERSION = 'query ($minVersion: Int!) { account(minVersion: $minVersion) { version keys { keyId } } }';

/** @returns the version of the deletion */
async function deleteKey(client: Client, keyId: string) {
  const { data } = await client.send<{ deleteKey: { version: number } }>(
    `mutation { deleteKey(input: { keyId: "${keyId}" }) { ... on DeleteKeyPayload { version } } }`,
  );
  return data?.deleteKey.version ?? 0;
}

/** Asks until the account is shown at that version: one answer waits no longer than the deadline. */
async function untilShown(client: Client, minVersion: number): Promise<void> {
  while ((await client.send(VERSION, { minVersion })).errors?.[0]?.extensions?.code === 'NOT_READY');
}

/** On SQLite both processes share their projections, so both are late. */
describeWhenLong.each(STORES)('a process that is late, on %s', (_name, connectionString, it) => {
  /** Both have seen the account with two keys. From then on the second sees nothing more. */
  async function late() {
    const [one, other] = await startTwoServers(connectionString, SHORT_DEADLINE);
    const client = await one.client();
    const lateClient = await other.client(client.account);
    const keys = [await client.newKey({ name: 'a', idempotencyKey: 'once' }), await client.newKey()];
    await untilShown(lateClient, 2);
    const catchUp = lockProjections(other.dataDirectory);
    return { one, other, client, lateClient, keyIds: keys.map(({ key }) => key.keyId), catchUp };
  }

  it('refuses nothing that the ledger does not refuse', async () => {
    const { one, other, client, lateClient, keyIds } = await late();
    await deleteKey(client, keyIds[0] ?? '');
    const { key } = await lateClient.newKey({ name: 'in its place' });
    expect(await lateClient.createKey()).toMatchObject({ __typename: 'KeyLimitReached' });
    expect(await lateClient.createKey({ name: 'a', idempotencyKey: 'once' })).toMatchObject({
      __typename: 'KeyAlreadyCreated',
      sameInput: true,
      existingKey: null,
    });
    expect(await lateClient.deleteKey(keyIds[0] ?? '')).toMatchObject({ __typename: 'KeyNotFound' });
    expect(await client.rotateKey({ keyId: key.keyId })).toMatchObject({ __typename: 'CreateKeyPayload' });
    for (const server of [one, other]) await server.end('SIGKILL');
  });

  it('shows what its reader knows already, or says that it cannot yet', async () => {
    const { one, other, client, lateClient, keyIds, catchUp } = await late();
    const version = await deleteKey(client, keyIds[0] ?? '');
    expect(version).toBe(3);
    const ask = (minVersion: number) => lateClient.send(VERSION, { minVersion });
    expect((await ask(3)).errors).toMatchObject([{ extensions: { code: 'NOT_READY' } }]);
    expect((await ask(4)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', path: ['minVersion'] } }]);
    expect((await ask(2)).data).toMatchObject({ account: { version: 2, keys: [{}, {}] } });
    catchUp();
    await untilShown(lateClient, 3);
    expect((await ask(3)).data).toEqual({ account: { version: 3, keys: [{ keyId: keyIds[1] }] } });
    for (const server of [one, other]) expect(await server.end('SIGTERM')).toBe(0);
  });

  it('waits below a payload until the history holds what the change did', async () => {
    const servers = await startTwoServers(connectionString);
    const client = await servers[0].client();
    for (let version = 1; version < 4; version += 2) {
      const below = 'secret key { keyId } account { history(first: 10) { edges { node { __typename version } } } }';
      const { data, errors } = await client.send<{ createKey: { key: { keyId: string }; account: { history: unknown } } }>(
        `mutation { createKey(input: { name: "a" }) { ... on CreateKeyPayload { ${below} } } }`,
      );
      expect(errors).toBeUndefined();
      const created = { node: { __typename: 'KeyCreated', version } };
      expect(data).toMatchObject({ createKey: { secret: expect.stringMatching(/^kls_/) } });
      expect(data?.createKey.account.history).toEqual({ edges: expect.arrayContaining([created]) });
      await client.deleteKey(data?.createKey.key.keyId ?? '');
    }
    for (const server of servers) expect(await server.end('SIGTERM')).toBe(0);
  });
});
