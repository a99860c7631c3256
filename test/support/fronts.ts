import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { compileFunction } from 'node:vm';
import Fastify from 'fastify';
import { freePort } from './eventstoredb-server.js';
import { readmeBlock } from './readme.js';
import { cleanUpLater, temporaryDirectory } from './world.js';

/** What stands between a caller and a service. */
interface Scene {
  /** Of Keyledger. */
  url: string;
  service: RequestListener;
  /** What is asked for, as the query of the address. */
  query?: string;
}

/** What the README has to put in front of a service. */
export interface Front {
  name: string;
  isInstalled: boolean;
  /** Names of headers that the service, or what it is written with, might take for our own. */
  forgeable: string[];
  /** Starts it, until the end of the test file. Resolves with its address, once it answers. */
  start(scene: Scene): Promise<string>;
}

const NAMES = ['X-Keyledger-Account', 'x-keyledger-key-id', 'X-KEYLEDGER-SCOPES'];
/** CGI and its descendants take an underscore for a hyphen. */
const FOLDED = [...NAMES, 'X_Keyledger_Account', 'x_keyledger-scopes', 'X-Keyledger_Key_Id'];

export const FRONTS: Front[] = [
  { name: 'nginx', isInstalled: isInstalled('nginx'), forgeable: FOLDED, start: startNginx },
  { name: 'Caddy', isInstalled: isInstalled('caddy'), forgeable: FOLDED, start: startCaddy },
  { name: 'Fastify', isInstalled: true, forgeable: NAMES, start: startFastify },
  { name: 'Express', isInstalled: true, forgeable: NAMES, start: startConnect },
];

function isInstalled(command: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write(`\nTHE ${command.toUpperCase()} TESTS ARE SKIPPED: no ${command} on the PATH.\n`);
    return false;
  }
}

/** A block of the README, which asks that Keyledger, with that query. */
function pointed(block: string, { url, query }: Scene): string {
  const asked = query === undefined ? block : block.replace(/\/v1\/verify\??/, `/v1/verify?${query}`);
  return asked.replace('127.0.0.1:4000', new URL(url).host);
}

async function startNginx(scene: Scene): Promise<string> {
  const directory = temporaryDirectory();
  const address = `127.0.0.1:${await freePort()}`;
  const configuration = pointed(readmeBlock('nginx'), scene)
    .replace('listen 8080', `listen ${address}`)
    .replace('127.0.0.1:3000', await listen(scene.service));
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
  return run('nginx', ['-p', directory, '-c', file, '-e', join(directory, 'error.log')], address);
}

async function startCaddy(scene: Scene): Promise<string> {
  const directory = temporaryDirectory();
  const address = `127.0.0.1:${await freePort()}`;
  const site = pointed(readmeBlock('caddyfile'), scene)
    .replace('http://:8080', `http://${address}`)
    .replace('127.0.0.1:3000', await listen(scene.service));
  const file = join(directory, 'Caddyfile');
  writeFileSync(file, `{\n\tadmin off\n}\n${site}`);
  return run('caddy', ['run', '--adapter', 'caddyfile', '--config', file], address, { HOME: directory });
}

async function startFastify(scene: Scene): Promise<string> {
  const fastify = Fastify();
  compileFunction(pointed(readmeBlock('js', 'fastify.'), scene), ['fastify'])(fastify);
  fastify.all('/*', (request, reply) => {
    reply.hijack();
    scene.service(request.raw, reply.raw);
  });
  cleanUpLater(() => fastify.close());
  return fastify.listen({ host: '127.0.0.1', port: 0 });
}

type Middleware = (...given: [...Parameters<RequestListener>, next: () => void]) => void;

/** Connect's signature, which is Express's too. */
async function startConnect(scene: Scene): Promise<string> {
  const used: Middleware[] = [];
  const app = { use: (middleware: Middleware) => used.push(middleware) };
  compileFunction(pointed(readmeBlock('js', 'app.use'), scene), ['app'])(app);
  return `http://${await listen((request, response) => {
    for (const middleware of used) middleware(request, response, () => scene.service(request, response));
  })}`;
}

/** A server that ends after the test file. Resolves with its host and port. */
export async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUpLater(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A process of its own that is to answer at that address, and ends after the test file. */
async function run(command: string, args: string[], address: string, env: Record<string, string> = {}): Promise<string> {
  const url = `http://${address}`;
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env.PATH, ...env } });
  const written: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text) => written.push(text));
  const exited = once(child, 'exit');
  cleanUpLater(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  while (!(await fetch(url).catch(() => undefined))) {
    if (child.exitCode !== null) throw new Error(`${command} ended at once:\n${written.join('')}`);
    await delay(5);
  }
  return url;
}
