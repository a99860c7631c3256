import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { createVerifier } from '../../src/verify/verifier.js';
import { hasEnded } from './child.js';
import { cleanUpLater, temporaryDirectory } from './cleanup.js';
import { freePort } from './eventstoredb-server.js';
import { ROOT } from './pages.js';
import { withReplaced } from './replaced.js';
import { isToolInstalled } from './tools.js';

/** The parts around a proxy or middleware: Keyledger, the service behind it, and what is required. */
interface Scene {
  /** The address of Keyledger. */
  url: string;
  service: RequestListener;
  /** The scope that a key needs. */
  scope?: string;
  /** The query of the address that a proxy asks, with what is required. */
  query?: string | undefined;
}

/** What can be put in front of a service: an example for a proxy, or middleware. */
export interface Front {
  name: string;
  isInstalled: boolean;
  /** True if it asks by an address, which can be mistaken. */
  isProxy: boolean;
  /** Starts it until the end of the test. Resolves with its address, once it answers. */
  start(scene: Scene): Promise<string>;
}

/** Names of headers that the service, or its framework, might take for our own: CGI and its descendants treat an underscore like a hyphen. */
export const FORGEABLE = [
  'X-Keyledger-Account',
  'x-keyledger-key-id',
  'X-KEYLEDGER-SCOPES',
  'X_Keyledger_Account',
  'x_keyledger-scopes',
  'X-Keyledger_Key_Id',
];

export const FRONTS: Front[] = [
  { name: 'nginx', isInstalled: isToolInstalled('nginx'), isProxy: true, start: startNginx },
  { name: 'Caddy', isInstalled: isToolInstalled('caddy'), isProxy: true, start: startCaddy },
  { name: 'Fastify', isInstalled: true, isProxy: false, start: startFastify },
  { name: 'Express', isInstalled: true, isProxy: false, start: startExpress },
  { name: 'Hono', isInstalled: true, isProxy: false, start: startHono },
  { name: 'node:http', isInstalled: true, isProxy: false, start: startNode },
];

function example(path: string): string {
  return readFileSync(join(ROOT, 'examples', path), 'utf8');
}

/** An example, changed to listen at that address, and to use the scene's Keyledger, service and query. */
async function staged(block: string, listener: Record<string, string>, scene: Scene): Promise<string> {
  const { url, service, scope, query = scope && `scope=${scope}` } = scene;
  const asked = query === undefined ? block : block.replace(/\/v1\/verify\??/, `/v1/verify?${query}`);
  return withReplaced(asked, {
    ...listener,
    '127.0.0.1:4000': new URL(url).host,
    '127.0.0.1:3000': await listen(service),
  });
}

async function startNginx(scene: Scene): Promise<string> {
  const directory = temporaryDirectory();
  const address = `127.0.0.1:${await freePort()}`;
  const configuration = await staged(example('nginx/keyledger.conf'), { 'listen 8080': `listen ${address}` }, scene);
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
  const site = await staged(example('caddy/Caddyfile'), { 'http://:8080': `http://${address}` }, scene);
  const file = join(directory, 'Caddyfile');
  writeFileSync(file, `{\n\tadmin off\n}\n${site}`);
  return run('caddy', ['run', '--adapter', 'caddyfile', '--config', file], address, { HOME: directory });
}

/** What is required, as middleware is told. */
function routeOf({ scope }: Scene) {
  return { scopes: scope === undefined ? [] : [scope] };
}

async function startFastify(scene: Scene): Promise<string> {
  const fastify = Fastify();
  fastify.addHook('onRequest', createVerifier({ url: scene.url }).fastify(routeOf(scene)));
  fastify.all('/*', (request, reply) => {
    reply.hijack();
    scene.service(request.raw, reply.raw);
  });
  cleanUpLater(() => fastify.close());
  return fastify.listen({ host: '127.0.0.1', port: 0 });
}

async function startExpress(scene: Scene): Promise<string> {
  const app = express();
  app.use(createVerifier({ url: scene.url }).express(routeOf(scene)));
  app.use(scene.service);
  return `http://${await listen(app)}`;
}

/** The service gets the headers that Hono's own handlers would see. */
async function startHono(scene: Scene): Promise<string> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(createVerifier({ url: scene.url }).hono(routeOf(scene)));
  app.all('*', ({ req, env: { incoming, outgoing } }) => {
    incoming.headers = Object.fromEntries(req.raw.headers);
    scene.service(incoming as IncomingMessage, outgoing as ServerResponse);
    return RESPONSE_ALREADY_SENT;
  });
  return `http://${await listen(getRequestListener(app.fetch))}`;
}

async function startNode(scene: Scene): Promise<string> {
  return `http://${await listen(createVerifier({ url: scene.url }).node(scene.service, routeOf(scene)))}`;
}

/** Starts a server until the end of the test. Resolves with its host and port. */
export async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUpLater(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Starts a process that answers at that address, until the end of the test. */
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
    if (hasEnded(child)) throw new Error(`${command} ended at once:\n${written.join('')}`);
    await delay(25);
  }
  return url;
}
