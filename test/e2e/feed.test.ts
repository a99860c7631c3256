import type { EventStore, NewEvent } from '../../src/store/event-store.js';
import { streamOf } from '../../src/store/streams.js';
import { temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { appendUntilKnown, collect, idsOf } from '../support/events.js';
import { ownServer } from '../support/eventstoredb.js';
import { isInstalled } from '../support/eventstoredb-server.js';
import { follow } from '../support/feed.js';
import { eventsOfAccount } from '../support/histories.js';
import { firstUnlessLong, isLong, rounds } from '../support/long.js';
import { type Server, startServer } from '../support/server.js';
import { openLogOf, storeSettings } from '../support/two-servers.js';

const EVENTS = rounds(1000, 100_000);
/** The number of events before anybody listens. The others arrive meanwhile. */
const PAST = 0.6 * EVENTS;
/** After how many received events the server is killed: among those of the past, and among those that arrive. */
const KILLS = (isLong ? [0.1, 0.45, 0.8] : [0.45]).map((part) => part * EVENTS);
const ACCOUNTS = 20;
const BATCH = 100;

/** Writes to one account after another, a batch at a time. */
class Writer {
  readonly #store: EventStore;
  readonly #accounts = Array.from({ length: ACCOUNTS }, (_, index) => ({
    stream: streamOf('apiKeys', `account-${index}`),
    version: 0,
    events: eventsOfAccount(),
  }));
  #written = 0;

  constructor(store: EventStore) {
    this.#store = store;
  }

  /** Writes until that many are written in all. */
  async write(total: number): Promise<void> {
    for (; this.#written < total; this.#written += BATCH) {
      const account = this.#accounts[(this.#written / BATCH) % ACCOUNTS];
      if (!account) return;
      const batch: NewEvent[] = Array.from({ length: BATCH }, () => account.events.next().value);
      account.version = await appendUntilKnown(this.#store, account.stream, account.version, batch);
    }
  }
}

/** An auditor's program: it records the received events, and continues after the last one. */
class Reader {
  readonly received: string[] = [];
  #after: string | undefined;

  /** Listens until the server has gone, is not ready yet, or has sent everything. */
  async listen(client: Client, onReceived: (count: number) => void): Promise<void> {
    try {
      for await (const { data, errors } of follow(client, { after: this.#after })) {
        if (!data?.events) return expect(errors?.[0]?.extensions?.code).toBe('NOT_READY');
        this.#after = data.events.cursor;
        onReceived(this.received.push(data.events.node.eventId));
        if (this.received.length === EVENTS) return;
      }
    } catch {
      // The connection broke.
    }
  }
}

/** Receives everything. At each of these counts, the server is killed and started again. Calls `onKilled` meanwhile. */
async function receiveAll(start: () => Promise<Server>, onKilled: () => void): Promise<string[]> {
  const reader = new Reader();
  const kills = [...KILLS];
  for (let server = await start(); reader.received.length < EVENTS; ) {
    await reader.listen(await server.client('nobody', { role: 'auditor' }), (count) => {
      if (count === kills[0]) server.process.kill('SIGKILL');
    });
    if (reader.received.length < (kills[0] ?? EVENTS)) continue;
    await server.end('SIGKILL');
    onKilled();
    if (kills.shift() !== undefined) server = await start();
  }
  expect(kills).toEqual([]);
  return reader.received;
}

const STORES: [name: string, locate: () => Promise<string | undefined>, it: jest.It][] = [
  ['SQLite', async () => undefined, it],
  ['EventStoreDB', async () => (await ownServer()).connectionString, isInstalled() ? it : it.skip],
];

describe.each(firstUnlessLong(STORES))('on %s', (_name, locate, it) => {
  it(`brings a client that resumes ${EVENTS} events without gap or repeat, though the server is killed (kills: ${KILLS.length})`, async () => {
    const directory = temporaryDirectory();
    const connectionString = await locate();
    const settings = storeSettings(connectionString);
    const store = await openLogOf(directory, connectionString);
    const writer = new Writer(store);
    await writer.write(PAST);
    // A few events may all be on their way when the server is killed, so the rest of them are written after that.
    let begin = () => {};
    const begun = isLong ? undefined : new Promise<void>((resolve) => (begin = resolve));
    const writeRest = async () => {
      await begun;
      await writer.write(EVENTS);
    };
    const [received] = await Promise.all([receiveAll(() => startServer(directory, settings), begin), writeRest()]);
    expect(received).toEqual(idsOf(await collect(store.readAll('apiKeys'))));
    await store.close();
  }, 3_600_000);
});
