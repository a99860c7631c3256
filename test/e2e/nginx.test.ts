import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { freePort } from '../support/eventstoredb-server.js';
import { type Server, startServer } from '../support/server.js';
import { cleanUpLater, temporaryDirectory } from '../support/world.js';

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');

function isInstalled(): boolean {
  try {
    execFileSync('sh', ['-c', 'command -v nginx'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('\nTHE NGINX TESTS ARE SKIPPED: no nginx on the PATH.\n');
    return false;
  }
}

/** The configuration in the README, between these three ports. */
function shippedConfiguration(ports: { nginx: number; keyledger: string; upstream: number }): string {
  const [, block = ''] = /```nginx\n(.*?)```/s.exec(README) ?? [];
  return block
    .replace('listen 8080', `listen 127.0.0.1:${ports.nginx}`)
    .replace('127.0.0.1:4000', ports.keyledger)
    .replace('127.0.0.1:3000', `127.0.0.1:${ports.upstream}`);
}

/** An nginx of its own, which ends after the test file. */
async function startNginx(configuration: string): Promise<void> {
  const directory = temporaryDirectory();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${directory}/${name};`,
  );
  const file = join(directory, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off; pid ${directory}/nginx.pid; error_log ${directory}/error.log; worker_processes 1;
     events { worker_connections 64; }
     http { access_log off; ${temporary.join(' ')} ${configuration} }`,
  );
  const nginx = spawn('nginx', ['-p', directory, '-c', file, '-e', join(directory, 'error.log')], { stdio: 'inherit' });
  cleanUpLater(async () => {
    const exited = once(nginx, 'exit');
    nginx.kill('SIGTERM');
    await exited;
  });
}

/** What the service behind nginx was asked. */
interface Upstream {
  port: number;
  requests: IncomingMessage[];
}

async function startUpstream(): Promise<Upstream> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    response.writeHead(request.url === '/fails' ? 500 : 200).end('from the service');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUpLater(() => server.close());
  return { port: (server.address() as AddressInfo).port, requests };
}

const FAILURES = 5;
const describeNginx = isInstalled() ? describe : describe.skip;

describeNginx('behind nginx, with the configuration in the README', () => {
  let url: string;
  const data = temporaryDirectory();
  let keyledger: Server;
  let upstream: Upstream;
  const ask = (credentials?: string, path = '/', init: RequestInit = {}) =>
    fetch(url + path, { ...init, headers: credentials === undefined ? {} : { authorization: credentials } });
  const basic = (keyId: string, secret: string) => `Basic ${Buffer.from(`${keyId}:${secret}`).toString('base64')}`;

  beforeAll(async () => {
    keyledger = await startServer(data, {
      KEYLEDGER_FAILURES_PER_MINUTE: String(FAILURES),
      KEYLEDGER_TRUSTED_PROXIES: '127.0.0.1',
      KEYLEDGER_STALENESS: '1s',
    });
    upstream = await startUpstream();
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    await startNginx(shippedConfiguration({ nginx: port, keyledger: new URL(keyledger.url).host, upstream: upstream.port }));
    while (!(await ask().catch(() => undefined))) await new Promise(setImmediate);
  });

  it('lets a good key pass, tells the service whose it is, and keeps the secret from it', async () => {
    const client = await keyledger.client();
    const { key, secret } = await client.newKey({ name: 'a key', scopes: ['read', 'write'] });
    for (const credentials of [basic(key.keyId, secret), `Bearer ${secret}`]) {
      const answer = await ask(credentials, '/orders', { method: 'POST', body: 'a body' });
      expect([answer.status, await answer.text()]).toEqual([200, 'from the service']);
      const seen = upstream.requests.at(-1);
      expect(seen?.method).toBe('POST');
      expect(seen?.headers).toMatchObject({
        'x-keyledger-account': client.account,
        'x-keyledger-key-id': key.keyId,
        'x-keyledger-scopes': 'read write',
      });
      expect(JSON.stringify(seen?.rawHeaders)).not.toContain(secret);
      expect(seen?.headers.authorization).toBeUndefined();
    }
  });

  it('stops a deleted key at once', async () => {
    const client = await keyledger.client();
    const { key, secret } = await client.newKey();
    expect((await ask(basic(key.keyId, secret))).status).toBe(200);
    await client.deleteKey(key.keyId);
    const answers = [await ask(basic(key.keyId, secret)), await ask(`Bearer ${secret}`)];
    expect(answers.map(({ status, headers }) => [status, headers.get('www-authenticate')])).toEqual([
      [401, 'Basic realm="keyledger", charset="UTF-8"'],
      [401, 'Bearer realm="keyledger", error="invalid_token"'],
    ]);
  });

  it('challenges whoever has no credentials, and asks the service nothing', async () => {
    const before = upstream.requests.length;
    const answer = await ask();
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('Basic')]);
    expect(upstream.requests).toHaveLength(before);
  });

  it("leaves the service's own errors as they are", async () => {
    const { secret } = await (await keyledger.client()).newKey();
    const answer = await ask(`Bearer ${secret}`, '/fails');
    expect([answer.status, await answer.text()]).toEqual([500, 'from the service']);
  });

  it('passes 429 and Retry-After on, once too many credentials were refused', async () => {
    for (let tries = 0; tries < FAILURES; tries += 1) await ask('Bearer wrong');
    const { status, headers } = await ask('Bearer wrong');
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('passes 503 and Retry-After on, while Keyledger cannot tell whether it is up to date', async () => {
    const log = new Database(join(data, 'events.db'));
    log
      .prepare(
        "INSERT INTO events (category, stream, version, id, type, revision, data, metadata) VALUES (?, ?, 1, '', '', 1, '{}', '{}')",
      )
      .run('apiKeys', 'apiKeys-unreadable');
    log.close();
    let answer = await ask('Bearer any');
    while (answer.status !== 503) answer = await ask('Bearer any');
    expect(answer.headers.get('retry-after')).toBe('2');
  });

  it('answers 503 when Keyledger has gone, and lets nobody pass', async () => {
    const before = upstream.requests.length;
    await keyledger.end('SIGKILL');
    expect((await ask('Bearer any')).status).toBe(503);
    expect(upstream.requests).toHaveLength(before);
  });
});
