import { newAccount } from '../support/cleanup.js';
import { oneUnlessLong, rounds } from '../support/long.js';
import type { Server } from '../support/server.js';
import { STORES, startTwoServers } from '../support/two-servers.js';
import { type HeldKey, statusOf, timeUntil } from '../support/verify.js';

const ROUNDS = Number(process.env.KEYLEDGER_TEST_ROUNDS ?? rounds(8, 200));
/** Far more than the rounds take, in milliseconds. */
const LIMIT = 900_000 + 200 * ROUNDS;
/** How often a key is tried again after it was refused. */
const AGAIN = 3;

async function expectRefused(server: { url: string }, key: HeldKey): Promise<void> {
  expect([await statusOf(server, key, 'Basic'), await statusOf(server, key, 'Bearer')]).toEqual([401, 401]);
}

/** Prints on standard output, if requested, for how many milliseconds other processes still accepted deleted keys. */
function tell(store: string, delays: number[]): void {
  if (!process.env.KEYLEDGER_TEST_FIGURES) return;
  const sorted = delays.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.ceil(part * sorted.length) - 1]?.toFixed(1);
  const figures = `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, at most ${at(1)} ms`;
  process.stdout.write(`${store}: refused elsewhere after ${figures}, in ${sorted.length} rounds\n`);
}

describe.each(oneUnlessLong(STORES))('a deleted key on %s', (name, connectionString, it) => {
  let servers: [Server, Server];
  beforeAll(async () => {
    servers = await startTwoServers(connectionString);
  }, LIMIT);

  const byOthers = `is refused by another process in the end, and never accepted again, ${ROUNDS} times`;
  const work = async () => {
    const [one, other] = servers;
    const client = await one.client();
    const delays: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const key = await client.newKey();
      await timeUntil(200, other, key);
      await client.deleteKey(key.key.keyId);
      delays.push(await timeUntil(401, other, key));
      for (let again = 0; again < AGAIN; again += 1) await expectRefused(other, key);
    }
    tell(name, delays);
    // On SQLite they share the projections, which hold the deletion by the time it is acknowledged.
    if (connectionString === undefined) expect(new Set(delays)).toEqual(new Set([0]));
  };
  it(byOthers, work, LIMIT);

  it(
    `is refused by the process that deleted it at the first time of asking, ${ROUNDS} times`,
    async () => {
      const [server] = servers;
      const client = await server.client(newAccount());
      for (let round = 0; round < ROUNDS; round += 1) {
        const key = await client.newKey();
        expect([await statusOf(server, key, 'Basic'), await statusOf(server, key, 'Bearer')]).toEqual([200, 200]);
        await client.deleteKey(key.key.keyId);
        await expectRefused(server, key);
      }
      for (const one of servers) expect(await one.end('SIGTERM')).toBe(0);
    },
    LIMIT,
  );
});
