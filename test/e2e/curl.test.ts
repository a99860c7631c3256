import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readmeBlock } from '../support/readme.js';
import { openWorld, type World } from '../support/world.js';

const TOKEN = 'x'.repeat(32);

let world: World;
beforeAll(async () => {
  world = await openWorld({ env: { KEYLEDGER_INTROSPECTION_TOKEN: TOKEN } });
});

/** Pastes each line of the README's block that holds this text into a shell, with that secret. */
async function paste(text: string, secret: string): Promise<string[]> {
  const lines = readmeBlock('sh', text).trim().split('\n');
  const env = { PATH: process.env.PATH, SECRET: secret, KEYLEDGER_INTROSPECTION_TOKEN: TOKEN };
  const shell = promisify(execFile);
  const pasted = lines.map((line) => shell('sh', ['-c', line.replace('http://127.0.0.1:4000', world.url)], { env }));
  return (await Promise.all(pasted)).map(({ stdout }) => stdout);
}

it("introspects and reports a leaked secret by the README's lines", async () => {
  const client = await world.client({});
  const { key, secret } = await client.newKey({ name: 'leaked', scopes: ['read'] });
  const [active = ''] = await paste('/v1/introspect', secret);
  expect(JSON.parse(active)).toMatchObject({ active: true, client_id: key.keyId, sub: client.account, scope: 'read' });
  for (const answer of await paste('/v1/leaked', secret)) expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n$/s);
  expect(await paste('/v1/introspect', secret)).toEqual(['{"active":false}']);
  expect((await client.readAccount()).keys).toEqual([]);
});
