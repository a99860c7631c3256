import { hash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, readlinkSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignInTickets } from '../../src/auth/sign-in-tickets.js';
import { DATA_FILE } from '../../src/shared/data-files.js';
import Database from '../../src/shared/sqlite.js';
import { here } from '../cli/here.js';
import { COMMAND, type Outcome, run } from '../cli/run.js';
import { temporaryDirectory } from './cleanup.js';
import { withProjections } from './late-projections.js';
import { PROJECTION_FILES } from './projection-files.js';
import { removeLog } from './restorable.js';
import { usedDirectory } from './used-directory.js';
import { type HeldKey, statusOf } from './verify.js';
import { openFilledWorld, openWorld } from './world.js';

/** A command that is about to change files. */
export interface Attempt {
  args: string[];
  dataDirectory: string;
  /** The file that standard output goes to. */
  output: string;
  /** Does what somebody does whose attempt was broken off, and expects that nothing is lost then, and nothing left behind. */
  settle(): Promise<void>;
}

/** Runs it in a process of its own. The command line of the process begins with `wrapper`. */
export function attempt({ args, dataDirectory, output }: Attempt, wrapper: string[]): Promise<Outcome> {
  const line = ['-c', 'exec "$@" > "$0"', output, ...wrapper, process.execPath, COMMAND, ...args];
  return run('sh', line, { KEYLEDGER_DATA: dataDirectory });
}

/** What all attempts begin with. */
interface Ground {
  /** A data directory whose projections hold its log. */
  filled: string;
  /** The same, before the last key was deleted. */
  backup: string;
  held: HeldKey;
  deleted: HeldKey;
}

export async function newGround(): Promise<Ground> {
  const [filled, backup] = [temporaryDirectory(), join(temporaryDirectory(), 'backup')];
  const world = await openFilledWorld({ dataDirectory: filled });
  const [one, other] = [await world.client({}), await world.client({})];
  const [held, deleted] = [await one.newKey(), await other.newKey()];
  expect(await inDirectory(filled, 'backup', backup)).toMatchObject({ code: 0 });
  await other.deleteKey(deleted.key.keyId);
  await world.stop();
  // Whatever was filled late is filled now.
  await (await openFilledWorld({ dataDirectory: filled })).stop();
  return { filled, backup, held, deleted };
}

function inDirectory(dataDirectory: string, ...args: string[]): Promise<Outcome> {
  return here(args, { KEYLEDGER_DATA: dataDirectory });
}

/** The commands that change files, each with what begins it. */
export const ATTEMPTS: Record<string, (ground: Ground) => Attempt> = {
  backup(ground) {
    const [dataDirectory, target] = [copyOf(ground.filled), newDirectory()];
    return onGround(dataDirectory, ['backup', target], async () => {
      const again = await inDirectory(dataDirectory, 'backup', target);
      if (again.code !== 0) {
        expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('Name an empty directory, or a new one.') });
        expect(await inDirectory(dataDirectory, 'backup', newDirectory())).toMatchObject({ code: 0 });
      }
      const elsewhere = newDirectory();
      const restored = await inDirectory(elsewhere, 'restore', target);
      if (restored.code !== 0)
        expect(restored).toMatchObject({ code: 2, stderr: expect.stringContaining('is not a complete backup') });
      else {
        expect(await inDirectory(elsewhere, 'recover')).toMatchObject({ code: 0 });
        await expectHeld(elsewhere, ground);
      }
      await expectHeld(dataDirectory, ground);
    });
  },

  restore({ backup, ...ground }) {
    const dataDirectory = newDirectory();
    return onGround(dataDirectory, ['restore', backup], async () => {
      const again = await inDirectory(dataDirectory, 'restore', backup);
      if (again.code !== 0) expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('`keyledger recover`') });
      const { code, stderr } = await inDirectory(dataDirectory, 'export');
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('was restored from the backup') });
      expect(await inDirectory(dataDirectory, 'recover')).toMatchObject({ code: 0 });
      await expectHeld(dataDirectory, { ...ground, deleted: undefined });
    });
  },

  recover(ground) {
    const dataDirectory = copyOf(ground.filled);
    removeLog(dataDirectory);
    cpSync(join(ground.backup, DATA_FILE.log), join(dataDirectory, DATA_FILE.log));
    return onGround(dataDirectory, ['recover'], async () => {
      expect(await inDirectory(dataDirectory, 'recover')).toMatchObject({ code: 0 });
      await expectHeld(dataDirectory, ground);
    });
  },

  'replay --repair'(ground) {
    const dataDirectory = copyOf(ground.filled);
    withProjections(dataDirectory, 'keys.db', (database) => database.exec(`UPDATE keys_5 SET scopes = '["admin"]'`));
    return onGround(dataDirectory, ['replay', '--repair'], async () => {
      const again = await inDirectory(dataDirectory, 'replay', '--repair');
      if (again.code !== 0)
        expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('start the server to fill it') });
      await expectHeld(dataDirectory, ground);
      expect(await inDirectory(dataDirectory, 'replay')).toMatchObject({ code: 0 });
    });
  },

  export(ground) {
    const dataDirectory = copyOf(ground.filled);
    return onGround(dataDirectory, ['export'], async (output) => {
      await expectExported(dataDirectory, output);
      await expectHeld(dataDirectory, ground);
    });
  },

  'export --resume'(ground) {
    const dataDirectory = copyOf(ground.filled);
    const begun = join(temporaryDirectory(), 'begun');
    writeFileSync(begun, '{"position":');
    return onGround(dataDirectory, ['export', '--resume', begun], async () => {
      await expectExported(dataDirectory, begun);
      await expectHeld(dataDirectory, ground);
    });
  },

  'export with a file of checkpoints to be shortened'(ground) {
    const dataDirectory = copyOf(ground.filled);
    const file = join(dataDirectory, DATA_FILE.checkpoints);
    writeFileSync(file, readFileSync(file, 'utf8').repeat(5000));
    return onGround(dataDirectory, ['export'], async (output) => {
      // What was begun counts as abandoned after a minute.
      const begun = `${file}.next`;
      if (existsSync(begun)) utimesSync(begun, 0, 0);
      await expectExported(dataDirectory, output);
      for (let times = 0; times < 2; times += 1) expect(await inDirectory(dataDirectory, 'export')).toMatchObject({ code: 0 });
      expect(statSync(file).size).toBeLessThan(1024 * 1024);
      await expectHeld(dataDirectory, ground);
    });
  },

  'log-key that creates the key'(ground) {
    const dataDirectory = newDirectory();
    cpSync(ground.backup, dataDirectory, { recursive: true });
    for (const name of [DATA_FILE.logKey, DATA_FILE.checkpoints]) removeLog(dataDirectory, name);
    return onGround(dataDirectory, ['log-key'], async () => {
      const [first, second] = [await inDirectory(dataDirectory, 'log-key'), await inDirectory(dataDirectory, 'log-key')];
      expect(first).toMatchObject({ code: 0, stderr: '' });
      expect(second).toEqual(first);
      await expectHeld(dataDirectory, { ...ground, deleted: undefined });
    });
  },

  'token that creates the key'() {
    const dataDirectory = usedDirectory();
    return onGround(dataDirectory, TOKEN, async () => {
      const made = () => readdirSync(dataDirectory);
      expect(made()).toEqual([DATA_FILE.log]);
      expect(await inDirectory(dataDirectory, ...TOKEN)).toMatchObject({ code: 0, stderr: '' });
      expect(made()).toEqual([DATA_FILE.log, DATA_FILE.issuerKey]);
    });
  },

  'sign-in-link'() {
    const dataDirectory = usedDirectory();
    const line = ['sign-in-link', '--role', 'auditor'];
    return onGround(dataDirectory, line, async () => {
      const made = () => readdirSync(join(dataDirectory, DATA_FILE.signIn));
      expect(made()).toEqual([]);
      const { code, stdout } = await inDirectory(dataDirectory, ...line);
      const [, ticket = ''] = /#([\w-]{43})\n$/.exec(stdout) ?? [];
      expect({ code, made: made() }).toEqual({ code: 0, made: [hash('sha256', ticket)] });
      const tickets = new SignInTickets(dataDirectory, Date.now);
      expect(await tickets.redeem(ticket)).toEqual({ subject: 'local', role: 'auditor' });
    });
  },
};

const TOKEN = ['token', '--role', 'auditor'];

function onGround(dataDirectory: string, args: string[], settle: (output: string) => Promise<void>): Attempt {
  const output = join(temporaryDirectory(), 'output');
  return { args, dataDirectory, output, settle: () => settle(output) };
}

/** A directory that does not exist yet. */
function newDirectory(): string {
  return join(temporaryDirectory(), 'new');
}

function copyOf(directory: string): string {
  const copy = newDirectory();
  cpSync(directory, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

/** Completes an export that was broken off, and expects that it verifies. */
async function expectExported(dataDirectory: string, file: string): Promise<void> {
  const resumed = await inDirectory(dataDirectory, 'export', '--resume', file);
  if (resumed.code !== 0)
    expect(resumed).toMatchObject({ code: 2, stderr: expect.stringContaining('is complete: it ends in a checkpoint') });
  const publicKey = join(temporaryDirectory(), 'public-key');
  writeFileSync(publicKey, (await inDirectory(dataDirectory, 'log-key')).stdout);
  const verified = await here(['verify-log', file, '--public-key', publicKey]);
  expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('3 events') });
}

/** Expects that a server starts there, that every key answers as it should, and that all files are sound and in use. */
async function expectHeld(
  dataDirectory: string,
  { held, deleted }: Pick<Ground, 'held'> & { deleted: HeldKey | undefined },
): Promise<void> {
  const world = await openWorld({ dataDirectory });
  expect(await statusOf(world, held)).toBe(200);
  if (deleted) expect(await statusOf(world, deleted)).toBe(401);
  await world.stop();
  for (const name of [DATA_FILE.log, ...PROJECTION_FILES]) {
    const database = new Database(join(dataDirectory, name), { readonly: true });
    expect({ name, found: database.pragma('integrity_check', { simple: true }) }).toEqual({ name, found: 'ok' });
    database.close();
  }
  const targets = PROJECTION_FILES.map((name) => targetOf(join(dataDirectory, name)));
  const known = [...Object.values<string>(DATA_FILE), ...targets];
  // A key that was nearly made has another name, and belongs to nobody.
  const others = readdirSync(dataDirectory).filter(
    (name) => !known.includes(name.replace(/-(?:wal|shm)$|(?<=\.(?:key|jwk))\..+$/, '')),
  );
  expect(others).toEqual([]);
}

/** The name of the file that has that name, if it is a link. */
function targetOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
