import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasCode } from '../../src/shared/error-code.js';
import { untilAnswered } from '../support/asked-analytics.js';
import type { Client } from '../support/client.js';
import { type Server, startServer } from '../support/server.js';
import { statusOf } from '../support/verify.js';
import { temporaryDirectory } from '../support/world.js';

let server: Server;
let analyst: Client;
let file: string;
beforeAll(async () => {
  server = await startServer(temporaryDirectory());
  file = join(server.dataDirectory, 'analytics.db');
  analyst = await server.client(undefined, { role: 'analyst' });
  await (await server.client()).newKey();
  await untilAnswered(analyst);
});

const ask = () => analyst.send('{ analytics { distribution(metric: KEY_AGE) { count } } }');
const codesOf = ({ errors }: Awaited<ReturnType<typeof ask>>) => errors?.map(({ extensions }) => extensions?.code);

/** Replaces the analytics file under its name, with its companions. The server goes on filling the file that it has open. */
function replace(by: (name: string) => void): { putBack(): void } {
  const names = ['', '-wal', '-shm'].map((suffix) => file + suffix);
  for (const name of names) renameSync(name, `${name}.aside`);
  by(file);
  return {
    putBack() {
      for (const name of names) rmSync(name, { force: true, recursive: true });
      for (const name of names) renameSync(`${name}.aside`, name);
    },
  };
}

/** Opens the pipe for writing, once somebody is opening it for reading, and closes it again. */
async function letGo(pipe: string): Promise<void> {
  for (;;) {
    try {
      closeSync(openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK));
      return;
    } catch (error) {
      if (!hasCode(error, 'ENXIO')) throw error;
      await delay(25);
    }
  }
}

it('keys are verified and changed while the thread that answers analysts is held', async () => {
  const owner = await server.client();
  const held = await owner.newKey();
  // Whoever opens a pipe for reading waits until somebody opens it for writing.
  const { putBack } = replace((name) => execFileSync('mkfifo', [name]));
  let isAnswered = false;
  const answer = ask().finally(() => {
    isAnswered = true;
  });
  for (let times = 0; times < 50; times += 1) expect(await statusOf(server, held)).toBe(200);
  await owner.deleteKey(held.key.keyId);
  expect(await statusOf(server, held)).toBe(401);
  expect(isAnswered).toBe(false);
  await letGo(file);
  expect(codesOf(await answer)).toEqual(['QUESTION_FAILED']);
  putBack();
  expect((await ask()).errors).toBeUndefined();
});

it.each<[what: string, by: (name: string) => void]>([
  ['missing', () => {}],
  ['damaged', (name) => writeFileSync(name, 'no database. '.repeat(1000))],
  ['empty', (name) => writeFileSync(name, '')],
  ['a directory', (name) => execFileSync('mkdir', [name])],
])('a file that is %s fails the questions until it is back, and the log says why', async (_what, by) => {
  const { putBack } = replace(by);
  const before = server.output().length;
  for (let times = 0; times < 2; times += 1) expect(codesOf(await ask())).toEqual(['QUESTION_FAILED']);
  expect(server.output().slice(before)).toMatch(/SqliteError/);
  putBack();
  expect((await ask()).errors).toBeUndefined();
});
