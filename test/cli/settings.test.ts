import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../support/cleanup.js';
import { startCollector } from '../support/collector.js';
import { fileOf } from '../support/exports.js';
import { fewUnlessLong, itWhenLong } from '../support/long.js';
import { startServer, written } from '../support/server.js';
import { usedDirectory } from '../support/used-directory.js';
import { startWorkers } from '../support/workers.js';
import { here } from './here.js';

const TOKEN = ['token', '--role', 'auditor'];
const settings = (env: Record<string, string>) => ({ KEYLEDGER_DATA: usedDirectory(), ...env });

/** Ways to write it that editors and shells leave behind. */
const PRODUCTION = fewUnlessLong(1, ['PRODUCTION\r\n', ' Production ', 'production\r']);

it.each(PRODUCTION)('prints no token where NODE_ENV is %j', async (NODE_ENV) => {
  const server = await startServer(temporaryDirectory(), { NODE_ENV, KEYLEDGER_DRAIN: '0s' });
  expect((await fetch(`${server.url}/graphql`, { headers: { accept: 'text/html' } })).status).toBe(401);
  expect(await server.end('SIGTERM')).toBe(0);
  expect(server.output()).not.toMatch(/eyJ|sign-in#/);
});

it.each(fewUnlessLong(2, [TOKEN, ['serve'], ['export']]))(
  'refuses another NODE_ENV, and shows it escaped: %s',
  async (...args) => {
    const { code, stdout, stderr } = await here(args, settings({ NODE_ENV: 'produc\rtion' }));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('NODE_ENV is "produc\\rtion"; it must be `production`, `development` or `test`');
  },
);

it('gives libraries the standard variables without the white space around them', async () => {
  const collector = await startCollector();
  const server = await startServer(temporaryDirectory(), {
    OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}\r`,
    OTEL_EXPORTER_OTLP_PROTOCOL: ' HTTP/json\r\n',
    OTEL_SERVICE_NAME: 'ours\r',
    OTEL_EXPORTER_OTLP_HEADERS: ' x-tenant=ours\r\n',
  });
  expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  expect(await server.end('SIGTERM')).toBe(0);
  expect(collector.exports[0]).toMatchObject({ path: '/v1/traces', headers: { 'x-tenant': 'ours' } });
  expect(collector.resource()).toMatchObject({ 'service.name': 'ours' });
});

describe('a name that is nearly a setting', () => {
  it.each(fewUnlessLong(2, [TOKEN, ['serve'], ['export'], ['checkpoint']]))('is refused by %s', async (...args) => {
    const { code, stdout, stderr } = await here(args, settings({ KEYLEDGER_LOGKEY: 'geheim' }));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe('keyledger: Settings are wrong:\n  KEYLEDGER_LOGKEY is not a setting; is KEYLEDGER_LOG_KEY meant?\n');
  });
});

describe('a name that is no setting is told once', () => {
  const OTHER = { KEYLEDGER_COLOUR: 'geheim' };

  it('on standard error, by a command', async () => {
    const { code, stderr } = await here(TOKEN, settings({ ...OTHER, KEYLEDGER_SERVICE_HOST: '10.0.0.1' }));
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'keyledger: KEYLEDGER_COLOUR: this is not a setting, so it has no effect\n',
    });
  });

  itWhenLong('in the log, by the server and by all of its workers together', async () => {
    for (const start of [startServer, startWorkers.bind(undefined, 2)]) {
      const server = await start(temporaryDirectory(), OTHER);
      expect(await server.end('SIGTERM')).toBe(0);
      const told = server.output().match(/.*KEYLEDGER_COLOUR.*/g) ?? [];
      expect(told.map((line) => JSON.parse(line))).toMatchObject([{ level: 'warn', setting: 'KEYLEDGER_COLOUR' }]);
      expect(server.output()).not.toContain('geheim');
    }
  });

  it('by no command that reads no settings', async () => {
    expect(await here(['schema'], OTHER)).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('a secret from a file', () => {
  const SECRET = 'a-secret-that-services-introspect-with';

  it('is what the server uses, whatever an editor has left around it', async () => {
    const server = await startServer(temporaryDirectory(), {
      KEYLEDGER_INTROSPECTION_TOKEN_FILE: fileOf(`\ufeff${SECRET}\r\n`),
    });
    const ask = (token: string) =>
      fetch(`${server.url}/v1/introspect`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: new URLSearchParams({ token: 'kls_nothing' }),
      });
    expect((await ask(SECRET)).status).toBe(200);
    expect((await ask(`${SECRET}x`)).status).toBe(401);
    expect(await server.end('SIGTERM')).toBe(0);
    expect(server.output()).not.toContain(SECRET);
  });

  it('names the store', async () => {
    const outcome = await here(TOKEN, settings({ KEYLEDGER_STORE_FILE: fileOf('sqlite:../elsewhere.db\n') }));
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringMatching(/KEYLEDGER_STORE is \(hidden\), from ".*\/file"/) });
  });

  itWhenLong('is read by every worker', async () => {
    const file = fileOf(Buffer.alloc(32, 7).toString('base64'));
    const server = await startWorkers(2, temporaryDirectory(), { KEYLEDGER_LOG_KEY_FILE: file });
    await written(server, /answers at/);
    expect(await server.end('SIGTERM')).toBe(0);
  });
});

it('takes a data directory whose name holds blanks', async () => {
  const KEYLEDGER_DATA = join(temporaryDirectory(), 'with blanks', 'in it');
  mkdirSync(KEYLEDGER_DATA, { recursive: true });
  writeFileSync(join(KEYLEDGER_DATA, 'events.db'), '');
  expect((await here(TOKEN, { KEYLEDGER_DATA: ` ${KEYLEDGER_DATA}\r` })).code).toBe(0);
});
