import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompactSign, decodeJwt, exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import { openWorld, type World } from '../support/world.js';

type Key = Parameters<SignJWT['sign']>[0];

const SUBSCRIPTION = 'subscription { events { cursor } }';

let world: World;
let jwk: JWK;
let ourKey: Key;
let now = Date.now();
beforeAll(async () => {
  world = await openWorld({ clock: () => now });
  jwk = JSON.parse(readFileSync(join(world.config.dataDirectory, 'issuer.jwk'), 'utf8'));
  ourKey = await importJWK(jwk, 'EdDSA');
});

/** The claims of a valid token from the local issuer. */
function goodClaims(): JWTPayload {
  const seconds = Math.floor(now / 1000);
  return {
    iss: 'keyledger:local',
    aud: 'keyledger',
    sub: 'ada',
    account: 'acme',
    roles: ['keyledger:owner'],
    exp: seconds + 600,
  };
}

function sign(claims: JWTPayload, { key = ourKey, alg = 'EdDSA' }: { key?: Key; alg?: string } = {}): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg, typ: 'JWT' }).sign(key);
}

async function ask(authorization?: string, { url } = world, query = '{ account { accountId } }') {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = await response.json();
  const challenge = response.headers.get('www-authenticate');
  return { status: response.status, challenge, data, code: errors?.[0]?.extensions?.code, message: errors?.[0]?.message };
}

const ACCEPTED = { status: 200, challenge: null, data: { account: { accountId: 'acme' } } };
const REFUSED = { status: 401, challenge: 'Bearer realm="keyledger", error="invalid_token"', code: 'UNAUTHENTICATED' };

it('lets a good token in, its scheme in any case', async () => {
  const token = await sign(goodClaims());
  for (const scheme of ['Bearer', 'bearer', 'BEARER']) expect(await ask(`${scheme} ${token}`)).toMatchObject(ACCEPTED);
});

it('asks for a token where there is none, without an error code', async () => {
  expect(await ask()).toMatchObject({ status: 401, challenge: 'Bearer realm="keyledger"', code: 'UNAUTHENTICATED' });
});

it.each([
  'Bearer',
  'Bearer nonsense',
  'Bearer a.b.c',
  'Bearer eyJ.eyJ.x',
  'Bearer a b',
  'Basic YTpi',
  'Bearer ä',
  'x'.repeat(8000),
])('refuses what is no token: %.20s', async (authorization) => {
  expect(await ask(Buffer.from(authorization).toString('latin1'))).toMatchObject(REFUSED);
});

describe('refuses a token', () => {
  it.each<[fault: string, change: (claims: JWTPayload) => JWTPayload]>([
    ['that has expired', (claims) => ({ ...claims, exp: Math.floor(now / 1000) - 5 })],
    ['that is not valid yet', (claims) => ({ ...claims, nbf: Math.floor(now / 1000) + 60 })],
    ['that never expires', ({ exp: _, ...claims }) => claims],
    ['without a subject', ({ sub: _, ...claims }) => claims],
    ['of another issuer', (claims) => ({ ...claims, iss: 'https://elsewhere.example' })],
    ['without an issuer', ({ iss: _, ...claims }) => claims],
    ['for another audience', (claims) => ({ ...claims, aud: 'other' })],
    ['without an audience', ({ aud: _, ...claims }) => claims],
    ['of an owner without an account', ({ account: _, ...claims }) => claims],
    ['whose subject is an e-mail address', (claims) => ({ ...claims, sub: 'ada@example.org' })],
    ['whose subject is empty', (claims) => ({ ...claims, sub: '' })],
    ['whose subject has 129 characters', (claims) => ({ ...claims, sub: 's'.repeat(129) })],
    ['whose subject ends in a line feed', (claims) => ({ ...claims, sub: 'ada\n' })],
    ['whose account has a slash', (claims) => ({ ...claims, account: 'a/b' })],
    ['whose account is empty', (claims) => ({ ...claims, account: '' })],
    ['whose account is a number', (claims) => ({ ...claims, account: 7 })],
    ['whose account is null', (claims) => ({ ...claims, account: null })],
  ])('%s', async (_fault, change) => {
    expect(await ask(`Bearer ${await sign(change(goodClaims()))}`)).toMatchObject(REFUSED);
  });

  it.each<[claim: string, value: unknown]>([
    ['exp', Date.now() + 600_000],
    ['exp', 253_402_300_800],
    ['exp', 8.64e15],
    ['exp', Number.MAX_VALUE],
    ['exp', -1],
    ['exp', `${Math.floor(Date.now() / 1000) + 600}`],
    ['exp', null],
    ['exp', true],
    ['exp', [Math.floor(Date.now() / 1000) + 600]],
    ['exp', new Date(Date.now() + 600_000).toISOString()],
    ['nbf', Date.now()],
    ['nbf', -1],
    ['nbf', '0'],
    ['iat', Date.now()],
    ['iat', -1],
    ['iat', 'now'],
    ['iat', 253_402_300_800],
  ])('whose %s is %p', async (claim, value) => {
    for (const document of ['{ account { accountId } }', '{ viewer { expiresAt } }', SUBSCRIPTION]) {
      expect(await ask(`Bearer ${await sign({ ...goodClaims(), [claim]: value })}`, world, document)).toMatchObject(REFUSED);
    }
    expect(world.log()).not.toContain('"level":"error"');
  });

  it('whose numbers no number holds', async () => {
    const { exp: _, ...claims } = goodClaims();
    for (const number of ['1e999', '-1e999']) {
      const payload = JSON.stringify({ ...claims, exp: 0 }).replace('"exp":0', `"exp":${number}`);
      const token = await new CompactSign(Buffer.from(payload)).setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' }).sign(ourKey);
      expect(await ask(`Bearer ${token}`)).toMatchObject(REFUSED);
    }
    expect(world.log()).not.toContain('"level":"error"');
  });

  it('in a cookie, as in a header', async () => {
    const token = await sign({ ...goodClaims(), exp: Date.now() + 600_000 });
    const response = await fetch(`${world.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: `keyledger_session=${token}`, origin: world.url },
      body: '{"query":"{ viewer { expiresAt } }"}',
    });
    expect(response.status).toBe(401);
  });

  it('that another key has signed', async () => {
    const { privateKey } = await generateKeyPair('EdDSA');
    expect(await ask(`Bearer ${await sign(goodClaims(), { key: privateKey })}`)).toMatchObject(REFUSED);
  });

  it('that was changed after it was signed', async () => {
    const [header, , signature] = (await sign(goodClaims())).split('.');
    const claims = Buffer.from(JSON.stringify({ ...goodClaims(), account: 'other' })).toString('base64url');
    expect(await ask(`Bearer ${header}.${claims}.${signature}`)).toMatchObject(REFUSED);
  });

  it.each(['none', 'None', 'NONE'])('that nobody has signed (%s)', async (alg) => {
    const parts = [{ alg, typ: 'JWT' }, goodClaims()].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    expect(await ask(`Bearer ${parts.join('.')}.`)).toMatchObject(REFUSED);
    expect(await ask(`Bearer ${parts.join('.')}.AA`)).toMatchObject(REFUSED);
  });

  it('that the public key has signed as if it were a password', async () => {
    const { d: _, ...publicJwk } = jwk;
    const pem = createPublicKey({ key: publicJwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    for (const password of [pem.toString(), publicJwk.x ?? '', JSON.stringify(publicJwk)]) {
      const key = new TextEncoder().encode(password.padEnd(32));
      expect(await ask(`Bearer ${await sign(goodClaims(), { key, alg: 'HS256' })}`)).toMatchObject(REFUSED);
    }
  });

  it('that brings its own key along', async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA');
    const header = { alg: 'EdDSA', typ: 'JWT', jwk: await exportJWK(publicKey), jku: `${world.url}/jwks` };
    expect(await ask(`Bearer ${await new SignJWT(goodClaims()).setProtectedHeader(header).sign(privateKey)}`)).toMatchObject(
      REFUSED,
    );
  });
});

it.each<[claims: string, change: (seconds: number) => JWTPayload]>([
  [
    'a fraction of a second, which RFC 7519 allows',
    (seconds) => ({ exp: seconds + 600.4999, nbf: seconds - 0.5, iat: seconds - 0.25 }),
  ],
  ['the last second of the year 9999', () => ({ exp: 253_402_300_799 })],
  ['the beginning of 1970', () => ({ nbf: 0, iat: 0 })],
])('takes %s', async (_claims, change) => {
  const claims = { ...goodClaims(), ...change(Math.floor(now / 1000)) };
  const answer = await ask(`Bearer ${await sign(claims)}`, world, '{ viewer { expiresAt } }');
  const expiresAt = new Date(Math.floor((claims.exp ?? 0) * 1000)).toISOString();
  expect(answer).toMatchObject({ status: 200, data: { viewer: { expiresAt } } });
});

it('forgets a token when its time is over, however often it was used', async () => {
  const authorization = `Bearer ${await sign({ ...goodClaims(), exp: Math.floor(now / 1000) + 30 })}`;
  expect(await ask(authorization)).toMatchObject(ACCEPTED);
  now += 28_000;
  expect(await ask(authorization)).toMatchObject(ACCEPTED);
  now += 8000;
  expect(await ask(authorization)).toMatchObject(REFUSED);
});

describe("where the issuer's clock is not ours, for five seconds and no longer,", () => {
  /** The answers at these milliseconds of our clock, each for a token that was never seen before. */
  async function answersAt(instants: number[], claims: JWTPayload): Promise<number[]> {
    const statuses: number[] = [];
    for (const instant of instants) {
      now = instant;
      const token = await sign({ ...goodClaims(), jti: `${instant}`, ...claims });
      statuses.push((await ask(`Bearer ${token}`)).status);
    }
    return statuses;
  }

  it('a token is accepted after its `exp`', async () => {
    const exp = Math.floor(now / 1000) + 100;
    const end = exp * 1000 + 5000;
    expect(await answersAt([exp * 1000 - 1, exp * 1000, end - 1, end, end + 1], { exp })).toEqual([200, 200, 200, 401, 401]);
  });

  it('a token is accepted before its `nbf`', async () => {
    const nbf = Math.floor(now / 1000) + 100;
    const begin = nbf * 1000 - 5000;
    expect(await answersAt([begin - 1, begin, nbf * 1000], { nbf, exp: nbf + 600 })).toEqual([401, 200, 200]);
  });

  it('a token that was seen before is refused at the very same millisecond', async () => {
    const exp = Math.floor(now / 1000) + 30;
    const authorization = `Bearer ${await sign({ ...goodClaims(), exp })}`;
    const statuses: number[] = [];
    for (now of [exp * 1000 - 1000, exp * 1000 + 4999, exp * 1000 + 5000]) statuses.push((await ask(authorization)).status);
    expect(statuses).toEqual([200, 200, 401]);
  });
});

describe('roles', () => {
  it.each<[form: string, roles: unknown]>([
    ['a list', ['keyledger:owner']],
    ['a list with others', ['offline_access', 'keyledger:owner', 5, null]],
    ['a string', 'keyledger:owner'],
    ['a string with others', 'openid keyledger:owner profile'],
    ['an object with an object for each', { cook: {}, 'keyledger:owner': { 3: 'acme.example' } }],
  ])('are read from %s', async (_form, roles) => {
    expect(await ask(`Bearer ${await sign({ ...goodClaims(), roles })}`)).toMatchObject(ACCEPTED);
  });

  it.each<[form: string, roles: unknown]>([
    ['none', undefined],
    ['unknown ones', ['admin', 'keyledger:Owner', 'keyledger:owners']],
    ["another application's", ['owner', 'operator', 'auditor', 'analyst']],
    ['an object that says no', { 'keyledger:owner': false, 'keyledger:auditor': null }],
    ['a string that contains one', 'keyledger:owner,keyledger:auditor'],
  ])('that are %s allow nothing', async (_form, roles) => {
    expect(await ask(`Bearer ${await sign({ ...goodClaims(), roles })}`)).toMatchObject({ status: 200, code: 'FORBIDDEN' });
  });

  it('add up', async () => {
    const token = await sign({ ...goodClaims(), roles: ['keyledger:analyst', 'keyledger:owner'] });
    expect(await ask(`Bearer ${token}`)).toMatchObject(ACCEPTED);
  });
});

describe('the names of the claims', () => {
  it.each<[form: string, names: { account: string; roles: string }, claims: JWTPayload]>([
    [
      'paths',
      { account: 'org.id', roles: 'realm_access.roles' },
      { org: { id: 'acme' }, realm_access: { roles: ['keyledger:owner'] } },
    ],
    [
      'URLs',
      { account: 'https://acme.example/account', roles: 'https://acme.example/roles' },
      {
        'https://acme.example/account': 'acme',
        'https://acme.example/roles': ['keyledger:owner'],
      },
    ],
    ['names with dots', { account: 'org.id', roles: 'org.roles' }, { 'org.id': 'acme', 'org.roles': 'keyledger:owner' }],
    ['known claims', { account: 'sub', roles: 'scope' }, { sub: 'acme', scope: 'openid keyledger:owner' }],
  ])('may be %s', async (_form, { account, roles }, claims) => {
    const other = await openWorld({
      dataDirectory: world.config.dataDirectory,
      env: { KEYLEDGER_CLAIM_ACCOUNT: account, KEYLEDGER_CLAIM_ROLES: roles },
      clock: () => now,
    });
    const { account: _, roles: __, ...rest } = goodClaims();
    expect(await ask(`Bearer ${await sign({ ...rest, ...claims })}`, other)).toMatchObject(ACCEPTED);
    expect(await ask(`Bearer ${await sign(goodClaims())}`, other)).not.toMatchObject(ACCEPTED);
    await other.stop();
  });
});

describe('a role', () => {
  const NAMES = { OWNER: 'tenant-admin', OPERATOR: 'support', AUDITOR: 'audit:read', ANALYST: 'keyledger:owner' };

  it.each(Object.entries(NAMES))('goes by the name that is set, and by no other: %s', async (role, name) => {
    const env = Object.fromEntries(Object.entries(NAMES).map(([each, named]) => [`KEYLEDGER_ROLE_${each}`, named]));
    const mapped = await openWorld({ dataDirectory: world.config.dataDirectory, env, clock: () => now });
    const rolesOf = async (roles: unknown) =>
      (await ask(`Bearer ${await sign({ ...goodClaims(), roles })}`, mapped, '{ viewer { roles } }')).data.viewer.roles;
    expect(await rolesOf([name])).toEqual([role]);
    expect(await rolesOf([role.toLowerCase(), name.toUpperCase(), 'keyledger:analyst'])).toEqual([]);
    await mapped.stop();
  });

  it('goes by that name in the tokens that the server issues, and the log says which names are in force', async () => {
    const env = { KEYLEDGER_ROLE_AUDITOR: 'audit:read', KEYLEDGER_CLAIM_SUBJECT: 'person.id' };
    const mapped = await openWorld({ env });
    const token = await mapped.app.issuer?.issue({ subject: 'eve', role: 'auditor', ttl: 60 }, mapped.config.claims);
    expect(decodeJwt(token ?? '')).toMatchObject({ roles: ['audit:read'], 'person.id': 'eve' });
    expect((await ask(`Bearer ${token}`, mapped, '{ viewer { subject roles } }')).data).toEqual({
      viewer: { subject: 'eve', roles: ['AUDITOR'] },
    });
    const line =
      mapped
        .log()
        .split('\n')
        .find((each) => each.includes('tokens are accepted')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({
      issuer: 'keyledger:local',
      audiences: ['keyledger'],
      claims: { subject: 'person.id', account: 'account', roles: 'roles' },
      roles: {
        owner: 'keyledger:owner',
        operator: 'keyledger:operator',
        auditor: 'audit:read',
        analyst: 'keyledger:analyst',
      },
    });
    await mapped.stop();
  });
});

describe('the subject', () => {
  it('comes from the claim that is set, and `sub` may then be an e-mail address or missing', async () => {
    const env = { KEYLEDGER_CLAIM_SUBJECT: 'oid' };
    const other = await openWorld({ dataDirectory: world.config.dataDirectory, env, clock: () => now });
    const subjectOf = (claims: JWTPayload) =>
      sign({ ...goodClaims(), ...claims }).then((token) => ask(`Bearer ${token}`, other, '{ viewer { subject } }'));
    for (const sub of ['ada@example.org', undefined]) {
      expect(await subjectOf({ sub, oid: 'ada-7' })).toMatchObject({ data: { viewer: { subject: 'ada-7' } } });
    }
    expect(await subjectOf({})).toMatchObject({ ...REFUSED, message: expect.stringContaining('The claim oid is missing') });
    await other.stop();
  });

  it.each<[claim: string, setting: string]>([
    ['sub', 'KEYLEDGER_CLAIM_SUBJECT'],
    ['account', 'KEYLEDGER_CLAIM_ACCOUNT'],
  ])('and the account are no e-mail address; where %s is one, the answer says what to set', async (claim, setting) => {
    const { message, ...answer } = await ask(`Bearer ${await sign({ ...goodClaims(), [claim]: 'ada@example.org' })}`);
    expect(answer).toMatchObject(REFUSED);
    expect(message).toContain(`The claim ${claim} looks like an e-mail address`);
    expect(message).toContain(`Set ${setting} to a claim`);
    expect(message).not.toContain('ada@');
  });
});
