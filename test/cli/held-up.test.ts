import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { RestoredMark } from '../../src/projections/transparency/restored-mark.js';
import { DATA_FILE } from '../../src/shared/data-files.js';
import Database from '../../src/shared/sqlite.js';
import { cleanUpLater, temporaryDirectory } from '../support/cleanup.js';
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

/** Holds the write lock of a file, as another process does. Returns a function that lets it go. */
function lock(file: string): () => void {
  const database = new Database(file);
  cleanUpLater(() => database.close());
  database.exec('BEGIN IMMEDIATE');
  return () => void database.exec('ROLLBACK');
}

const LOG = 'The event log does not answer: another process may have locked it, or the store cannot be reached.';
const FILE = 'FILE is locked by another process.';
const ACCEPT = ['recover', '--accept-loss'];

it.each<[args: string[], file: string, said: string]>([
  [ACCEPT, DATA_FILE.log, FILE],
  [ACCEPT, DATA_FILE.analytics, FILE],
  [ACCEPT, DATA_FILE.keys, FILE],
  [['revoke', '--account', 'acme', '--yes'], DATA_FILE.log, LOG],
  [['asof', '--at', '2026-01-01'], DATA_FILE.log, LOG],
])('%j says that it waits while another process has %s locked, and goes on', async (args, name, said) => {
  const directory = await dataDirectory();
  const file = join(directory, name);
  if (args === ACCEPT) await new RestoredMark(directory).finish('Restored.');
  const release = lock(file);
  const env = { PATH: process.env.PATH, KEYLEDGER_DATA: directory, KEYLEDGER_STALENESS: '1s' };
  const command = spawn(process.execPath, [COMMAND, ...args], { env });
  cleanUpLater(() => void command.kill('SIGKILL'));
  const ended = once(command, 'close');
  let stderr = '';
  for await (const piece of command.stderr) {
    stderr += piece;
    if (stderr.endsWith('\n')) release();
  }
  expect(await ended).toEqual([0, null]);
  expect(stderr).toBe(`keyledger: ${said.replace('FILE', file)} Waiting for it.\n`);
});
