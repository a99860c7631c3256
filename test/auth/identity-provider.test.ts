import { createPublicKey, createSign, type JsonWebKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportPKCS8, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { cleanUpLater } from '../support/cleanup.js';
import { openWorld, type World } from '../support/world.js';

interface SigningKey {
  kid: string;
  publicJwk: JWK;
  /** The private key. */
  pem: string;
  sign(claims?: JWTPayload): Promise<string>;
}

const ISSUER = 'https://id.example/realms/acme';

/** The claims of a token that is believed. */
const GOOD = { account: 'acme', roles: ['keyledger:owner'], sub: 'ada', iss: ISSUER, aud: ['keyledger', 'other'] };

async function newKey(kid: string, alg = 'RS256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return {
    kid,
    publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
    pem: await exportPKCS8(privateKey),
    sign: (claims = {}) =>
      new SignJWT({ ...GOOD, ...claims })
        .setProtectedHeader({ alg, kid, typ: 'at+jwt' })
        .setIssuedAt()
        .setExpirationTime('10 minutes')
        .sign(privateKey),
  };
}

/** An identity provider that publishes keys. A test can make it answer something else. */
class Provider {
  keys: SigningKey[] = [];
  requests = 0;
  answer: (response: ServerResponse) => void = (response) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: this.keys.map((key) => key.publicJwk) }));
  readonly #server: Server = createServer((_, response) => {
    this.requests += 1;
    this.answer(response);
  });

  async listen(): Promise<World> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    cleanUpLater(() => this.#server.close());
    return worldOf((this.#server.address() as AddressInfo).port);
  }
}

function worldOf(port: number, audience = 'keyledger'): Promise<World> {
  return openWorld({
    env: { KEYLEDGER_JWKS_URL: `http://127.0.0.1:${port}/jwks`, KEYLEDGER_ISSUER: ISSUER, KEYLEDGER_AUDIENCE: audience },
  });
}

async function ask({ url }: World, token: string) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: '{"query":"{ account { accountId } }"}',
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

let provider: Provider;
let world: World;
/** The provider's key, and one of somebody else who gives it the same id. */
let key: SigningKey;
let forged: SigningKey;
beforeAll(async () => {
  [key, forged] = await Promise.all([newKey('first'), newKey('first')]);
});
beforeEach(async () => {
  provider = new Provider();
  provider.keys = [key];
  world = await provider.listen();
});

afterEach(() => world.stop());

it('lets in whom the provider vouches for, and asks it for its keys once', async () => {
  for (const sub of ['ada', 'bob', 'eve']) {
    expect(await ask(world, await key.sign({ sub }))).toMatchObject({ status: 200, text: expect.stringContaining('acme') });
  }
  expect(provider.requests).toBe(1);
  expect(world.app.issuer).toBeUndefined();
});

it.each(['PS256', 'ES256', 'EdDSA'])('believes a signature by %s', async (alg) => {
  const other = await newKey('other', alg);
  provider.keys.push(other);
  expect((await ask(world, await other.sign())).status).toBe(200);
});

it.each<[fault: string, claims: JWTPayload]>([
  ['issuer', { iss: 'https://id.example/realms/other' }],
  ['audience', { aud: 'other' }],
])('refuses a token with another %s', async (_fault, claims) => {
  const { status, headers } = await ask(world, await key.sign(claims));
  expect(status).toBe(401);
  expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
});

it('believes a token for any of several audiences, and for no other', async () => {
  const several = await worldOf(Number(new URL(String(world.config.identityProvider?.jwksUrl)).port), 'dashboard, urn:keys');
  const statuses = [];
  for (const aud of ['dashboard', 'urn:keys', ['other', 'urn:keys'], 'keyledger', 'dashboard, urn:keys', []]) {
    statuses.push((await ask(several, await key.sign({ aud }))).status);
  }
  expect(statuses).toEqual([200, 200, 200, 401, 401, 401]);
  await several.stop();
});

it('refuses a token of a key that the provider does not publish', async () => {
  const unknown = await newKey('unknown');
  expect((await ask(world, await unknown.sign())).status).toBe(401);
});

it('refuses a token that uses the id of a key that the provider publishes', async () => {
  expect((await ask(world, await forged.sign())).status).toBe(401);
});

describe('the header of a token cannot choose the key', () => {
  const tricks: [what: string, header: (forged: SigningKey) => Record<string, unknown>][] = [
    ['a key of its own', ({ publicJwk }) => ({ jwk: publicJwk })],
    ['the address of its own keys', () => ({ jku: `${elsewhere}/jwks` })],
    ['the address of its own certificate', () => ({ x5u: `${elsewhere}/x5u` })],
    ['a path for an id', () => ({ kid: '../../../../dev/null' })],
    ['an address for an id', () => ({ kid: `${elsewhere}/jwks` })],
    ['an id of SQL', () => ({ kid: "' UNION SELECT 'secret' --" })],
    ["the name of an object's member for an id", () => ({ kid: '__proto__' })],
    ['an empty id', () => ({ kid: '' })],
    ['no id', () => ({ kid: undefined })],
    ['an id that is no text', () => ({ kid: { first: true } })],
    ['an extension that must be understood', () => ({ crit: ['extra'], extra: true })],
  ];

  let elsewhere: string;
  let asked: number;
  beforeEach(async () => {
    asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.end('{"keys":[]}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUpLater(() => server.close());
    elsewhere = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  /** A token with this in its header, signed with that key. */
  function tokenWith(header: Record<string, unknown>, { pem }: SigningKey): string {
    const claims = { ...GOOD, sub: 'eve', exp: Math.floor(Date.now() / 1000) + 600 };
    const parts = [{ alg: 'RS256', kid: key.kid, ...header }, claims];
    const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(pem, 'base64url')}`;
  }

  it('but a token that is made in the same way is accepted with the key of the provider', async () => {
    expect((await ask(world, tokenWith({}, key))).status).toBe(200);
  });

  it.each(tricks)('%s', async (_what, header) => {
    expect((await ask(world, tokenWith(header(forged), forged))).status).toBe(401);
    expect(asked).toBe(0);
  });

  it.each(['HS256', 'HS384', 'HS512'])('and signs none with the public key as a secret: %s', async (alg) => {
    const { kty, n, e } = key.publicJwk;
    const publicKey = createPublicKey({ key: { kty, n, e } as JsonWebKey, format: 'jwk' });
    const secrets = [
      publicKey.export({ type: 'spki', format: 'pem' }),
      publicKey.export({ type: 'spki', format: 'der' }),
      JSON.stringify(key.publicJwk),
    ];
    for (const secret of secrets) {
      const token = new SignJWT(GOOD).setProtectedHeader({ alg, kid: key.kid }).setExpirationTime('10 minutes');
      expect((await ask(world, await token.sign(Buffer.from(secret)))).status).toBe(401);
    }
  });
});

it('takes new keys of the provider also after the clock was stepped back by a year', async () => {
  const { now } = Date;
  Date.now = () => now() + 365 * 86_400_000;
  await ask(world, await key.sign()).finally(() => {
    Date.now = now;
  });
  const next = await newKey('next');
  provider.keys.push(next);
  expect((await ask(world, await next.sign())).status).toBe(200);
});

it('does not let unknown keys make it ask the provider again and again', async () => {
  const unknown = await Promise.all(Array.from({ length: 5 }, (_, index) => newKey(`unknown-${index}`, 'ES256')));
  const start = Date.now();
  await withClock(
    () => start,
    async () => {
      await ask(world, await key.sign());
      for (const one of unknown) expect((await ask(world, await one.sign())).status).toBe(401);
    },
  );
  expect(provider.requests).toBe(1);
});

it('learns of a new key, and goes on believing the old one while it is published', async () => {
  expect((await ask(world, await key.sign())).status).toBe(200);
  const next = await newKey('next');
  provider.keys = [key, next];
  await minuteLater(async () => {
    expect((await ask(world, await next.sign())).status).toBe(200);
    expect((await ask(world, await key.sign({ sub: 'bob' }))).status).toBe(200);
    provider.keys = [next];
  });
  expect(provider.requests).toBe(2);
});

describe('where the provider', () => {
  it('cannot be reached, nobody is judged: 503, and when to try again', async () => {
    const unreachable = await worldOf(1);
    const { status, headers, text } = await ask(unreachable, await key.sign());
    expect(status).toBe(503);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'IDENTITY_PROVIDER_UNAVAILABLE' } }] });
    expect(text).not.toMatch(/ECONN|127\.0\.0\.1|stack/);
    expect(await fetch(`${unreachable.url}/livez`)).toMatchObject({ status: 200 });
  });

  it.each<[what: string, answer: (response: ServerResponse) => void]>([
    ['an error', (response) => response.writeHead(500).end('{}')],
    ['a page', (response) => response.end('<html>Sign in</html>')],
    ['something else', (response) => response.end('{"hello":"world"}')],
    ['nothing', (response) => response.destroy()],
  ])('answers %s, the answer is 503, and 200 as soon as it is well again', async (_what, answer) => {
    const { answer: well } = provider;
    provider.answer = answer;
    expect((await ask(world, await key.sign())).status).toBe(503);
    provider.answer = well;
    expect((await ask(world, await key.sign())).status).toBe(200);
  });

  it('is away for a while, the tokens of known keys are believed', async () => {
    expect((await ask(world, await key.sign())).status).toBe(200);
    provider.answer = (response) => response.destroy();
    expect((await ask(world, await key.sign({ sub: 'bob' }))).status).toBe(200);
  });
});

/** Runs the work a minute later by the clock of the keys' cache. Tokens are dated by the same clock, and last longer. */
function minuteLater(work: () => Promise<void>): Promise<void> {
  const { now } = Date;
  return withClock(() => now() + 60_000, work);
}

/** Runs the work with that clock of the keys' cache. */
async function withClock(clock: () => number, work: () => Promise<void>): Promise<void> {
  const { now } = Date;
  Date.now = clock;
  try {
    await work();
  } finally {
    Date.now = now;
  }
}
