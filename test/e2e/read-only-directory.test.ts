import { chmodSync, cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_FILE } from '../../src/shared/data-files.js';
import { COMMAND, type Outcome, run } from '../cli/run.js';
import { newGround } from '../support/attempts.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { describeWhenLong, fewUnlessLong } from '../support/long.js';
import { READ_ONLY, REMEDY } from '../support/read-only.js';
import { startServer } from '../support/server.js';
import { usedDirectory } from '../support/used-directory.js';
import { statusOf } from '../support/verify.js';

let ground: Awaited<ReturnType<typeof newGround>>;
beforeAll(async () => {
  ground = await newGround();
});

const copyOf = (directory: string) => {
  const copy = temporaryDirectory();
  cpSync(directory, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
};

/** Where a command runs: in a filled directory, in one that was used, or in an empty one. */
const filled = () => copyOf(ground.filled);
const empty = () => temporaryDirectory();

/** Those that write, or read a database, and the file that each names first. */
const COMMANDS: [args: string, directory: () => string, named: RegExp][] = [
  ['serve', filled, /\/events\.db: (?:unable to open|attempt to write a)/],
  ['export', filled, /\/events\.db: (?:unable to open|attempt to write a)/],
  ['token --role owner --account a', usedDirectory, /open '\S+\/issuer\.jwk\.\S+'/],
  ['serve', empty, /open '\S+\/issuer\.jwk\.\S+'/],
  ['sign-in-link --role owner --account a', usedDirectory, /(?:mkdir|open) '\S+\/sign-in\S*'/],
  ['demo', empty, /\/events\.db: (?:unable to open|attempt to write a)|open '\S+'/],
  ['restore BACKUP', empty, /open '\S+\/repairing\.lock'/],
  ['log-key', filled, /\/events\.db: (?:unable to open|attempt to write a)/],
  ['backup TARGET', filled, /\/events\.db: (?:unable to open|attempt to write a)/],
  ['asof --at 2026-01-01', filled, /\/events\.db: (?:unable to open|attempt to write a)/],
  ['replay', filled, /\/events\.db: (?:unable to open|attempt to write a)/],
  ['replay --repair', filled, /\/events\.db: (?:unable to open|attempt to write a)/],
  ['recover', filled, /open '\S+\/repairing\.lock'/],
  ['revoke --account a --yes', filled, /\/events\.db: (?:unable to open|attempt to write a)/],
  ['export --projection keys', filled, /\/analytics\.db: (?:unable to open|attempt to write a)/],
  ['export --usage', filled, /\/events\.db: (?:unable to open|attempt to write a)/],
  ['import', filled, /\/events\.db: (?:unable to open|attempt to write a)/],
];

function attempt(line: string, dataDirectory: string, wrapper: string[]): Promise<Outcome> {
  const places = new Map([
    ['BACKUP', ground.backup],
    ['TARGET', join(temporaryDirectory(), 'target')],
  ]);
  const args = line.split(' ').map((word) => places.get(word) ?? word);
  const [program = '', ...before] = [...wrapper, process.execPath, COMMAND];
  const store: Record<string, string> = line === 'import' ? { KEYLEDGER_STORE: 'esdb://127.0.0.1:1?tls=false' } : {};
  return run(program, [...before, ...args], { KEYLEDGER_DATA: dataDirectory, ...store });
}

describe.each(READ_ONLY)('in a data directory %s', (_how, _code, wrap, its) => {
  its.each(fewUnlessLong(1, COMMANDS).map(([args, directory, named]) => ({ args, directory, named })))(
    '$args names the file, and says what to do next',
    async ({ args, directory, named }) => {
      const place = directory();
      const before = readdirSync(place);
      const { code, stderr } = await attempt(args, place, wrap(place));
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(named) });
      expect(stderr).toMatch(REMEDY);
      expect(readdirSync(place)).toEqual(before);
    },
  );
});

describeWhenLong.each(READ_ONLY)('in a new directory below one %s', (_how, code, wrap, its) => {
  its.each(['serve', 'demo', 'restore BACKUP'])('%s names the directory, and says what to do next', async (args) => {
    const place = empty();
    const { stderr, ...outcome } = await attempt(args, join(place, 'new', 'deep'), wrap(place));
    expect(outcome).toMatchObject({ code: 1 });
    expect(stderr).toMatch(new RegExp(`keyledger: ${place}/new/deep cannot be created: ${code}: .*, mkdir '${place}/new`));
    expect(stderr).toMatch(REMEDY);
  });
});

describe.each(READ_ONLY.slice(1))('a key in a data directory %s', (_how, code, wrap, its) => {
  its('that this user may not read is named, and no backup is asked for', async () => {
    const place = filled();
    const file = join(place, DATA_FILE.issuerKey);
    chmodSync(file, 0);
    const { code: exit, stderr } = await attempt('token --role owner --account a', place, wrap(place));
    expect({ exit, stderr }).toEqual({
      exit: 1,
      stderr: `keyledger: ${file} cannot be read: ${code}: permission denied, open '${file}'. Let the user who runs Keyledger read it.\n`,
    });
  });
});

describe.each(READ_ONLY.slice(0, 1))('a server that was killed, %s', (_how, code, wrap, its) => {
  its('verifies keys, and says why there is no link to the dashboard', async () => {
    const place = filled();
    // Only what a killed process leaves can be read without a write.
    await (await startServer(place)).end('SIGKILL');
    const server = await startServer(place, {}, undefined, [], [...wrap(place), process.execPath, COMMAND]);
    expect(await statusOf(server, ground.held)).toBe(200);
    expect(await statusOf(server, ground.deleted)).toBe(401);
    expect(server.output()).toMatch(
      new RegExp(
        `no link to the dashboard: .*${code}: .*'\\S+/sign-in\\S*'\\..* Later, \`keyledger sign-in-link\` can create one\\.`,
      ),
    );
    expect(await server.end('SIGTERM')).toBe(0);
  });
});
