import { Client } from '../support/client.js';
import { scrape, valueIn } from '../support/exposition.js';
import { oneUnlessLong } from '../support/long.js';
import type { Server } from '../support/server.js';
import { STORES, startTwoServers } from '../support/two-servers.js';

const KEYS = { projection: 'keys_5' };

async function delays(server: Server): Promise<{ count: number; sum: number; sooner: number }> {
  const families = await scrape(server);
  return {
    count: valueIn(families, 'keyledger_projection_delay_seconds_count', KEYS),
    sum: valueIn(families, 'keyledger_projection_delay_seconds_sum', KEYS),
    sooner: valueIn(families, 'keyledger_projection_delay_seconds_bucket', { ...KEYS, le: '60' }),
  };
}

async function until(server: Server, count: number): ReturnType<typeof delays> {
  for (;;) {
    const now = await delays(server);
    if (now.count >= count) return now;
  }
}

describe.each(oneUnlessLong(STORES))('on %s', (_name, connectionString, it) => {
  it('publishes how long a deletion on one process takes until the other refuses the key', async () => {
    const [one, other] = await startTwoServers(connectionString);
    const client = await one.client();
    const start = await delays(other);
    const { key } = await client.newKey();
    const before = await until(other, start.count + 1);
    await client.deleteKey(key.keyId);
    const after = await until(other, before.count + 1);
    expect(after.sum).toBeGreaterThanOrEqual(before.sum);
    expect(after.sooner).toBe(after.count);
    expect((await new Client(other.url, client.token, client.account).readAccount()).keys).toEqual([]);
  });
});
