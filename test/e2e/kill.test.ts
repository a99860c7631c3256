import { join } from 'node:path';
import { evolve } from '../../src/domain/keys/decide.js';
import { keyIdIn, NO_KEYS } from '../../src/domain/keys/model.js';
import { decode } from '../../src/store/codec.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../src/store/streams.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { complaintsIn } from '../support/complaints.js';
import { rounds } from '../support/long.js';
import { startServer, whileLiving } from '../support/server.js';
import { eventsOf } from '../support/store-doubles.js';

const KILLS = rounds(2, 20);
const WRITERS = 8;

interface Acknowledged {
  created: Set<string>;
  deleted: Set<string>;
}

/** Creates and deletes until the server is gone. Records only what was answered. */
async function mutateUntilKilled(client: Client, acknowledged: Acknowledged): Promise<void> {
  try {
    for (;;) {
      const { key } = await client.newKey();
      acknowledged.created.add(key.keyId);
      await client.deleteKey(key.keyId);
      acknowledged.deleted.add(key.keyId);
    }
  } catch {
    // The server was killed, or its account holds two keys whose creation was never answered.
  }
}

it(`loses no acknowledged event and writes none twice when it is killed in mid-stream, ${KILLS} times`, async () => {
  const data = temporaryDirectory();
  const acknowledged: Acknowledged = { created: new Set(), deleted: new Set() };
  const accounts: string[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const server = await startServer(data);
    const clients = await Promise.all(Array.from({ length: WRITERS }, () => server.client(newAccount())));
    accounts.push(...clients.map(({ account }) => account));
    const heard = acknowledged.created.size;
    const writers = Promise.all(clients.map((client) => mutateUntilKilled(client, acknowledged)));
    await whileLiving(server, () => acknowledged.created.size >= heard + 50 + 10 * kill);
    await server.end('SIGKILL');
    await writers;
  }
  const server = await startServer(data);
  const store = new SqliteEventStore(join(data, 'events.db'));
  const seen = { created: new Set<string>(), deleted: new Set<string>() };
  for (const account of accounts) {
    let state = NO_KEYS;
    for (const event of (await eventsOf(store, streamOf('apiKeys', account))).map(decode)) {
      state = evolve(state, event);
      expect(state.keys.size).toBeLessThanOrEqual(2);
      const set = event.type === 'KeyCreated' ? seen.created : seen.deleted;
      const keyId = keyIdIn(event) ?? '';
      expect(set.has(keyId)).toBe(false);
      set.add(keyId);
    }
    const listed = await (await server.client(account)).readAccount();
    expect(listed.keys.map(({ keyId }) => keyId).sort()).toEqual([...state.keys.keys()].sort());
  }
  expect([...acknowledged.created].filter((keyId) => !seen.created.has(keyId))).toEqual([]);
  expect([...acknowledged.deleted].filter((keyId) => !seen.deleted.has(keyId))).toEqual([]);
  expect(acknowledged.created.size).toBeGreaterThan(50 * KILLS);
  expect(complaintsIn(server.output())).toEqual([]);
  await store.close();
  await server.end('SIGTERM');
});
