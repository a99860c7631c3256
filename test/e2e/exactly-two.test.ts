import { newAccount } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { rounds } from '../support/long.js';
import type { Server } from '../support/server.js';
import { STORES, startTwoServers } from '../support/two-servers.js';

const ROUNDS = rounds(2, 200);
const CREATES = 50;

/** Sends the creates at once, spread over the clients, and counts the answers by their type. */
async function race(clients: Client[]): Promise<Record<string, number>> {
  const answers = await Promise.all(
    Array.from({ length: CREATES }, (_, i) => (clients[i % clients.length] as Client).createKey({ name: `key ${i}` })),
  );
  const counts: Record<string, number> = {};
  for (const { __typename } of answers) counts[__typename] = (counts[__typename] ?? 0) + 1;
  return counts;
}

const EXACTLY_TWO = { CreateKeyPayload: 2, KeyLimitReached: CREATES - 2 };

describe.each(STORES)('on %s', (_name, connectionString, it) => {
  let servers: [Server, Server];
  beforeAll(async () => {
    servers = await startTwoServers(connectionString);
  });

  it(`lets exactly two of ${CREATES} creates at once through, ${ROUNDS} times, on one process`, async () => {
    const [server] = servers;
    for (let round = 0; round < ROUNDS; round += 1) {
      const client = await server.client();
      expect(await race([client])).toEqual(EXACTLY_TWO);
      expect((await client.readAccount()).activeKeyCount).toBe(2);
    }
  });

  it(`lets exactly two of ${CREATES} creates at once through, ${ROUNDS} times, on two processes`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const account = newAccount();
      const clients = await Promise.all(servers.map((server) => server.client(account)));
      expect(await race(clients)).toEqual(EXACTLY_TWO);
    }
    for (const server of servers) await server.end('SIGTERM');
  });
});
