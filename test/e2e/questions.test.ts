import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasCode } from '../../src/shared/error-code.js';
import { untilAnswered } from '../support/asked-analytics.js';
import { temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { type Server, startServer, written } from '../support/server.js';
import { statusOf } from '../support/verify.js';

let server: Server;
let analyst: Client;
let file: string;
let putBack = () => {};
beforeAll(async () => {
  server = await startServer(temporaryDirectory());
  file = join(server.dataDirectory, 'analytics.db');
  analyst = await server.client(undefined, { role: 'analyst' });
  await (await server.client()).newKey();
  await untilAnswered(analyst);
});

afterEach(() => putBack());

const ask = () => analyst.send('{ analytics { distribution(metric: KEY_AGE) { count } } }');
const codesOf = ({ errors }: Awaited<ReturnType<typeof ask>>) => errors?.map(({ extensions }) => extensions?.code);

/**
 * Gives the name of the analytics file to something else, in one step, until the test ends. Its journals stay where they are: the server goes
 * on filling the file that it has open.
 */
function replace(by: (name: string) => void): void {
  const other = join(temporaryDirectory(), 'other.db');
  by(other);
  const [aside, link] = [`${file}.aside`, `${file}.link`];
  rmSync(aside, { force: true });
  linkSync(file, aside);
  symlinkSync(other, link);
  renameSync(link, file);
  putBack = () => {
    if (existsSync(aside)) renameSync(aside, file);
  };
}

/** Another file has the name from then on, so nothing is put back. */
async function untilFilledAnew(): Promise<void> {
  putBack = () => {};
  await untilAnswered(analyst);
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
  replace((name) => execFileSync('mkfifo', [name]));
  let isAnswered = false;
  const answer = ask().finally(() => {
    isAnswered = true;
  });
  for (let times = 0; times < 50; times += 1) expect(await statusOf(server, held)).toBe(200);
  await owner.deleteKey(held.key.keyId);
  expect(await statusOf(server, held)).toBe(401);
  expect(isAnswered).toBe(false);
  await letGo(file);
  // SQLite cannot read a pipe at a position, which it reports as it reports a failing disk: the file is filled anew.
  expect(codesOf(await answer)).toEqual(['NOT_READY']);
  await untilFilledAnew();
});

it('a file that is missing fails the questions until it is back, and the log says why', async () => {
  replace(() => {});
  const before = server.output().length;
  for (let times = 0; times < 2; times += 1) expect(codesOf(await ask())).toEqual(['QUESTION_FAILED']);
  await written(server, /SqliteError/, before);
  putBack();
  expect((await ask()).errors).toBeUndefined();
});

it.each<[what: string, by: (name: string) => void, told: string]>([
  ['damaged', (name) => writeFileSync(name, 'no database. '.repeat(1000)), 'file is not a database'],
  ['a directory', (name) => mkdirSync(name), 'disk I/O error'],
])('a file that is %s is filled anew, aloud, and questions are answered again', async (_what, by, told) => {
  replace(by);
  const before = server.output().length;
  expect(codesOf(await ask())).toEqual(['NOT_READY']);
  await untilFilledAnew();
  expect((await ask()).errors).toBeUndefined();
  expect(server.output().slice(before)).toContain(told);
});
