import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '../support/client.js';
import { scrape, valueIn } from '../support/exposition.js';
import { oneUnlessLong } from '../support/long.js';
import type { Server } from '../support/server.js';
import { STORES, startTwoServers } from '../support/two-servers.js';

const KEYS = { projection: 'keys_5' };

async function delays(server: Server): Promise<{ count: number; sum: number }> {
  const families = await scrape(server);
  return {
    count: valueIn(families, 'keyledger_projection_delay_seconds_count', KEYS),
    sum: valueIn(families, 'keyledger_projection_delay_seconds_sum', KEYS),
  };
}

/** Resolves once the server counts more events than that. */
async function untilMore(server: Server, count: number): ReturnType<typeof delays> {
  for (;;) {
    const now = await delays(server);
    if (now.count > count) return now;
    await delay(25);
  }
}

async function untilHeld(client: Client, keys: number): Promise<void> {
  while ((await client.readAccount()).keys.length !== keys) await delay(25);
}

describe.each(oneUnlessLong(STORES))('on %s', (_name, connectionString, it) => {
  it('publishes how long a deletion on one process takes until the other refuses the key', async () => {
    const [one, other] = await startTwoServers(connectionString);
    const client = await one.client();
    const there = new Client(other.url, client.token, client.account);
    const start = await delays(other);
    const { key } = await client.newKey();
    await untilHeld(there, 1);
    const before = await untilMore(other, start.count);
    await client.deleteKey(key.keyId);
    await untilHeld(there, 0);
    // Other tests on the same store make events, too, and some date them by a clock of their own.
    const after = await untilMore(other, before.count);
    expect(after.sum).toBeGreaterThanOrEqual(before.sum);
  });
});
