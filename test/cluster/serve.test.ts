import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import Database from '../../src/shared/sqlite.js';
import { COMMAND, keyledger, run } from '../cli/run.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { Client } from '../support/client.js';
import { mutationInFlight } from '../support/in-flight.js';
import { fewUnlessLong, itWhenLong } from '../support/long.js';
import { untilProjected } from '../support/readiness.js';
import { launchServer, type Server, startServer, written } from '../support/server.js';
import { redeem, viewerOf } from '../support/sign-in.js';
import { itWith } from '../support/tools.js';

const TOKEN = /eyJ[\w-]+\.[\w-]+\.[\w-]+/;

describe('a first start', () => {
  let cwd: string;
  let server: Server;
  beforeAll(async () => {
    cwd = temporaryDirectory();
    server = await startServer('data', {}, cwd);
    await written(server, /-d '.*'\n/);
  });

  itWith('curl')('prints the address, a token, and a curl that creates a key as it stands', async () => {
    const output = server.output();
    expect(output).toContain(`Keyledger answers at ${server.url}/graphql\n`);
    expect(output).toMatch(new RegExp(`^${TOKEN.source}$`, 'm'));
    const [command = ''] = /^curl .*\\\n.*$/m.exec(output) ?? [];
    const { code, stdout } = await run('bash', ['-c', command]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      data: { createKey: { key: { keyId: expect.stringMatching(/^key_/) }, secret: expect.stringMatching(/^kls_/) } },
    });
  });

  it('prints a link that opens the dashboard once', async () => {
    const [, ticket = ''] = new RegExp(`^${server.url}/sign-in#([\\w-]{43})$`, 'm').exec(server.output()) ?? [];
    expect(server.output()).toContain('Open the dashboard (this link works once, for 15 minutes):');
    const viewer = await viewerOf(server, await redeem(server, ticket));
    expect(viewer).toEqual({ subject: 'demo', accountId: 'demo', roles: ['OWNER'] });
    expect((await redeem(server, ticket)).status).toBe(401);
  });

  it('keeps the token and the link out of the log', () => {
    const log = server
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'));
    expect(log.length).toBeGreaterThan(0);
    expect(log.join('\n')).not.toMatch(TOKEN);
    expect(log.join('\n')).not.toMatch(/sign-in#/);
  });

  it('writes nothing outside the data directory', () => {
    expect(readdirSync(cwd)).toEqual(['data']);
  });

  itWhenLong('is followed by starts with a fresh token that make no new files and hold what was written', async () => {
    const [first] = tokensIn(server);
    const client = new Client(server.url, first ?? '', 'demo');
    const { keys } = await client.readAccount();
    await untilProjected(server);
    expect(await server.end('SIGTERM')).toBe(0);
    const files = filesIn(join(cwd, 'data'));
    const issuer = readFileSync(join(cwd, 'data', 'issuer.jwk'), 'utf8');
    const again = await startServer('data', {}, cwd);
    await written(again, /-d '.*'\n/);
    const [second] = tokensIn(again);
    expect(second).toMatch(TOKEN);
    expect(await new Client(again.url, second ?? '', 'demo').readAccount()).toMatchObject({ keys });
    expect(await new Client(again.url, first ?? '', 'demo').readAccount()).toMatchObject({ keys });
    expect(await again.end('SIGTERM')).toBe(0);
    expect(filesIn(join(cwd, 'data'))).toEqual(files);
    expect(readFileSync(join(cwd, 'data', 'issuer.jwk'), 'utf8')).toBe(issuer);
    expect(readdirSync(cwd)).toEqual(['data']);
  });
});

it.each<[where: string, env: Record<string, string>]>([
  ['in production', { NODE_ENV: 'production' }],
  ['where others can reach it', { HOST: '0.0.0.0' }],
  [
    'where there is an identity provider',
    {
      KEYLEDGER_JWKS_URL: 'http://127.0.0.1:1/jwks',
      KEYLEDGER_ISSUER: 'https://id.example',
      KEYLEDGER_AUDIENCE: 'keyledger',
    },
  ],
])('prints no token and no link %s', async (_where, env) => {
  const server = await startServer(temporaryDirectory(), env);
  expect(await server.end('SIGTERM')).toBe(0);
  expect(server.output()).toContain(`Keyledger answers at `);
  expect(server.output()).not.toMatch(/eyJ|curl|sign-in#/);
});

it.each(fewUnlessLong(1, ['SIGTERM', 'SIGINT'] as const))(
  'lets a mutation in flight finish at %s, then ends with 0',
  async (signal) => {
    const data = temporaryDirectory();
    const server = await startServer(data);
    const client = await server.client();
    const lock = new Database(join(data, 'events.db')).exec('BEGIN IMMEDIATE');
    const answer = await mutationInFlight(client);
    const ended = server.end(signal);
    await written(server, /"msg":"stopping"/);
    lock.exec('COMMIT').close();
    expect(JSON.parse(await answer())).toMatchObject({ data: { createKey: { __typename: 'CreateKeyPayload' } } });
    expect(await ended).toBe(0);
    const again = await startServer(data);
    expect((await (await again.client(client.account)).readAccount()).keys).toHaveLength(1);
    expect(await again.end('SIGTERM')).toBe(0);
  },
);

describe.each([
  ['one process', []],
  ['workers', ['--workers', '2']],
])('ends with 0 at a signal, %s', (_name, args) => {
  it('while its modules load', async () => {
    const program = [process.execPath, '--import', signalWhileLoading(), COMMAND];
    const { process: child } = launchServer(temporaryDirectory(), {}, undefined, args, program);
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('while it starts', async () => {
    const server = launchServer(temporaryDirectory(), {}, undefined, args);
    await written(server, /"msg":"Keyledger starts"/);
    expect(await server.end('SIGTERM')).toBe(0);
  });
});

it('leaves other commands to the signal while their modules load: they have not done their work', async () => {
  const command = spawn(process.execPath, ['--import', signalWhileLoading(), COMMAND, 'schema'], { stdio: 'ignore' });
  expect(await once(command, 'exit')).toEqual([null, 'SIGTERM']);
});

it('is not held up by a connection that asks for nothing, nor by half a request', async () => {
  const server = await startServer(temporaryDirectory());
  const port = Number(new URL(server.url).port);
  const sockets = ['', 'POST /graphql HTTP/1.1\r\nhost: localhost\r\n'].map((text) => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write(text);
    return socket;
  });
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  // An answer on a later connection shows that the server has accepted the earlier ones.
  expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  const closed = sockets.map((socket) => once(socket.resume(), 'close'));
  expect(await server.end('SIGTERM')).toBe(0);
  await Promise.all(closed);
});

it('ends with 1 and says so where it cannot write', async () => {
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  const { code, stdout, stderr } = await keyledger(['serve'], { KEYLEDGER_DATA: join(file, 'data'), PORT: '0' });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(
    /keyledger: .*\/file\/data cannot be created: .*\/file is not a directory\. Set KEYLEDGER_DATA to another directory\.\n/,
  );
});

/** A module for `node --import`: the process sends itself SIGTERM when the first module needs `node:cluster`, as most of the code does. */
function signalWhileLoading(): string {
  const hooks = `export function resolve(specifier, context, next) {
    if (specifier === 'node:cluster') process.kill(process.pid, 'SIGTERM');
    return next(specifier, context);
  }`;
  return asModule(`import { register } from 'node:module'; register('${asModule(hooks)}');`);
}

function asModule(code: string): string {
  return `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
}

function tokensIn(server: Server): string[] {
  return server.output().match(new RegExp(`^${TOKEN.source}$`, 'gm')) ?? [];
}

/** The files of a store at rest, without SQLite's companions, which come and go. */
function filesIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => !/-(?:wal|shm)$/.test(name))
    .sort();
}
