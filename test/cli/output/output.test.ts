import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeRead } from '../../../src/store/codec.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { collect } from '../../support/events.js';
import { fileOf, LOG_KEY } from '../../support/exports.js';
import { isLong } from '../../support/long.js';
import { untilFilled } from '../../support/readiness.js';
import { type Server, startServer } from '../../support/server.js';
import { openWorld } from '../../support/world.js';
import { COMMAND, keyledger, type Outcome, run } from '../run.js';

/** A directory for every command: with a log, projections, analytics, a checkpoint, and the files for `verify-log`. */
let env: { KEYLEDGER_DATA: string; KEYLEDGER_LOG_KEY: string };
let files: string[];
let backup: string;
beforeAll(async () => {
  backup = join(temporaryDirectory(), 'backup');
  env = { KEYLEDGER_DATA: join(temporaryDirectory(), 'demo'), KEYLEDGER_LOG_KEY: LOG_KEY };
  expect((await keyledger(['demo', '--accounts', '5', '--days', '30'], env)).code).toBe(0);
  const [history, key] = await Promise.all([keyledger(['export'], env), keyledger(['log-key'], env)]);
  files = [fileOf(history.stdout), '--public-key', fileOf(key.stdout)];
  expect((await keyledger(['backup', backup], env)).code).toBe(0);
  const world = await openWorld({ dataDirectory: env.KEYLEDGER_DATA, env });
  await untilFilled(world);
  await world.stop();
});

/** Every command that writes to standard output, except `import`: it writes in the same way, but needs an EventStoreDB. */
const COMMANDS = [
  'token --role auditor',
  'sign-in-link --role auditor',
  'schema',
  'checkpoint',
  'log-key',
  'asof --at 2027-01-01',
  'export',
  'export --account demo-1',
  'export --usage',
  'export --projection activity',
  'export --projection keys --format ndjson',
  'export --projection keys --format parquet',
  'replay',
  'verify-log',
  'demo --accounts 1 --days 2',
  'backup',
  'restore',
  'recover',
  'revoke --account nobody',
  '--help',
  '--version',
  'token --help',
];

/** Each of so many commands, from that one on; in a long run all of them. */
const every = (step: number, from: number) => COMMANDS.filter((_, index) => isLong || index % step === from);

function argsOf(command: string): string[] {
  const args = command.split(' ');
  if (command === 'backup') return [...args, join(temporaryDirectory(), 'backup')];
  if (command === 'restore') return [...args, backup];
  return command === 'verify-log' ? [...args, ...files] : args;
}

/** A demo needs a new directory, and so does the restore of a backup. */
function settingsFor(command: string): Record<string, string> {
  return /^demo|restore/.test(command) ? { ...env, KEYLEDGER_DATA: join(temporaryDirectory(), 'new') } : env;
}

const QUIET = ['export --usage', 'export --account demo-1'];

it('knows every command', async () => {
  const { stdout } = await keyledger(['--help']);
  const names = [...stdout.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name);
  const tried = new Set(COMMANDS.map((command) => command.split(' ')[0]));
  expect(names.filter((name) => !tried.has(name ?? ''))).toEqual(['serve', 'import', 'help']);
});

describe('on a full disk', () => {
  it.each(every(5, 0))('%s says so in one line, and ends with 1', async (command) => {
    const outcome = await run(
      'sh',
      ['-c', 'exec "$@" > /dev/full', 'sh', process.execPath, COMMAND, ...argsOf(command)],
      settingsFor(command),
    );
    expectOneLine(outcome, command, /^keyledger: Standard output cannot be written: ENOSPC.*\n$/m);
  });
});

describe('where whoever read has gone', () => {
  it.each(every(5, 1))('%s says so in one line, and ends with 1', async (command) => {
    expectOneLine(
      await withoutReader(argsOf(command), settingsFor(command)),
      command,
      /^keyledger: Standard output was closed .*\n$/m,
    );
  });
});

it('says nothing of the last lines, where nobody reads standard error', async () => {
  const command = ['-c', 'exec "$@" 2> /dev/full', 'sh', process.execPath, COMMAND];
  expect(await run('sh', [...command, 'export', '--account', 'demo-1'], env)).toMatchObject({ code: 0 });
  expect(await run('sh', [...command, 'token', '--role', 'nobody'], env)).toMatchObject({ code: 2 });
  expect(await run('sh', [...command, 'export'], { KEYLEDGER_DATA: temporaryDirectory() })).toMatchObject({ code: 1 });
});

describe('a read that is cut short has left its record', () => {
  it.each(['asof --at 2027-01-01', 'export', 'export --account demo-1', 'export --usage'])('%s', async (command) => {
    const before = await reads();
    await withoutReader(argsOf(command), env);
    const [what = ''] = command.split(' --a');
    expect((await reads()).slice(before.length).map(({ data }) => data.what)).toEqual([what]);
  });
});

describe('the server goes on', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('where nobody reads what it writes, until %s', async (signal) => {
    const server = await startServer(temporaryDirectory(), { LOG_LEVEL: 'debug' });
    const { stdout, stderr } = server.process;
    await Promise.all([stdout, stderr].map((stream) => stream && once(stream.destroy(), 'close')));
    await answersTwice(server);
    expect(await server.end(signal)).toBe(0);
  });
});

it('writes to standard output and standard error in one folder, apart from the log', () => {
  const directory = join(import.meta.dirname, '../../../src');
  const writers = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    // The pages of the dashboard write to no terminal, and show code that does.
    .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('dashboard/'))
    .filter((file) => /process\.std(?:out|err)|console\./.test(readFileSync(join(directory, file), 'utf8')));
  expect(writers.sort()).toEqual(['cli/output/confirm.ts', 'cli/output/output.ts', 'observability/log.ts']);
});

function expectOneLine({ code, stderr }: Outcome, command: string, line: RegExp): void {
  // A filtered export also says what it does not prove.
  const told = QUIET.includes(command) ? stderr.replace(/^.*it does not prove that none is missing\n/m, '') : stderr;
  expect({ code, told }).toEqual({ code: 1, told: expect.stringMatching(line) });
  expect(told.split('\n')).toHaveLength(2);
  expect(told).not.toMatch(/\n +at /);
}

/** Runs the command with a standard output that is a pipe without a reader. */
async function withoutReader(args: string[], settings: Record<string, string>): Promise<Outcome> {
  const script = 'read -r _; exec "$@"';
  const child = spawn('sh', ['-c', script, 'sh', process.execPath, COMMAND, ...args], {
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  await once(child.stdout.destroy(), 'close');
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  child.stdin.end('go\n');
  const [code] = await once(child, 'close');
  return { code, stdout: '', stderr };
}

async function reads() {
  const store = new SqliteEventStore(join(env.KEYLEDGER_DATA, 'events.db'));
  const recorded = await collect(store.readAll('apiKeyReads'));
  await store.close();
  return recorded.map(decodeRead);
}

/** The second answer shows that the server has survived the log line of the first. */
async function answersTwice({ url }: Server): Promise<void> {
  for (let time = 0; time < 2; time += 1) expect((await fetch(`${url}/livez`)).status).toBe(200);
}
