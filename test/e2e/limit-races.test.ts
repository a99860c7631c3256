import { StreamVerifier } from '../../src/domain/transparency/verify-streams.js';
import { decode } from '../../src/store/codec.js';
import { streamOf } from '../../src/store/streams.js';
import { cleanUpLater, newAccount } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { describeWhenLong } from '../support/long.js';
import type { Server } from '../support/server.js';
import { eventsOf } from '../support/store-doubles.js';
import { openLogOf, STORES, startTwoServers } from '../support/two-servers.js';

const ROUNDS = 60;
const CREATES = 12;

/** What races with the creates of an account. Each of it may be refused. */
function rivals([owner, other]: [Client, Client], operators: [Client, Client], held: string[]): (() => Promise<unknown>)[] {
  const [operator, second] = operators;
  const ofAccount = (client: Client, mutation: string) =>
    client.send(`mutation { ${mutation}(input: { accountId: "${owner.account}" }) { __typename } }`);
  // On a busy machine it may have expired before it is created, which is refused.
  const short = (client: Client) => {
    const expiresAt = new Date(Date.now() + 100).toISOString();
    return client.send(`mutation { createKey(input: { name: "short", expiresAt: "${expiresAt}" }) { __typename } }`);
  };
  return [
    () => short(owner),
    () => short(other),
    ...held.flatMap((keyId) => [
      () => owner.disableKey({ keyId }),
      () => other.enableKey({ keyId }),
      () => other.rotateKey({ keyId }),
      () => owner.rotateKey({ keyId, overlapSeconds: 1 }),
    ]),
    () => ofAccount(operator, 'freezeAccount'),
    () => ofAccount(second, 'revokeAccountKeys'),
    () => ofAccount(second, 'thawAccount'),
    () => ofAccount(operator, 'revokeAccountKeys'),
    () => ofAccount(operator, 'thawAccount'),
  ];
}

describeWhenLong.each(STORES)('on %s', (_name, connectionString, it) => {
  let servers: [Server, Server];
  beforeAll(async () => {
    // On a busy machine, many changes of an account at once take long: each of them waits for those before it.
    servers = await startTwoServers(connectionString, { KEYLEDGER_DEADLINE: '2m' });
  });

  it(`holds the limit, and makes no key in a frozen account, whatever races with ${CREATES} creates on two processes, ${ROUNDS} times`, async () => {
    const accounts: string[] = [];
    const made = new Map<string, string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const account = newAccount();
      accounts.push(account);
      const both = async (role: 'owner' | 'operator') =>
        (await Promise.all(servers.map((server) => server.client(account, { role })))) as [Client, Client];
      const [owners, operators] = [await both('owner'), await both('operator')];
      const held = [
        (await owners[0].newKey({ name: 'first' })).key.keyId,
        (await owners[1].newKey({ name: 'second' })).key.keyId,
      ];
      const creates = Array.from({ length: CREATES }, (_, index) => async () => {
        const result = await (owners[index % 2] as Client).createKey({ name: `key ${index}` });
        if (result.__typename === 'CreateKeyPayload') made.set(result.key.keyId, account);
      });
      const work = [...creates, ...rivals(owners, operators, held)].sort(() => Math.random() - 0.5);
      await Promise.all(work.map((one) => one()));
    }
    const store = await openLogOf(servers[0].dataDirectory, connectionString);
    cleanUpLater(() => store.close());
    const verifier = new StreamVerifier();
    const created = new Map<string, string>();
    for (const account of accounts) {
      for (const event of (await eventsOf(store, streamOf('apiKeys', account))).map(decode)) {
        expect(verifier.add(account, event)).toBeUndefined();
        if (event.type === 'KeyCreated') created.set(event.data.keyId, account);
      }
    }
    // Every key that was answered is in the log, and none is in it twice: the verifier looked.
    expect([...made].filter(([keyId, account]) => created.get(keyId) !== account)).toEqual([]);
    for (const server of servers) await server.end('SIGTERM');
  });
});
