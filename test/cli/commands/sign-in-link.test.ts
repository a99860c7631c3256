import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../../support/cleanup.js';
import { type Server, startServer } from '../../support/server.js';
import { redeem, viewerOf } from '../../support/sign-in.js';
import { usedDirectory } from '../../support/used-directory.js';
import { startWorkers } from '../../support/workers.js';
import { here } from '../here.js';
import { keyledger } from '../run.js';

const OWNER = ['sign-in-link', '--account', 'acme', '--role', 'owner'];
const LINK = /^(http:\/\/\S+)\/sign-in#([\w-]{43})\n$/;

/** Prints a link for that server. */
async function linkFor({ dataDirectory, url }: Server, args = OWNER): Promise<string> {
  const { code, stdout, stderr } = await here(args, { KEYLEDGER_DATA: dataDirectory, PORT: new URL(url).port });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [, address, ticket = ''] = LINK.exec(stdout) ?? [];
  expect(address).toBe(url);
  return ticket;
}

it('prints the link alone, and it lets in whom it names, beside a running server', async () => {
  const server = await startServer(temporaryDirectory());
  const local = await redeem(server, await linkFor(server));
  expect(local.status).toBe(204);
  expect(await viewerOf(server, local)).toEqual({ subject: 'local', accountId: 'acme', roles: ['OWNER'] });
  const eve = await redeem(server, await linkFor(server, ['sign-in-link', '--role', 'auditor', '--subject', 'eve']));
  expect(await viewerOf(server, eve)).toEqual({ subject: 'eve', accountId: null, roles: ['AUDITOR'] });
  expect(await server.end('SIGTERM')).toBe(0);
});

it('lets one in where several processes are asked at once', async () => {
  const server = await startWorkers(3, temporaryDirectory());
  for (let round = 0; round < 5; round += 1) {
    const ticket = await linkFor(server);
    const answers = await Promise.all(Array.from({ length: 24 }, () => redeem(server, ticket)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array(23).fill(401)]);
    const signedIn = answers.find(({ status }) => status === 204);
    if (signedIn) expect(await viewerOf(server, signedIn)).toMatchObject({ accountId: 'acme' });
  }
  expect(await server.end('SIGTERM')).toBe(0);
});

it.each<[where: string, env: Record<string, string>, address: string]>([
  ['by default', {}, 'http://127.0.0.1:4000'],
  ['on another address', { HOST: '::1', PORT: '8080' }, 'http://[::1]:8080'],
  ['by name', { HOST: 'localhost' }, 'http://localhost:4000'],
  ['on every address', { HOST: '0.0.0.0', PORT: '80' }, 'http://127.0.0.1:80'],
  ['where browsers reach it', { KEYLEDGER_PUBLIC_URL: 'https://keys.example.com/', PORT: '0' }, 'https://keys.example.com'],
])('leads to the server %s', async (_where, env, address) => {
  const { code, stdout } = await here(OWNER, { KEYLEDGER_DATA: usedDirectory(), ...env });
  expect(code).toBe(0);
  expect(stdout.split('/sign-in#')[0]).toBe(address);
});

it('makes the ticket in the data directory, and nothing else', async () => {
  const directory = usedDirectory();
  expect((await here(OWNER, { KEYLEDGER_DATA: directory })).code).toBe(0);
  expect(readdirSync(directory)).toEqual(['events.db', 'sign-in']);
  expect(readdirSync(join(directory, 'sign-in'))).toHaveLength(1);
});

describe('ends with 2 and says why', () => {
  const provider = { KEYLEDGER_JWKS_URL: 'https://id.example/jwks', KEYLEDGER_ISSUER: 'i', KEYLEDGER_AUDIENCE: 'a' };
  it.each<[usage: string, args: string[], env: Record<string, string>, reason: RegExp]>([
    ['no role', ['sign-in-link', '--account', 'acme'], {}, /--role/],
    ['an owner without an account', ['sign-in-link', '--role', 'owner'], {}, /--account/],
    ['an account that is an e-mail address', ['sign-in-link', '--role', 'owner', '--account', 'a@b.c'], {}, /must match/],
    ['an identity provider', OWNER, provider, /identity provider/],
    ['an address that nobody knows', OWNER, { PORT: '0' }, /KEYLEDGER_PUBLIC_URL/],
  ])('%s', async (_usage, args, env, reason) => {
    const { code, stdout, stderr } = await keyledger(args, { KEYLEDGER_DATA: temporaryDirectory(), ...env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(reason);
  });
});
