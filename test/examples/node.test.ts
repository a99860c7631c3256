import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasEnded } from '../support/child.js';
import { cleanUpLater, temporaryDirectory } from '../support/cleanup.js';
import { freePort } from '../support/eventstoredb-server.js';
import { ask, bearer } from '../support/http.js';
import { ROOT } from '../support/pages.js';
import { withReplaced } from '../support/replaced.js';
import { openWorld, type World } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

describe.each([
  ['fastify.mjs', ['fastify']],
  ['express.mjs', ['express']],
  ['hono.mjs', ['hono', '@hono/node-server']],
  ['http.mjs', []],
])('examples/node/%s, in a project that has the package', (file, frameworks) => {
  it('answers to holders of keys alone, by account and by scope', async () => {
    const url = await start(file, frameworks);
    const client = await world.client({});
    const user = await client.newKey();
    const admin = await client.newKey({ name: 'admin', scopes: ['read', 'admin'] });
    const get = async (path: string, headers: string[] = []) => {
      const { status, body } = await ask(url + path, { headers });
      return [status, status === 200 ? body : JSON.parse(body).code];
    };
    expect(await get('/', bearer(user.secret))).toEqual([200, `Hello ${client.account}\n`]);
    expect(await get('/admin', bearer(user.secret))).toEqual([403, 'INSUFFICIENT_SCOPE']);
    expect(await get('/admin', bearer(admin.secret))).toEqual([200, 'Hello admin\n']);
    expect(await get('/')).toEqual([401, 'UNAUTHENTICATED']);
    await client.deleteKey(user.key.keyId);
    expect(await get('/', bearer(user.secret))).toEqual([401, 'UNAUTHENTICATED']);
  });
});

it('examples/node/client.mjs makes a key, and follows what happens', async () => {
  const client = await world.client({});
  const { child } = await run('client.mjs', [], { TOKEN: client.token });
  let output = '';
  for await (const text of child.stdout.setEncoding('utf8')) {
    output += text;
    if (output.includes('KeyCreated ')) break;
  }
  const { keys } = await client.readAccount();
  expect(output).toMatch(new RegExp(`^made ${keys[0]?.keyId} kls_\\w+\nKeyCreated 2`));
});

/** Starts the program of an example against the world, until the end of the test. */
async function run(file: string, packages: string[], env: Record<string, string> = {}) {
  const folder = temporaryDirectory();
  const link = (name: string, target: string) => {
    const path = join(folder, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(target, path);
  };
  link('keyledger', ROOT);
  for (const name of packages) link(name, join(ROOT, 'node_modules', name));
  const port = await freePort();
  const example = readFileSync(join(ROOT, 'examples/node', file), 'utf8');
  const addresses = { '127.0.0.1:4000': new URL(world.url).host, '3000': String(port) };
  writeFileSync(join(folder, file), withReplaced(example, addresses));
  const child = spawn(process.execPath, [file], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  cleanUpLater(async () => {
    child.kill();
    await exited;
  });
  return { child, url: `http://127.0.0.1:${port}` };
}

/** Starts a service, and waits until it answers. Resolves with its address. */
async function start(file: string, frameworks: string[]): Promise<string> {
  const { child, url } = await run(file, frameworks);
  while (!(await fetch(url).catch(() => undefined))) {
    if (hasEnded(child)) throw new Error(`${file} ended at once.`);
    await delay(25);
  }
  return url;
}
