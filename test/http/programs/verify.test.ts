import { newKeyMaterial } from '../../../src/domain/keys/secret.js';
import type { Client } from '../../support/client.js';
import { ask, basic, bearer, type PlainAnswer, type Question } from '../../support/http.js';
import { expectProblem } from '../../support/problem.js';
import { openWorld, type World } from '../../support/world.js';

const BASIC = 'Basic realm="keyledger", charset="UTF-8"';
const BEARER = 'Bearer realm="keyledger"';
const INVALID_TOKEN = `${BEARER}, error="invalid_token", ${BASIC}`;

let world: World;
let client: Client;
let keyId: string;
let secret: string;
beforeAll(async () => {
  world = await openWorld();
  client = await world.client({});
  ({
    secret,
    key: { keyId },
  } = await client.newKey({ name: 'verified', scopes: ['read', 'write'] }));
});

const verify = (headers: string[] = [], query = '', question: Question = {}) =>
  ask(`${world.url}/v1/verify${query}`, { headers, ...question });

function expectAccepted({ status, headers, body }: PlainAnswer): void {
  expect({ status, body }).toEqual({ status: 200, body: '' });
  expect(headers).toMatchObject({
    'x-keyledger-account': client.account,
    'x-keyledger-key-id': keyId,
    'x-keyledger-scopes': 'read write',
    'cache-control': 'no-store',
  });
}

function expectChallenge(answer: PlainAnswer, challenge: string): void {
  expectProblem(answer, 'UNAUTHENTICATED');
  expect(answer.headers['www-authenticate']).toBe(challenge);
}

describe('a good key', () => {
  it('is told in headers, by HTTP Basic and by its secret alone', async () => {
    expectAccepted(await verify(basic(keyId, secret)));
    expectAccepted(await verify(bearer(secret)));
  });

  it('has empty scopes where it has none', async () => {
    const other = await client.newKey();
    const { status, headers } = await verify(bearer(other.secret));
    expect([status, headers['x-keyledger-scopes']]).toEqual([200, '']);
    await client.deleteKey(other.key.keyId);
  });

  it('that ends says in how many whole seconds, and never too many', async () => {
    let now = Date.now();
    const other = await openWorld({ clock: () => now });
    const owner = await other.client({});
    const { secret: ending } = await owner.newKey({ name: 'ending', expiresAt: new Date(now + 60_000).toISOString() });
    const endless = await owner.newKey();
    const left = async (held: string) =>
      (await ask(`${other.url}/v1/verify`, { headers: bearer(held) })).headers['x-keyledger-expires-in'];
    expect([await left(ending), await left(endless.secret)]).toEqual(['60', undefined]);
    now += 59_001;
    expect(await left(ending)).toBe('0');
  });

  it.each(['basic', 'BASIC', 'bAsIc'])('is accepted with the scheme as %s', async (scheme) => {
    expectAccepted(await verify(['authorization', `${scheme} ${Buffer.from(`${keyId}:${secret}`).toString('base64')}`]));
  });

  it.each(['bearer', 'BEARER', 'bEaReR'])('is accepted with the scheme as %s', async (scheme) => {
    expectAccepted(await verify(['AUTHORIZATION', `${scheme}  ${secret}`]));
  });

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'is accepted with the method %s, for proxies keep it',
    async (method) => {
      expectAccepted(await verify(basic(keyId, secret), '', { method }));
    },
  );

  it.each(['application/json', 'application/x-www-form-urlencoded', 'image/png', 'no type at all', ''])(
    'is accepted whatever the body is, with the type "%s"',
    async (type) => {
      for (const body of ['{', 'scope=admin', 'x'.repeat(65_536)]) {
        const headers = ['Content-Type', type, ...basic(keyId, secret)];
        expectAccepted(await verify(headers, '', { method: 'POST', body }));
      }
    },
  );
});

describe('scopes', () => {
  it.each(['read', 'write', 'read write', 'write read read'])('that the key holds are granted: %s', async (scope) => {
    expectAccepted(await verify(basic(keyId, secret), `?scope=${encodeURIComponent(scope)}`));
  });

  it.each(['admin', 'rea', 'read admin', 'READ', '%72ead'])(
    'that it does not hold are refused with 403 insufficient_scope: %s',
    async (scope) => {
      for (const credentials of [basic(keyId, secret), bearer(secret)]) {
        const answer = await verify(credentials, `?scope=${encodeURIComponent(scope)}`);
        expectProblem(answer, 'INSUFFICIENT_SCOPE');
        expect(answer.headers['www-authenticate']).toBe(`${BEARER}, error="insufficient_scope", scope="${scope}"`);
        expect(answer.headers).not.toHaveProperty('x-keyledger-account');
      }
    },
  );

  it.each([
    'scope=',
    'scope',
    'scope=read&scope=read',
    'scope=%22',
    'scope=a%0d%0ab',
    'scope=%20read',
    'scope=a++b',
    'scope=%C3%A9',
  ])('that are not well formed are held by nobody, and are not repeated: %s', async (query) => {
    const answer = await verify(basic(keyId, secret), `?${query}`);
    expectProblem(answer, 'INSUFFICIENT_SCOPE');
    expect(answer.headers['www-authenticate']).toBe(`${BEARER}, error="insufficient_scope"`);
  });

  it('are nothing that bad credentials can ask about', async () => {
    expectChallenge(await verify(basic(keyId, 'wrong'), '?scope=admin'), `${BASIC}, ${BEARER}`);
  });
});

describe("the caller's address, which a proxy appends after uri=,", () => {
  const addresses = [
    '',
    '/',
    '*',
    '/orders?scope=admin',
    '/orders?x=1&scope=admin&y=2',
    '/orders&scope=admin&scope=admin',
    '/orders?scope=read&uri=/&scope=admin',
    '/orders;scope=admin?scope',
    '//[/../%zz%00%0d%0a?%',
    `/${'x'.repeat(8000)}`,
  ].map((address) => [address.slice(0, 40), address]);

  it.each(addresses)('asks for nothing: %s', async (_, address) => {
    expectAccepted(await verify(bearer(secret), `?uri=${address}`));
    expectAccepted(await verify(bearer(secret), `?scope=read&uri=${address}`));
  });

  it.each(addresses)('takes nothing off what is asked for before it: %s', async (_, address) => {
    const answer = await verify(bearer(secret), `?scope=admin&uri=${address}`);
    expectProblem(answer, 'INSUFFICIENT_SCOPE');
    expect(answer.headers['www-authenticate']).toBe(`${BEARER}, error="insufficient_scope", scope="admin"`);
  });

  it('begins at a parameter of this name, and nowhere else', async () => {
    for (const query of ['?uri&scope=admin', '?%75ri=/&scope=admin', '?scope=admin&uri'])
      expectProblem(await verify(bearer(secret), query), 'INSUFFICIENT_SCOPE');
    for (const query of ['?my_uri=/&scope=read', '?x=uri=/&scope=read', '?URI=/&scope=read'])
      expectProblem(await verify(bearer(secret), query), 'UNKNOWN_PARAMETER');
  });
});

describe('a parameter that is not known', () => {
  it.each([
    'scopes=read',
    'scopes=read&scopes=write',
    'Scope=read',
    'SCOPE=read',
    'scope%20=read',
    'scope[]=read',
    'scope.0=read',
    '%73copes=read',
    'scopes',
    '=read',
    'scope=read&scopes=write',
    'scopes=write&scope=read',
    'scopes=read&uri=/',
    'x=1',
    `scopes=kls_${'a'.repeat(49)}`,
  ])('asks for what nobody knows, and is refused with 403 and a code of its own: %s', async (query) => {
    for (const credentials of [basic(keyId, secret), bearer(secret)]) {
      const answer = await verify(credentials, `?${query}`);
      expectProblem(answer, 'UNKNOWN_PARAMETER');
      expect(answer.wire).not.toMatch(/x-keyledger-account|kls_/i);
    }
  });

  it('is nothing that bad credentials hear of', async () => {
    expectChallenge(await verify(basic(keyId, 'wrong'), '?scopes=read'), `${BASIC}, ${BEARER}`);
    expectChallenge(await verify([], '?scopes=read'), `${BASIC}, ${BEARER}`);
  });

  it('is not made by what says nothing', async () => {
    for (const query of ['?', '?&', '?&scope=read&', '?scope=read&&uri=/?x=1'])
      expectAccepted(await verify(bearer(secret), query));
  });
});

describe('no credentials', () => {
  it('are asked for with bare challenges, without an error code', async () => {
    expectChallenge(await verify(), `${BASIC}, ${BEARER}`);
  });

  it.each(['', 'Digest username="a"', 'Negotiate abc', 'kls_alone', 'Basicx a', 'Bearerx a'])(
    'that we know: "%s" is refused likewise',
    async (value) => {
      expectChallenge(await verify(['Authorization', value]), `${BASIC}, ${BEARER}`);
    },
  );
});

describe('Basic (RFC 7617)', () => {
  const encoded = (text: string | Buffer) => `Basic ${Buffer.from(text).toString('base64')}`;
  it.each<[name: string, header: () => string]>([
    ['nothing after the scheme', () => 'Basic'],
    ['bad base64', () => 'Basic !!!!'],
    ['base64 without its padding', () => encoded(`${keyId}:${secret}`).replace(/=+$/, '')],
    ['base64 of the URL alphabet', () => 'Basic a2V5_w--'],
    ['base64 with something after it', () => `${encoded(`${keyId}:${secret}`)} x`],
    ['no colon', () => encoded(`${keyId}${secret}`)],
    ['a colon alone', () => encoded(':')],
    ['an empty id', () => encoded(`:${secret}`)],
    ['an empty secret', () => encoded(`${keyId}:`)],
    ['a second colon, which belongs to the secret', () => encoded(`${keyId}:x:${secret}`)],
    ['a control character in the id', () => encoded(`${keyId}\0:${secret}`)],
    ['a control character in the secret', () => encoded(`${keyId}:${secret}\r\n`)],
    ['what is no UTF-8', () => encoded(Buffer.from([0xff, 0xfe, 0x3a, 0xff]))],
    ['an id in another case', () => encoded(`${keyId.toUpperCase()}:${secret}`)],
    ['a header of 8 KB', () => encoded(`${keyId}:${'x'.repeat(6000)}`)],
    ['a header of 8 KB of no base64', () => `Basic ${'é'.repeat(1)}${'!'.repeat(8000)}`],
    ['a header of 12 KB of spaces', () => `Basic${' '.repeat(12_000)}x`],
  ])('refuses %s with 401 and its challenge', async (_, header) => {
    expectChallenge(await verify(['Authorization', Buffer.from(header()).toString('latin1')]), `${BASIC}, ${BEARER}`);
  });
});

describe('Bearer (RFC 6750)', () => {
  it.each<[name: string, header: () => string]>([
    ['nothing after the scheme', () => 'Bearer'],
    ['a wrong secret', () => `Bearer ${newKeyMaterial().secret}`],
    ['a typing error', () => `Bearer ${secret.slice(0, -1)}${secret.endsWith('a') ? 'b' : 'a'}`],
    ['another case', () => `Bearer ${secret.toLowerCase()}`],
    ['a key id', () => `Bearer ${keyId}`],
    ['two tokens', () => `Bearer ${secret} ${secret}`],
    ['what is no token', () => 'Bearer {"a":1}'],
    ['8 KB', () => `Bearer ${'x'.repeat(8000)}`],
  ])('refuses %s with 401 invalid_token', async (_, header) => {
    expectChallenge(await verify(['Authorization', header()]), INVALID_TOKEN);
  });
});

describe('two Authorization headers', () => {
  it.each<[name: string, headers: () => string[]]>([
    ['the same twice', () => [...basic(keyId, secret), ...basic(keyId, secret)]],
    ['a good one first', () => [...bearer(secret), ...bearer('x')]],
    ['a good one last', () => ['authorization', 'x', ...basic(keyId, secret)]],
  ])('are refused with 401: %s', async (_, headers) => {
    expectChallenge(await verify(headers()), `${BASIC}, ${BEARER}`);
  });
});

describe('one answer, byte for byte,', () => {
  it('for an unknown id, a wrong secret, a foreign, an expired, a deleted and a malformed key', async () => {
    let now = Date.now();
    const late = await openWorld({ clock: () => now });
    const owner = await late.client({});
    const stranger = await late.client({});
    const good = await owner.newKey({ name: 'good', expiresAt: new Date(now + 60_000).toISOString() });
    const gone = await owner.newKey();
    const foreign = await stranger.newKey();
    await owner.deleteKey(gone.key.keyId);
    const url = `${late.url}/v1/verify`;
    expect((await ask(url, { headers: basic(good.key.keyId, good.secret) })).status).toBe(200);
    const { keyId: unknown, secret: wrong } = newKeyMaterial();
    const refused = [
      basic(unknown, good.secret),
      basic(good.key.keyId, wrong),
      basic(good.key.keyId, foreign.secret),
      basic(gone.key.keyId, gone.secret),
      basic('malformed', 'malformed'),
      ['Authorization', 'Basic ?'],
    ];
    const alone = [wrong, gone.secret, 'malformed'].map(bearer);
    now += 60_000;
    refused.push(basic(good.key.keyId, good.secret));
    alone.push(bearer(good.secret));
    const wires = async (all: string[][]) => Promise.all(all.map(async (headers) => (await ask(url, { headers })).wire));
    expect(new Set(await wires(refused)).size).toBe(1);
    expect(new Set(await wires(alone)).size).toBe(1);
    expect((await ask(url, { headers: bearer(foreign.secret) })).status).toBe(200);
  });
});

it('tells no secret, in no answer and in no log line', async () => {
  const answers = [
    await verify(basic(keyId, secret)),
    await verify(bearer(secret), '?scope=admin'),
    await verify(basic(secret, secret), `?scope=${secret}`),
    await verify(bearer(secret), `?scope=read%20${secret}`),
    await verify(bearer(`${secret}x`)),
  ];
  for (const { wire } of answers) expect(wire).not.toContain(secret);
  expect(world.log()).not.toContain(secret);
});
