import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errors, generateKeyPair, importJWK, type JWTPayload, SignJWT } from 'jose';
import { explain } from '../../src/auth/token-fault.js';
import { newKeyMaterial } from '../../src/domain/keys/secret.js';
import { Client } from '../support/client.js';
import { openWorld, type World } from '../support/world.js';

type Key = Parameters<SignJWT['sign']>[0];

const NOW = Date.parse('2026-11-30T09:00:00Z');
const MAKE = 'Make a new one: run `keyledger token` with the KEYLEDGER_DATA of this server.';
const UNTRUSTED = `The token was not signed by an issuer that this server trusts. ${MAKE}`;
const NO_FORM = /^The token has no valid form: .* Send all of it: Authorization: Bearer TOKEN\./;

let world: World;
let ourKey: Key;
beforeAll(async () => {
  world = await openWorld({ clock: () => NOW });
  ourKey = await importJWK(JSON.parse(readFileSync(join(world.config.dataDirectory, 'issuer.jwk'), 'utf8')), 'EdDSA');
});

const GOOD = { iss: 'keyledger:local', aud: 'keyledger', sub: 'ada', account: 'acme', roles: ['keyledger:owner'] };
const seconds = (time: string) => Date.parse(time) / 1000;

function sign(claims: JWTPayload, { key = ourKey, alg = 'EdDSA' }: { key?: Key; alg?: string } = {}): Promise<string> {
  return new SignJWT({ ...GOOD, exp: seconds('2026-11-30T10:00:00Z'), ...claims }).setProtectedHeader({ alg }).sign(key);
}

async function refusalOf(token: string): Promise<string | undefined> {
  const { status, errors } = await new Client(world.url, token, 'acme').send('{ viewer { subject } }');
  expect({ status, code: errors?.[0]?.extensions?.code }).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
  return errors?.[0]?.message;
}

it.each<[fault: string, claims: JWTPayload, message: string]>([
  ['expired', { exp: seconds('2026-11-30T08:00:00Z') }, `The token expired at 2026-11-30T08:00:00Z. ${MAKE}`],
  ['expired, with a fraction', { exp: 1.5 }, `The token expired at 1970-01-01T00:00:01Z. ${MAKE}`],
  ['expired before all calendars', { exp: -1 }, `The token expired. ${MAKE}`],
  [
    'not valid yet',
    { nbf: seconds('2026-11-30T09:30:00Z') },
    'The token is not valid yet: it begins at 2026-11-30T09:30:00Z. Try again then.',
  ],
  ['not valid for ages', { nbf: 1e15 }, 'The token is not valid yet. Try again then.'],
  ['without an end', { exp: undefined }, `The token never expires: the claim exp is missing. ${MAKE}`],
  ['of another issuer', { iss: 'https://elsewhere.example' }, UNTRUSTED],
  ['of no issuer', { iss: undefined }, UNTRUSTED],
  ['for others', { aud: 'other' }, `The token is not for this server: the claim aud names others. ${MAKE}`],
  ['for nobody', { aud: undefined }, `The token is not for this server: the claim aud is missing. ${MAKE}`],
])('says what to do with a token that is %s', async (_fault, claims, message) => {
  expect(await refusalOf(await sign(claims))).toBe(message);
});

it('says what to do with a time that is none', async () => {
  const message = 'The claim exp must be a number of seconds since 1970, before the year 10000.';
  expect(await refusalOf(await sign(JSON.parse('{"exp":"soon"}')))).toBe(message);
});

it("says of another data directory's token that the server does not trust its issuer, whatever its claims are", async () => {
  const { privateKey: key } = await generateKeyPair('EdDSA');
  for (const claims of [{}, { exp: 1 }, { iss: 'https://elsewhere.example' }, { aud: 'other' }])
    expect(await refusalOf(await sign(claims, { key }))).toBe(UNTRUSTED);
});

it('repeats nothing of a token that was changed after it was signed', async () => {
  const [header, , signature] = (await sign({})).split('.');
  const claims = Buffer.from(JSON.stringify({ ...GOOD, exp: 1 })).toString('base64url');
  expect(await refusalOf(`${header}.${claims}.${signature}`)).toBe(UNTRUSTED);
});

it('names the accepted algorithms where another one was used', async () => {
  const key = new TextEncoder().encode('x'.repeat(32));
  const message = `The token was not signed with an accepted algorithm: EdDSA. ${MAKE}`;
  expect(await refusalOf(await sign({}, { key, alg: 'HS256' }))).toBe(message);
});

it('says that a header is missing where the issuer has several keys', () => {
  const fault = new errors.JWKSMultipleMatchingKeys();
  expect(explain(fault, { algorithms: [], remedy: MAKE })).toMatch(
    /^The token does not say which .*: the header kid is missing\./,
  );
});

it.each(['nonsense', 'a.b.c', 'eyJ.eyJ.x', 'a.b', 'a.b.c.d.e'])('says how a token looks where %s was sent', async (token) => {
  expect(await refusalOf(token)).toMatch(NO_FORM);
});

it('says of the secret of a key that it is no token, and repeats nothing of it', async () => {
  const { secret } = newKeyMaterial();
  const message = await refusalOf(secret);
  expect(message).toBe(
    `This is the secret of an API key, not a token. A key is for services, which check it at /v1/verify. ${MAKE}`,
  );
  expect(message).not.toContain(secret.slice(-6));
});

it('keeps the exact reason for the log', async () => {
  await refusalOf(await sign({ exp: 1, jti: 'logged' }));
  expect(world.log()).toContain('"reason":"The token is not valid: \\"exp\\" claim timestamp check failed."');
});
