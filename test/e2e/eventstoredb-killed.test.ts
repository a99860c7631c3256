import { setTimeout as delay } from 'node:timers/promises';
import { evolve } from '../../src/domain/keys/decide.js';
import { keyIdIn, NO_KEYS } from '../../src/domain/keys/model.js';
import { decode } from '../../src/store/codec.js';
import { streamOf } from '../../src/store/streams.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { describeOwnEsdb, ownServer, patientStore } from '../support/eventstoredb.js';
import { untilMidway } from '../support/midway.js';
import { type Server, startServer } from '../support/server.js';
import { eventsOf } from '../support/store-doubles.js';

const KILLS = 3;
const WRITERS = 8;
const DEADLINE = 6000;

interface Heard {
  created: Set<string>;
  deleted: Set<string>;
  codes: Set<string>;
}

/** Creates and deletes. Records the answers, and the codes of failures. */
async function mutate(client: Client, heard: Heard, until: () => boolean): Promise<void> {
  while (!until()) {
    const { data, errors } = await client.send<{ createKey: { key?: { keyId: string } } }>(
      'mutation { createKey(input: { name: "k" }) { ... on CreateKeyPayload { key { keyId } } } }',
    );
    for (const { extensions } of errors ?? []) heard.codes.add(extensions?.code ?? 'none');
    const keyId = data?.createKey?.key?.keyId;
    if (keyId !== undefined) heard.created.add(keyId);
    await deleteHeld(client, heard);
  }
}

async function deleteHeld(client: Client, heard: Heard): Promise<void> {
  const { data } = await client.send<{ account: { keys: { keyId: string }[] } | null }>('{ account { keys { keyId } } }');
  for (const { keyId } of data?.account?.keys ?? []) {
    const answer = await client.send<{ deleteKey: { keyId?: string } }>(
      `mutation { deleteKey(input: { keyId: "${keyId}" }) { ... on DeleteKeyPayload { keyId } } }`,
    );
    if (answer.data?.deleteKey?.keyId === keyId) heard.deleted.add(keyId);
  }
}

describeOwnEsdb('EventStoreDB killed and restarted under a living Keyledger', () => {
  it(`loses no acknowledged event, answers with a code, and resumes by itself, ${KILLS} times`, async () => {
    const esdb = await ownServer({ onDisk: true });
    const keyledger: Server = await startServer(temporaryDirectory(), {
      KEYLEDGER_STORE: esdb.connectionString,
      KEYLEDGER_DEADLINE: `${DEADLINE}ms`,
    });
    const heard: Heard = { created: new Set(), deleted: new Set(), codes: new Set() };
    const clients = await Promise.all(Array.from({ length: WRITERS }, () => keyledger.client(newAccount())));
    let over = false;
    const writers = Promise.all(clients.map((client) => mutate(client, heard, () => over)));
    const untilCreated = (count: number) =>
      untilMidway(
        writers,
        () => heard.created.size >= count,
        () => delay(25),
      );
    for (let kill = 0; kill < KILLS; kill += 1) {
      await untilCreated(heard.created.size + 100);
      await esdb.kill();
      await esdb.restart();
    }
    await untilCreated(heard.created.size + 100);
    over = true;
    await writers;

    expect([...heard.codes].filter((code) => !['OUTCOME_UNKNOWN', 'STORE_UNAVAILABLE'].includes(code))).toEqual([]);
    const store = patientStore(esdb.connectionString);
    const written = new Set<string>();
    for (const { account } of clients) {
      const events = (await eventsOf(store, streamOf('apiKeys', account))).map(decode);
      events.reduce((state, event) => {
        const next = evolve(state, event);
        expect(next.keys.size).toBeLessThanOrEqual(2);
        const mark = `${event.type} ${keyIdIn(event)}`;
        expect(written.has(mark)).toBe(false);
        written.add(mark);
        return next;
      }, NO_KEYS);
    }
    expect([...heard.created].filter((keyId) => !written.has(`KeyCreated ${keyId}`))).toEqual([]);
    expect([...heard.deleted].filter((keyId) => !written.has(`KeyDeleted ${keyId}`))).toEqual([]);
    await store.close();
    await keyledger.end('SIGTERM');
  });
});
