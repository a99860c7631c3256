import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { checkpointIn } from '../../../src/domain/transparency/note-file.js';
import { followUntil, newEvent, newEvents } from '../../support/events.js';
import { describeOwnEsdb, ownServer } from '../../support/eventstoredb.js';
import type { EventStoreDbServer } from '../../support/eventstoredb-server.js';
import { eventsIn, exported, LOG_KEY, noteFor } from '../../support/exports.js';
import { recordPlaces } from '../../support/histories.js';
import { expectSameLog, isSealed, newSource, onSource, onTarget, settings } from '../../support/imports.js';
import { cleanUpLater, temporaryDirectory } from '../../support/world.js';
import { COMMAND, keyledger } from '../run.js';

/** Starts an import that can be killed. */
function startImport(directory: string, server: EventStoreDbServer): { process: ChildProcess; ended: Promise<unknown[]> } {
  const env = { PATH: process.env.PATH, ...settings(directory, server) };
  const child = spawn(process.execPath, [COMMAND, 'import'], { env, stdio: 'ignore' });
  cleanUpLater(() => child.kill('SIGKILL'));
  return { process: child, ended: once(child, 'exit') };
}

/** Waits until the target holds at least that many events; returns how many it holds. */
function copiedTo(server: EventStoreDbServer, count: number): Promise<number> {
  return onTarget(server, async (store) => (await followUntil(store, 0, count)).length);
}

describeOwnEsdb('from SQLite to EventStoreDB', () => {
  let server: EventStoreDbServer;
  beforeEach(async () => {
    server = await ownServer({ onDisk: true });
  }, 120_000);
  afterEach(() => server.kill());

  it('keeps ids, versions, times and order: the same keys, the same export but for positions, the same root', async () => {
    const directory = await newSource(1000);
    await onSource(directory, async (store) => {
      await store.append('apiKeyUsage-a', 0, newEvents(3));
      await store.append('apiKeyReads-b', 0, newEvents(2));
      await recordPlaces(store, [...Array<string>(600).fill('busy'), 'last', 'busy-after']);
    });
    const source = await exported(directory);
    const { code, stdout } = await keyledger(['import'], settings(directory, server));
    const root = checkpointIn(noteFor(eventsIn(source), 1602)).root;
    const summary = `1602 events, root ${Buffer.from(root).toString('base64')}\n`;
    expect(code).toBe(0);
    expect(stdout).toContain(`apiKeys in SQLite: ${summary}apiKeys in EventStoreDB: ${summary}`);
    await expectSameLog(directory, server);
    const target = await keyledger(['export'], { ...settings(directory, server), KEYLEDGER_LOG_KEY: LOG_KEY });
    const withoutPosition = (line: string) => line.replace(/^\{"position":\d+,/, '{');
    expect(target.stdout.match(/[^\n]*\n/g)?.map(withoutPosition)).toEqual(source.map(withoutPosition));
  }, 120_000);

  it('copies nothing twice when it is run again, and seals for good', async () => {
    const directory = await newSource(200);
    for (let times = 0; times < 2; times += 1) {
      expect(await keyledger(['import'], settings(directory, server))).toMatchObject({ code: 0 });
      await expectSameLog(directory, server);
    }
    const append = onSource(directory, (store) => store.append('apiKeys-new', 0, [newEvent()]));
    await expect(append).rejects.toMatchObject({ code: 'LOG_SEALED' });
  });

  it('moves a file that lies elsewhere, and an empty log', async () => {
    const directory = await newSource(0);
    const args = ['import', '--from', join(directory, 'events.db')];
    const outcome = await keyledger(args, settings(temporaryDirectory(), server));
    expect(outcome).toMatchObject({ code: 0, stdout: expect.stringContaining('apiKeys in EventStoreDB: 0 events') });
    expect(isSealed(directory)).toBe(true);
  });

  it('goes on after kill -9, four times', async () => {
    const directory = await newSource(3000);
    for (let copied = 0, kill = 0; kill < 4; kill += 1) {
      const { process, ended } = startImport(directory, server);
      copied = await copiedTo(server, copied + 300);
      process.kill('SIGKILL');
      const [, signal] = await ended;
      // On a slow machine, the later imports may be complete before they are killed.
      if (kill === 0) expect(signal).toBe('SIGKILL');
    }
    expect(await keyledger(['import'], settings(directory, server))).toMatchObject({ code: 0 });
    await expectSameLog(directory, server);
  }, 180_000);

  it('goes on by itself when EventStoreDB is killed and started again', async () => {
    const directory = await newSource(3000);
    const { ended } = startImport(directory, server);
    for (let kill = 0, copied = 0; kill < 2; kill += 1) {
      copied = await copiedTo(server, copied + 300);
      await server.restart();
    }
    expect(await ended).toEqual([0, null]);
    await expectSameLog(directory, server);
  }, 180_000);

  it('is harmless when it runs twice at once', async () => {
    const directory = await newSource(1500);
    const [first, second] = [startImport(directory, server), startImport(directory, server)];
    await copiedTo(server, 300);
    const third = startImport(directory, server);
    for (const { ended } of [first, second, third]) expect(await ended).toEqual([0, null]);
    await expectSameLog(directory, server);
  }, 180_000);
});
