import { gzipSync } from 'node:zlib';
import { newKeyMaterial } from '../../../src/domain/keys/secret.js';
import { newAccount } from '../../support/cleanup.js';
import type { Client } from '../../support/client.js';
import { ask, basic, bearer, type PlainAnswer } from '../../support/http.js';
import { expectProblem } from '../../support/problem.js';
import { openWorld, type World } from '../../support/world.js';

const TOKEN = `machine-${'x'.repeat(32)}`;
const CHALLENGE = 'Bearer realm="keyledger"';

/** Late in its second, so that rounding shows. */
let now = Math.floor(Date.now() / 1000) * 1000 + 900;
let world: World;
let client: Client;
beforeAll(async () => {
  world = await openWorld({ env: { KEYLEDGER_INTROSPECTION_TOKEN: TOKEN }, clock: () => now });
  client = await world.client({});
});
afterEach(async () => {
  for (const { keyId } of (await client.readAccount()).keys) await client.deleteKey(keyId);
});

const FORM = ['Content-Type', 'application/x-www-form-urlencoded'];

const post = (body: string, headers: string[] = [...bearer(TOKEN), ...FORM]) =>
  ask(`${world.url}/v1/introspect`, { method: 'POST', headers, body });

const introspect = (token: string, more: Record<string, string> = {}) =>
  post(new URLSearchParams({ token, ...more }).toString());

function expectInactive({ status, body, headers }: PlainAnswer): void {
  expect({ status, body }).toEqual({ status: 200, body: '{"active":false}' });
  expect(headers['content-type']).toMatch(/^application\/json/);
  expect(headers['cache-control']).toBe('no-store');
}

describe('an active key', () => {
  it('is described as RFC 7662 says, by its secret alone, and with its id', async () => {
    const expiresAt = new Date(now + 60_000).toISOString();
    const { key, secret } = await client.newKey({ name: 'ci', scopes: ['read', 'write'], expiresAt });
    for (const answer of [await introspect(secret), await introspect(`${key.keyId}:${secret}`)]) {
      expect(answer.status).toBe(200);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(JSON.parse(answer.body)).toEqual({
        active: true,
        client_id: key.keyId,
        sub: client.account,
        scope: 'read write',
        token_type: 'Bearer',
        iat: Math.floor(now / 1000),
        exp: Math.floor((now + 60_000) / 1000),
      });
      expect(answer.wire).not.toContain(secret);
    }
  });

  it('has no scope and no end where it has none, whatever the hint says', async () => {
    const { key, secret } = await client.newKey();
    expect(JSON.parse((await introspect(secret, { token_type_hint: 'refresh_token' })).body)).toEqual({
      active: true,
      client_id: key.keyId,
      sub: client.account,
      token_type: 'Bearer',
      iat: Math.floor(now / 1000),
    });
  });
});

it('does not say of a key that it comes from the future, where a clock that was ahead has dated its account', async () => {
  const year = 365 * 86_400_000;
  const account = newAccount();
  const ttl = (2 * year) / 1000;
  now += year;
  await (await world.client({ account, ttl })).newKey({ name: 'dated in the future' });
  now -= year;
  const { secret } = await (await world.client({ account, ttl })).newKey({
    name: 'now',
    expiresAt: new Date(now + 60_000).toISOString(),
  });
  const { iat, exp } = JSON.parse((await introspect(secret)).body);
  expect({ iat, exp }).toEqual({ iat: Math.floor(now / 1000), exp: Math.floor((now + 60_000) / 1000) });
});

describe('every failure is exactly {"active":false}:', () => {
  it.each<[name: string, body: () => Promise<string> | string]>([
    ['an unknown secret', () => `token=${newKeyMaterial().secret}`],
    ['an unknown id', async () => `token=${newKeyMaterial().keyId}:${(await client.newKey()).secret}`],
    ['a wrong secret', async () => `token=${(await client.newKey()).key.keyId}:${newKeyMaterial().secret}`],
    ["another key's secret", async () => `token=${(await client.newKey()).key.keyId}:${(await client.newKey()).secret}`],
    ['a key id', async () => `token=${(await client.newKey()).key.keyId}`],
    ['no token', () => 'other=1'],
    ['an empty form', () => ''],
    ['an empty token', () => 'token='],
    ['two tokens', async () => `token=${(await client.newKey()).secret}&token=x`],
    ['two tokens, one spelt with a percent sign', async () => `token=${(await client.newKey()).secret}&%74oken=x`],
    ['two tokens, one without a value', async () => `token&token=${(await client.newKey()).secret}`],
    ['bad percent signs', () => 'token=%zz%'],
    ['control characters', () => 'token=%00%0d%0a:%00'],
    ['what is no UTF-8', () => 'token=%ff%fe'],
    ['8 KB', () => `token=${'x'.repeat(8192)}`],
  ])('%s', async (_, body) => {
    expectInactive(await post(await body()));
  });

  it('a deleted key', async () => {
    const { key, secret } = await client.newKey();
    await client.deleteKey(key.keyId);
    expectInactive(await introspect(secret));
    expectInactive(await introspect(`${key.keyId}:${secret}`));
  });

  it('an expired key', async () => {
    const { secret } = await client.newKey({ name: 'short', expiresAt: new Date(now + 1000).toISOString() });
    now += 1000;
    expectInactive(await introspect(secret));
  });
});

describe('whoever asks must be known:', () => {
  it.each<[name: string, headers: string[], challenge: string]>([
    ['no credentials', [], CHALLENGE],
    ['a wrong token', bearer(`${TOKEN}x`), `${CHALLENGE}, error="invalid_token"`],
    ['an empty token', ['Authorization', 'Bearer'], `${CHALLENGE}, error="invalid_token"`],
    ['the right token by HTTP Basic', basic('machine', TOKEN), CHALLENGE],
    ['the right token twice', [...bearer(TOKEN), ...bearer(TOKEN)], CHALLENGE],
  ])('%s: 401', async (_, headers, challenge) => {
    const { secret } = await client.newKey();
    const answer = await post(`token=${secret}`, [...headers, ...FORM]);
    expectProblem(answer, 'UNAUTHENTICATED');
    expect(answer.headers['www-authenticate']).toBe(challenge);
    expect(answer.wire).not.toContain(TOKEN);
  });

  it('a key that it could ask about: 401', async () => {
    const { secret } = await client.newKey();
    expectProblem(await post(`token=${secret}`, [...bearer(secret), ...FORM]), 'UNAUTHENTICATED');
  });
});

it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('refuses %s with 405 and what is allowed', async (method) => {
  const answer = await ask(`${world.url}/v1/introspect?token=x`, { method, headers: bearer(TOKEN) });
  if (method !== 'HEAD') expectProblem(answer, 'METHOD_NOT_ALLOWED');
  expect(answer.status).toBe(405);
  expect(answer.headers.allow).toBe('POST');
});

it.each(['application/json', 'text/plain', 'multipart/form-data', ':'])(
  'refuses a body of the type %s with 415',
  async (type) => {
    expectProblem(await post('{"token":"x"}', [...bearer(TOKEN), 'Content-Type', type]), 'UNSUPPORTED_MEDIA_TYPE');
  },
);

it('refuses a compressed body with 415, for it would read no token in it', async () => {
  const { secret } = await client.newKey();
  const body = gzipSync(`token=${secret}`).toString('latin1');
  const answer = await post(body, [...bearer(TOKEN), ...FORM, 'Content-Encoding', 'gzip']);
  expectProblem(answer, 'UNSUPPORTED_MEDIA_TYPE');
  expect(answer.body).toContain('without compression');
});

it('refuses a body that is too large with 413', async () => {
  expectProblem(await post(`token=${'x'.repeat(70_000)}`), 'BODY_TOO_LARGE');
});

it('is a problem with 404 where no token is set', async () => {
  const without = await openWorld();
  const asked = { method: 'POST', headers: [...bearer(TOKEN), ...FORM], body: 'token=x' };
  expectProblem(await ask(`${without.url}/v1/introspect`, asked), 'INTROSPECTION_OFF');
});
