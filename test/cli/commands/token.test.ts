import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { AccountDocument } from '../../../src/client/gql/graphql.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { Client } from '../../support/client.js';
import { isLong } from '../../support/long.js';
import { ROOT } from '../../support/pages.js';
import { usedDirectory } from '../../support/used-directory.js';
import { openWorld, type World } from '../../support/world.js';
import { here } from '../here.js';
import { keyledger, run } from '../run.js';

let world: World;
let env: Record<string, string>;
beforeAll(async () => {
  world = await openWorld();
  env = { KEYLEDGER_DATA: world.config.dataDirectory };
});

it('prints the token alone, and it opens the account', async () => {
  const { code, stdout, stderr } = await keyledger(['token', '--account', 'acme', '--role', 'owner'], env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const client = new Client(world.url, stdout.trim(), 'acme');
  expect((await client.newKey()).key.createdBy).toBe('local');
  const { exp = 0, iat = 0 } = decodeJwt(stdout);
  expect(exp - iat).toBe(3600);
});

it('gives the token the subject, the role and the time that were asked for', async () => {
  const options = ['--role', 'auditor', '--subject', 'ada', '--ttl', '90m'];
  const { code, stdout } = await here(['token', ...options], env);
  expect(code).toBe(0);
  const { sub, roles, exp = 0, iat = 0, account } = decodeJwt(stdout);
  expect({ sub, roles, account, time: exp - iat }).toEqual({
    sub: 'ada',
    roles: ['keyledger:auditor'],
    account: undefined,
    time: 5400,
  });
  const { errors } = await new Client(world.url, stdout.trim(), 'acme').send(AccountDocument, { accountId: 'acme' });
  expect(errors).toBeUndefined();
});

it('gives the token the names that the settings give claims and roles', async () => {
  const mapping = { KEYLEDGER_ROLE_AUDITOR: 'audit:read', KEYLEDGER_CLAIM_SUBJECT: 'oid', KEYLEDGER_CLAIM_ROLES: 'groups' };
  const { stdout } = await here(['token', '--role', 'auditor', '--subject', 'ada'], { ...env, ...mapping });
  expect(decodeJwt(stdout)).toMatchObject({ oid: 'ada', groups: ['audit:read'] });
});

it.each([
  ['365d', 31_536_000],
  ['1S', 1],
  ['90M', 5400],
])('takes a time of %s', async (ttl, seconds) => {
  const { stdout } = await here(['token', '--role', 'auditor', '--ttl', ttl], env);
  const { exp = 0, iat = 0 } = decodeJwt(stdout);
  expect(exp - iat).toBe(seconds);
});

/** npx builds the checkout that it runs in, so it gets one of its own. */
(isLong ? it : it.skip)(
  'works through npx in a checkout',
  async () => {
    const checkout = join(temporaryDirectory(), 'keyledger');
    expect(await run('git', ['clone', '--quiet', ROOT, checkout])).toMatchObject({ code: 0 });
    symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
    const args = ['--no', 'keyledger', 'token', '--account', 'acme', '--role', 'owner'];
    const { code, stdout } = await run('npx', args, { ...env, npm_config_cache: temporaryDirectory() }, checkout);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  },
  900_000,
);

it('makes the key of the issuer where there is none, and nothing else', async () => {
  const directory = usedDirectory();
  expect((await here(['token', '--role', 'analyst'], { KEYLEDGER_DATA: directory })).code).toBe(0);
  expect(readdirSync(directory)).toEqual(['events.db', 'issuer.jwk']);
});

describe('ends with 2 and says why', () => {
  it.each<[usage: string, args: string[], reason: RegExp]>([
    ['an unknown command', ['tokens'], /There is no command `tokens`\. Did you mean `token`\?/],
    ['an unknown option', ['token', '--role', 'auditor', '--rôle', 'x'], /unknown option '--rôle'/],
    ['an unknown option of the server', ['--prot', '80'], /unknown option '--prot'/],
    ['an unknown role', ['token', '--role', 'admin'], /owner, operator, auditor, analyst/],
    ['no role', ['token', '--account', 'acme'], /--role/],
    ['an owner without an account', ['token', '--role', 'owner'], /--account/],
    ['an account that is an e-mail address', ['token', '--role', 'owner', '--account', 'a@b.c'], /must match/],
    ['a subject with a space', ['token', '--role', 'auditor', '--subject', 'a b'], /must match/],
    ['a time that is none', ['token', '--role', 'auditor', '--ttl', 'long'], /duration/],
    ['no time', ['token', '--role', 'auditor', '--ttl', '0s'], /duration/],
    ['a time beyond a year', ['token', '--role', 'auditor', '--ttl', '366d'], /a duration from 1s to 365d/],
    ['a time beyond all years', ['token', '--role', 'auditor', '--ttl', '999999999d'], /a duration from 1s to 365d/],
    ['a time in milliseconds', ['token', '--role', 'auditor', '--ttl', '31536000001ms'], /a duration from 1s to 365d/],
    ['too many arguments', ['token', 'owner', '--role', 'auditor'], /too many arguments/],
  ])('%s', async (_usage, args, reason) => {
    const { code, stdout, stderr } = await here(args, env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/\n +at /);
  });

  it('an identity provider, whose tokens are its own affair', async () => {
    const provider = { KEYLEDGER_JWKS_URL: 'https://id.example/jwks', KEYLEDGER_ISSUER: 'i', KEYLEDGER_AUDIENCE: 'a' };
    const { code, stdout, stderr } = await here(['token', '--role', 'auditor'], { ...env, ...provider });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('identity provider');
  });

  it.each(['serve', 'token'])('wrong settings, all of them (%s)', async (command) => {
    const args = command === 'token' ? ['token', '--role', 'auditor'] : [command];
    const { code, stdout, stderr } = await here(args, { ...env, PORT: 'http', LOG_LEVEL: 'loud' });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/PORT is "http".*\n.*LOG_LEVEL is "loud"/);
  });
});

it.each([['--help'], ['token', '--help'], ['serve', '--help']])('explains itself: %s %s', async (...args) => {
  const { code, stdout, stderr } = await here(args.filter(Boolean), env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Usage: keyledger');
});
