import { setTimeout as delay } from 'node:timers/promises';
import { evolve } from '../../src/domain/keys/decide.js';
import { keyIdIn, NO_KEYS } from '../../src/domain/keys/model.js';
import { decode } from '../../src/store/codec.js';
import { streamOf } from '../../src/store/streams.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { complaintsIn, LATE_ANSWER } from '../support/complaints.js';
import { firstUnlessLong, rounds } from '../support/long.js';
import { type Server, whileLiving } from '../support/server.js';
import { eventsOf } from '../support/store-doubles.js';
import { openLogOf, STORES, storeSettings } from '../support/two-servers.js';
import { startWorkers, untilListening, workersOf } from '../support/workers.js';

const COUNT = rounds(2, 4);
const ROUNDS = rounds(2, 10);
const CREATES = rounds(10, 50);
const DELETES = rounds(3, 10);
const KILLS = rounds(1, 3);
const WRITERS = rounds(4, 8);
/** How many keys are created before a kill, and again after it. */
const BETWEEN = rounds(10, 50);
/** How long each client rests between two keys, in milliseconds. */
const REST = 10;
/** In milliseconds. A connection that is being handed to a worker while the worker is killed is never answered and never closed. */
const PATIENCE = 5000;

describe.each(firstUnlessLong(STORES))('on %s', (_name, connectionString, it) => {
  const data = temporaryDirectory();
  let server: Server;
  beforeAll(async () => {
    server = await startWorkers(COUNT, data, { LOG_LEVEL: 'debug', ...storeSettings(connectionString) });
  });

  it(`lets exactly two of ${CREATES} creates at once through (rounds: ${ROUNDS}), on ${COUNT} workers`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const client = await server.client();
      const answers = await Promise.all(Array.from({ length: CREATES }, (_, i) => client.createKey({ name: `key ${i}` })));
      const types = answers.map(({ __typename }) => __typename).sort();
      expect(types).toEqual([...Array(2).fill('CreateKeyPayload'), ...Array(CREATES - 2).fill('KeyLimitReached')]);
      expect((await client.readAccount()).activeKeyCount).toBe(2);
    }
    expect(complaintsIn(server.output(), LATE_ANSWER)).toEqual([]);
  });

  it(`shows a deleted key on none of ${COUNT} workers by the time its owner knows (deletes: ${DELETES})`, async () => {
    const client = await server.client();
    const before = server.output().length;
    for (let round = 0; round < DELETES; round += 1) {
      const { key } = await client.newKey();
      await client.deleteKey(key.keyId);
      const lists = await Promise.all(Array.from({ length: 2 * COUNT }, () => keysOnFreshConnection(client)));
      expect(lists.flat()).toEqual([]);
    }
    const answered = () =>
      server
        .output()
        .slice(before)
        .matchAll(/"worker":(\d+),.*"msg":"answered"/g);
    // A line of the log may come later than the answer.
    await whileLiving(server, () => new Set([...answered()].map(([, worker]) => worker)).size === COUNT);
  });

  it(`loses no acknowledged event, goes on answering, and has the worker replaced when one is killed in mid-load (kills: ${KILLS})`, async () => {
    const heard: Heard = { created: new Set(), deleted: new Set(), faults: [] };
    const clients = await Promise.all(Array.from({ length: WRITERS }, () => server.client(newAccount())));
    for (const client of clients) client.patience = PATIENCE;
    let over = false;
    const writers = clients.map((client) => mutate(client, heard, () => over));
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await untilMore(server, heard);
      process.kill(workersOf(server)[0] as number, 'SIGKILL');
      await untilMore(server, heard);
      await untilListening(server, COUNT + kill);
    }
    over = true;
    await Promise.all(writers);
    expect(heard.faults).toEqual([]);
    expect(workersOf(server)).toHaveLength(COUNT);
    expect(await server.end('SIGTERM')).toBe(0);

    const store = await openLogOf(data, connectionString);
    const written = new Set<string>();
    for (const { account } of clients) {
      let state = NO_KEYS;
      for (const event of (await eventsOf(store, streamOf('apiKeys', account))).map(decode)) {
        state = evolve(state, event);
        expect(state.keys.size).toBeLessThanOrEqual(2);
        const mark = `${event.type} ${keyIdIn(event)}`;
        expect(written.has(mark)).toBe(false);
        written.add(mark);
      }
    }
    await store.close();
    expect([...heard.created].filter((keyId) => !written.has(`KeyCreated ${keyId}`))).toEqual([]);
    expect([...heard.deleted].filter((keyId) => !written.has(`KeyDeleted ${keyId}`))).toEqual([]);
  });
});

interface Heard {
  created: Set<string>;
  deleted: Set<string>;
  /** Wrong answers. */
  faults: string[];
}

/** Creates keys and deletes those that the account holds, recording the answers. An answer may be missing if a worker is killed. */
async function mutate(client: Client, heard: Heard, until: () => boolean): Promise<void> {
  while (!until()) {
    try {
      const result = await client.createKey();
      if (result.__typename === 'CreateKeyPayload') heard.created.add(result.key.keyId);
      for (const { keyId } of (await client.readAccount()).keys) {
        const { __typename } = await client.deleteKey(keyId);
        if (__typename === 'DeleteKeyPayload') heard.deleted.add(keyId);
      }
    } catch (error) {
      // If there is no answer, the connection was to the killed worker.
      if (!/^TypeError: (?:fetch failed|terminated)$|^TimeoutError/.test(String(error))) heard.faults.push(String(error));
    }
    await delay(REST);
  }
}

async function untilMore(server: Server, { created }: Heard): Promise<void> {
  const before = created.size;
  await whileLiving(server, () => created.size >= before + BETWEEN);
}

async function keysOnFreshConnection({ url, token }: Client): Promise<unknown[]> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, connection: 'close' },
    body: JSON.stringify({ query: '{ account { keys { keyId } } }' }),
  });
  const { data } = (await response.json()) as { data: { account: { keys: unknown[] } } };
  return data.account.keys;
}
