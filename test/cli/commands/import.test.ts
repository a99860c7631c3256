import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { checkpointIn } from '../../../src/domain/transparency/note-file.js';
import { killLater } from '../../support/child.js';
import { cleanUpLater, temporaryDirectory } from '../../support/cleanup.js';
import { followUntil, newEvent, newEvents } from '../../support/events.js';
import { describeOwnEsdb, ownServer } from '../../support/eventstoredb.js';
import type { EventStoreDbServer } from '../../support/eventstoredb-server.js';
import { eventsIn, exported, LOG_KEY, noteFor } from '../../support/exports.js';
import { tellOnFailure } from '../../support/failure.js';
import { recordPlaces } from '../../support/histories.js';
import { expectSameLog, isSealed, newSource, onSource, onTarget, settings } from '../../support/imports.js';
import { here } from '../here.js';
import { COMMAND, keyledger } from '../run.js';

/** How often an import is killed, and how often EventStoreDB during one. */
const [KILLS, RESTARTS] = [4, 2];

/** How many events are imported then. */
const EVENTS = 1000;

/** Far less than the imports need in all, and more than 50 events need, in bytes. */
const BUDGET = 100_000;

type Target = Pick<EventStoreDbServer, 'connectionString'>;

/** An address of the server that passes only so many bytes on to it, so that no import through it is complete. It ends with the test. */
async function narrow({ port }: EventStoreDbServer): Promise<Target> {
  let left = BUDGET;
  const relay = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    far.pipe(near);
    near.on('data', (piece) => {
      left -= piece.length;
      if (left > 0) far.write(piece);
    });
    for (const socket of [near, far]) socket.on('error', () => {}).on('close', () => [near, far].map((each) => each.destroy()));
    cleanUpLater(() => near.destroy());
  });
  await once(relay.listen(0, '127.0.0.1'), 'listening');
  cleanUpLater(() => relay.close());
  return { connectionString: `esdb://127.0.0.1:${(relay.address() as AddressInfo).port}?tls=false` };
}

interface Import {
  process: ChildProcess;
  /** How it has ended: its exit code and its signal. */
  ended: Promise<unknown[]>;
}

/** Starts an import that can be killed. */
function startImport(directory: string, server: Target): Import {
  const env = { PATH: process.env.PATH, ...settings(directory, server) };
  const child = spawn(process.execPath, [COMMAND, 'import'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  killLater(child);
  const written: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => written.push(text));
  tellOnFailure(child, written);
  return { process: child, ended: once(child, 'exit') };
}

/**
 * Waits until the target holds at least that many events; returns how many it holds.
 * @throws Error if the import fails before
 */
function copiedTo(server: EventStoreDbServer, count: number, { ended }: Import): Promise<number> {
  const copied = onTarget(server, async (store) => (await followUntil(store, 0, count)).length);
  const failed = ended.then(([code, signal]) => {
    if (code !== 0) throw new Error(`The import has ended too early (${signal ?? code}).`);
    return copied;
  });
  return Promise.race([copied, failed]);
}

describeOwnEsdb('from SQLite to EventStoreDB', () => {
  let server: EventStoreDbServer;
  beforeEach(async () => {
    server = await ownServer({ onDisk: true });
  });
  afterEach(() => server.kill());

  it('keeps ids, versions, times, order, export and root, copies nothing twice when it is run again, and seals for good', async () => {
    const directory = await newSource(100);
    await onSource(directory, async (store) => {
      await store.append('apiKeyUsage-a', 0, newEvents(3));
      await store.append('apiKeyReads-b', 0, newEvents(2));
      await recordPlaces(store, [...Array<string>(600).fill('busy'), 'last', 'busy-after']);
    });
    const source = await exported(directory);
    const { code, stdout } = await keyledger(['import'], settings(directory, server));
    const root = checkpointIn(noteFor(eventsIn(source), 702)).root;
    const summary = `702 events, root ${Buffer.from(root).toString('base64')}\n`;
    expect(code).toBe(0);
    expect(stdout).toContain(`apiKeys in SQLite: ${summary}apiKeys in EventStoreDB: ${summary}`);
    await expectSameLog(directory, server);
    expect(await here(['import'], settings(directory, server))).toMatchObject({ code: 0 });
    await expectSameLog(directory, server);
    const append = onSource(directory, (store) => store.append('apiKeys-new', 0, [newEvent()]));
    await expect(append).rejects.toMatchObject({ code: 'LOG_SEALED' });
    const target = await here(['export'], { ...settings(directory, server), KEYLEDGER_LOG_KEY: LOG_KEY });
    const withoutPosition = (line: string) => line.replace(/^\{"position":\d+,/, '{');
    expect(target.stdout.match(/[^\n]*\n/g)?.map(withoutPosition)).toEqual(source.map(withoutPosition));
  });

  it('moves a file that lies elsewhere, and an empty log', async () => {
    const directory = await newSource(0);
    const args = ['import', '--from', join(directory, 'events.db')];
    const outcome = await here(args, settings(temporaryDirectory(), server));
    expect(outcome).toMatchObject({ code: 0, stdout: expect.stringContaining('apiKeys in EventStoreDB: 0 events') });
    expect(isSealed(directory)).toBe(true);
  });

  it(`goes on after kill -9, ${KILLS} times`, async () => {
    const directory = await newSource(EVENTS);
    for (let copied = 0, kill = 0; kill < KILLS; kill += 1) {
      const running = startImport(directory, await narrow(server));
      copied = await copiedTo(server, copied + 50, running);
      running.process.kill('SIGKILL');
      expect(await running.ended).toEqual([null, 'SIGKILL']);
    }
    expect(await here(['import'], settings(directory, server))).toMatchObject({ code: 0 });
    await expectSameLog(directory, server);
  });

  it('goes on by itself when EventStoreDB is killed and started again', async () => {
    const directory = await newSource(EVENTS);
    const running = startImport(directory, server);
    for (let kill = 0, copied = 0; kill < RESTARTS; kill += 1) {
      // On a slow machine, the import may be complete before the server is killed again.
      copied = await copiedTo(server, Math.min(copied + 200, EVENTS), running);
      await server.restart();
    }
    expect(await running.ended).toEqual([0, null]);
    await expectSameLog(directory, server);
  });

  it('is harmless when it runs twice at once', async () => {
    const directory = await newSource(500);
    const [first, second] = [startImport(directory, server), startImport(directory, server)];
    await copiedTo(server, 100, first);
    const third = startImport(directory, server);
    for (const { ended } of [first, second, third]) expect(await ended).toEqual([0, null]);
    await expectSameLog(directory, server);
  });
});
