import { execFileSync } from 'node:child_process';
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identityOf } from '../../../src/projections/engine/generations.js';
import { hold } from '../../../src/projections/engine/held-files.js';
import Database from '../../../src/shared/sqlite.js';
import { SQLITE_DRIVER } from '../../../src/shared/sqlite-driver.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { descriptorsOf } from '../../support/descriptors.js';

/** Only Linux tells which files a process has open. */
const itWhereTold = existsSync('/proc/self/fd') ? it : it.skip;

const identityNow = (path: string) => identityOf(statSync(path));
const holdNow = (path: string) => hold(path, identityNow(path));

itWhereTold('a deleted file stays until nobody holds it any more', async () => {
  const path = join(temporaryDirectory(), 'some.db');
  writeFileSync(path, '');
  const [one, other] = [holdNow(path), holdNow(path)];
  rmSync(path);
  one();
  one();
  await delay(20);
  expect(descriptorsOf(path)).toHaveLength(2);
  other();
  while (descriptorsOf(path).length > 0) await delay(1);
});

it('a file that is not there is not held', () => {
  hold(join(temporaryDirectory(), 'some.db'), '0:0')();
});

itWhereTold('the locks of SQLite stay while anybody in the process holds the file', async () => {
  const path = join(temporaryDirectory(), 'some.db');
  const database = new Database(path);
  database.exec('CREATE TABLE some (one); BEGIN IMMEDIATE');
  const [one, other] = [holdNow(path), holdNow(path)];
  one();
  await delay(20);
  expect(lockedBy(path)).toBe('SQLITE_BUSY');
  other();
  while (descriptorsOf(path).length > 1) await delay(1);
  // What would happen to a file in use, and why one holder does not close it for another.
  expect(lockedBy(path)).toBe('nobody');
  database.close();
});

itWhereTold('the locks of a file stay when somebody lets another one go that had its name', async () => {
  const directory = temporaryDirectory();
  const [path, successor] = [join(directory, 'some.db'), join(directory, 'next.db')];
  writeFileSync(path, '');
  const before = identityNow(path);
  const database = new Database(successor);
  database.exec('CREATE TABLE some (one); BEGIN IMMEDIATE');
  renameSync(successor, path);
  hold(path, before)();
  await delay(20);
  expect(lockedBy(path)).toBe('SQLITE_BUSY');
  holdNow(path)();
  while (descriptorsOf(path).length > 1) await delay(1);
  database.close();
});

/** What another process hears that wants to write. */
function lockedBy(path: string): string {
  const driver = createRequire(import.meta.url).resolve(SQLITE_DRIVER);
  const program = `
    try {
      new (require(process.argv[1]))(process.argv[2], { timeout: 0 }).exec('BEGIN IMMEDIATE');
      process.stdout.write('nobody');
    } catch ({ code }) {
      process.stdout.write(code);
    }`;
  return execFileSync(process.execPath, ['-e', program, driver, path], { encoding: 'utf8' });
}
