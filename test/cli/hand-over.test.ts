import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, linkSync, lstatSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { handOver } from '../../src/cli/hand-over.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { COMMAND, keyledger } from './run.js';

const itAsRoot = process.geteuid?.() === 0 ? it : it.skip;

/** The user of a service. */
const SERVICE = 65534;

/** The owners of all files and folders in a directory, by name. */
function ownersIn(directory: string): [name: string, uid: number][] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return names.map((name) => [name, lstatSync(join(directory, name)).uid]);
}

/** A data directory of the service, which root has filled. */
async function filledDirectory(): Promise<string> {
  const directory = temporaryDirectory();
  chownSync(directory, SERVICE, SERVICE);
  await keyledger(['demo', '--accounts', '1', '--days', '2'], { KEYLEDGER_DATA: directory });
  return directory;
}

itAsRoot('gives what root makes in the data directory of another user to that user', async () => {
  const directory = await filledDirectory();
  writeFileSync(join(directory, 'not-ours'), '');
  await keyledger(['sign-in-link', '--role', 'auditor'], { KEYLEDGER_DATA: directory });
  const owners = ownersIn(directory);
  expect(owners.map(([name]) => name)).toEqual(expect.arrayContaining(['events.db', 'keys.db', 'sign-in']));
  expect(owners.filter(([, uid]) => uid !== SERVICE)).toEqual([['not-ours', 0]]);
});

itAsRoot('gives away no file that has another name, which the user may have linked to', async () => {
  const [directory, elsewhere] = [await filledDirectory(), join(temporaryDirectory(), 'of-the-system')];
  writeFileSync(elsewhere, '');
  linkSync(elsewhere, join(directory, 'checkpoints'));
  await keyledger(['sign-in-link', '--role', 'auditor'], { KEYLEDGER_DATA: directory });
  expect(statSync(elsewhere).uid).toBe(0);
  expect(statSync(join(directory, 'sign-in')).uid).toBe(SERVICE);
});

itAsRoot.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'gives what root has made to that user when %s ends the command',
  async (signal) => {
    const directory = temporaryDirectory();
    chownSync(directory, SERVICE, SERVICE);
    const env = { PATH: process.env.PATH, KEYLEDGER_DATA: directory };
    const child = spawn(process.execPath, [COMMAND, 'demo', '--accounts', '5000'], { env, stdio: 'ignore' });
    const end = once(child, 'exit');
    while (child.exitCode === null && !existsSync(join(directory, 'keys.db-wal'))) await delay(20);
    child.kill(signal);
    expect(await end).toEqual([null, signal]);
    const owners = ownersIn(directory);
    expect(owners.map(([name]) => name)).toEqual(expect.arrayContaining(['events.db', 'keys.db', 'keys.db-wal']));
    expect(owners.filter(([, uid]) => uid !== SERVICE)).toEqual([]);
  },
);

/** Puts a link in the place of a folder, and the folder back, again and again. */
const EXCHANGE = `
  const { renameSync, symlinkSync, unlinkSync } = require('node:fs');
  const { parentPort, workerData: { folder, elsewhere } } = require('node:worker_threads');
  for (let round = 0; ; round += 1) {
    renameSync(folder, folder + '-away');
    symlinkSync(elsewhere, folder);
    unlinkSync(folder);
    renameSync(folder + '-away', folder);
    if (round === 0) parentPort.postMessage('begun');
  }
`;

itAsRoot('gives away nothing elsewhere while the user puts a link in the place of a folder', async () => {
  const [directory, elsewhere] = [temporaryDirectory(), temporaryDirectory()];
  const [folder, foreign] = [join(directory, 'sign-in'), join(elsewhere, 'of-the-system')];
  mkdirSync(folder);
  writeFileSync(join(folder, 'ticket'), '');
  writeFileSync(foreign, '');
  for (const path of [directory, folder]) chownSync(path, SERVICE, SERVICE);
  const exchange = new Worker(EXCHANGE, { eval: true, workerData: { folder, elsewhere } });
  try {
    await new Promise((resolve) => exchange.once('message', resolve));
    for (let round = 0; round < 20_000 && statSync(foreign).uid === 0; round += 1) handOver({ KEYLEDGER_DATA: directory });
  } finally {
    await exchange.terminate();
  }
  expect(statSync(foreign).uid).toBe(0);
});
