import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openLog } from '../../src/store/sqlite/sqlite-file.js';
import { streamOf } from '../../src/store/streams.js';
import { eventsOf, type Past, writeHistory } from '../bench/support/history.js';
import { keyledger } from '../cli/run.js';
import { temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { complaintsIn, LATE_ANSWER } from '../support/complaints.js';
import { appendUntilKnown } from '../support/events.js';
import { ownServer, patientStore } from '../support/eventstoredb.js';
import { isInstalled } from '../support/eventstoredb-server.js';
import { withProjections } from '../support/late-projections.js';
import { firstUnlessLong, rounds } from '../support/long.js';
import { untilFilled, untilProjected } from '../support/readiness.js';
import { startServer } from '../support/server.js';
import { storeSettings } from '../support/two-servers.js';

const EVENTS = Number(process.env.KEYLEDGER_TEST_EVENTS ?? rounds(1000, 20_000));
/** Far more than a replay of them takes, also on a busy machine, in milliseconds. */
const LIMIT = 300_000 + EVENTS;
const CLIENTS = rounds(2, 4);
/** How long each client rests after a round, in milliseconds, to leave time for other tests on the machine. */
const REST = 20;
const PASTS: Past[] = Array.from({ length: EVENTS / 10 }, (_, index) => ({ account: `account-${index}`, events: 10 }));

/** What a server says while a command repairs its projections; the second where that takes long, on a busy machine. */
const OF_REPAIRS = [/were emptied or given up/, /another process fills the projections/];

/** Fills a log with the pasts. Resolves with the settings that lead there. */
type Fill = (directory: string) => Promise<Record<string, string>>;

async function fillSqlite(directory: string): Promise<Record<string, string>> {
  const log = openLog(join(directory, 'events.db'));
  writeHistory(log, PASTS);
  log.close();
  return {};
}

/** Not the shared one: every server that is tested there would have to read these events. */
async function fillEventStoreDb(): Promise<Record<string, string>> {
  const { connectionString } = await ownServer();
  const store = patientStore(connectionString);
  const pasts = PASTS.values();
  const write = async () => {
    for (const past of pasts) await appendUntilKnown(store, streamOf('apiKeys', past.account), 0, [...eventsOf(past)]);
  };
  await Promise.all(Array.from({ length: 32 }, write));
  await store.close();
  return storeSettings(connectionString);
}

/** Creates a key and deletes it. Every answer must be right. */
async function useOnce(client: Client): Promise<void> {
  const { key } = await client.newKey();
  expect((await client.readAccount()).keys.map(({ keyId }) => keyId)).toEqual([key.keyId]);
  expect(await client.deleteKey(key.keyId)).toMatchObject({ __typename: 'DeleteKeyPayload' });
  expect((await client.readAccount()).keys).toEqual([]);
}

/** Runs the work while the clients use the server. */
async function underLoad<T>(clients: Client[], work: () => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const use = async (client: Client) => {
    while (!stop.signal.aborted) {
      await useOnce(client);
      await delay(REST);
    }
  };
  const [result] = await Promise.all([work().finally(() => stop.abort()), ...clients.map(use)]);
  return result;
}

describe.each(
  firstUnlessLong<[name: string, fill: Fill, its: jest.It]>([
    ['SQLite', fillSqlite, it],
    ['EventStoreDB', fillEventStoreDb, isInstalled() ? it : it.skip],
  ]),
)('%s', (_name, fill, its) => {
  const test = `rebuilds ${EVENTS} events beside a server that goes on answering rightly, finds what differs, and puts it right`;
  its(
    test,
    async () => {
      const directory = temporaryDirectory();
      const settings = { ...(await fill(directory)), KEYLEDGER_PSEUDONYM_KEY: Buffer.alloc(32, 7).toString('base64') };
      const server = await startServer(directory, settings);
      await untilFilled(server);
      const clients = await Promise.all(Array.from({ length: CLIENTS }, () => server.client()));
      await Promise.all(clients.map(useOnce));
      await untilProjected(server);
      const replay = (...args: string[]) =>
        underLoad(clients, () => keyledger(['replay', ...args], { KEYLEDGER_DATA: directory, ...settings }, LIMIT));

      const equal = await replay();
      expect(equal).toMatchObject({ code: 0, stderr: '' });
      const events = [...equal.stdout.matchAll(/^(?!reads|usage|activity_usage)\w+: (\d+) events .*: equal$/gm)].map(
        ([, count]) => Number(count),
      );
      expect(events).toHaveLength(4);
      for (const count of events) expect(count).toBeGreaterThan(EVENTS);

      withProjections(directory, 'projections.db', (database) => {
        database.prepare("DELETE FROM history_5 WHERE account = 'account-8'").run();
      });
      expect(await replay('--repair')).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^history_5: repaired, /m),
      });
      expect(await replay()).toMatchObject({ code: 0 });

      withProjections(directory, 'keys.db', (database) => {
        database.prepare("UPDATE keys_5 SET deletedAt = NULL WHERE account = 'account-7'").run();
      });
      expect(await keyledger(['replay', '--repair'], { KEYLEDGER_DATA: directory, ...settings }, LIMIT)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^keys_5: repaired, /m),
      });
      await untilFilled(server);
      expect(await replay()).toMatchObject({ code: 0 });
      expect(complaintsIn(server.output(), LATE_ANSWER, ...OF_REPAIRS)).toEqual([]);
      expect(await server.end('SIGTERM')).toBe(0);
    },
    LIMIT * 5,
  );
});
