import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { RestoredMark } from '../../src/projections/transparency/restored-mark.js';
import { DATA_FILE } from '../../src/shared/data-files.js';
import Database from '../../src/shared/sqlite.js';
import { cleanUpLater, temporaryDirectory } from '../support/cleanup.js';
import { describeOwnEsdb, ownServer } from '../support/eventstoredb.js';
import { isSealed, newSource, settings } from '../support/imports.js';
import { openFilledWorld } from '../support/world.js';
import { COMMAND } from './run.js';

/** A data directory whose services have ended. */
async function dataDirectory(): Promise<string> {
  const directory = temporaryDirectory();
  const world = await openFilledWorld({ dataDirectory: directory });
  await (await world.client({ account: 'acme' })).newKey();
  await world.stop();
  return directory;
}

/** Holds a file's write lock, as another process does, or a lock that keeps others from opening it. Returns a function that lets it go. */
function lock(file: string, keepsOthersOut: boolean): () => void {
  const database = new Database(file);
  cleanUpLater(() => database.close());
  if (keepsOthersOut) database.pragma('locking_mode = EXCLUSIVE');
  database.exec('BEGIN IMMEDIATE');
  return () => void database.close();
}

const LOG = 'The event log does not answer: it may be busy, locked by another process or out of reach.';
const FILE = 'FILE is locked by another process.';
const ACCEPT = ['recover', '--accept-loss'];

it.each<[args: string[], file: string, said: string, keepsOthersOut?: boolean]>([
  [ACCEPT, DATA_FILE.log, FILE],
  [ACCEPT, DATA_FILE.analytics, FILE],
  [ACCEPT, DATA_FILE.keys, FILE],
  [['revoke', '--account', 'acme', '--yes'], DATA_FILE.log, LOG],
  [['asof', '--at', '2026-01-01'], DATA_FILE.log, LOG],
  [['asof', '--at', '2026-01-01'], DATA_FILE.log, FILE, true],
  [['recover'], DATA_FILE.log, FILE, true],
])(
  '%j says that it waits while another process has %s locked, and goes on',
  async (args, name, said, keepsOthersOut = false) => {
    const directory = await dataDirectory();
    const file = join(directory, name);
    if (args === ACCEPT) await new RestoredMark(directory).finish('Restored.');
    const release = lock(file, keepsOthersOut);
    const env = { KEYLEDGER_DATA: directory, KEYLEDGER_STALENESS: '1s' };
    expect(await runUntilWaiting(args, env, release)).toEqual({
      ended: [0, null],
      stderr: `keyledger: ${said.replace('FILE', file)} Waiting for it.\n`,
    });
  },
);

describeOwnEsdb('an import', () => {
  it('says that it waits to seal the log while another process has it locked, and goes on', async () => {
    const server = await ownServer();
    const directory = await newSource(3);
    const file = join(directory, DATA_FILE.log);
    const { ended, stderr } = await runUntilWaiting(['import'], settings(directory, server), lock(file, false));
    expect(ended).toEqual([0, null]);
    expect(stderr).toContain(`keyledger: ${FILE.replace('FILE', file)} Waiting for it.\nkeyledger: ${file} is sealed`);
    expect(isSealed(directory)).toBe(true);
  });
});

/** Runs a command to its end. Once it has said that it waits, lets go what it waits for. */
async function runUntilWaiting(
  args: string[],
  env: Record<string, string>,
  release: () => void,
): Promise<{ ended: unknown[]; stderr: string }> {
  const command = spawn(process.execPath, [COMMAND, ...args], { env: { PATH: process.env.PATH, ...env } });
  cleanUpLater(() => void command.kill('SIGKILL'));
  command.stdout.resume();
  const ended = once(command, 'close');
  let stderr = '';
  for await (const piece of command.stderr) {
    stderr += piece;
    if (stderr.includes('Waiting for it.\n')) release();
  }
  return { ended: await ended, stderr };
}
