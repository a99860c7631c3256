import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jwtVerify } from 'jose';
import { openLocalIssuer } from '../../src/auth/local-issuer.js';
import { openLogKey } from '../../src/auth/log-key.js';
import { openPseudonymKey } from '../../src/auth/pseudonym-key.js';
import { SignInTickets } from '../../src/auth/sign-in-tickets.js';
import { readConfig } from '../../src/config.js';
import { keyledger } from '../cli/run.js';
import { temporaryDirectory } from '../support/cleanup.js';

/** What editors and copies do to a text. */
const COPIES: [how: string, copy: (text: string) => string | Buffer][] = [
  ['with a byte-order mark', (text) => `\ufeff${text}`],
  ['with lines of Windows', (text) => text.replaceAll('\n', '\r\n')],
  ['without its last newline', (text) => text.trimEnd()],
  ['with blanks and empty lines around it', (text) => `\n  ${text}\n\n`],
  ['in UTF-16', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
];

const store = { kind: 'sqlite' } as const;
const KEYS = [
  ['log.key', (dataDirectory: string) => openLogKey({ logKey: undefined, store, dataDirectory })],
  ['pseudonym.key', (dataDirectory: string) => openPseudonymKey({ pseudonymKey: undefined, store, dataDirectory })],
] as const;

describe.each(KEYS)('%s', (name, open) => {
  it.each(COPIES)('is read %s', async (_how, copy) => {
    const directory = temporaryDirectory();
    const key = await open(directory);
    const file = join(directory, name);
    writeFileSync(file, copy(readFileSync(file, 'utf8')));
    expect(await open(directory)).toEqual(key);
  });

  it.each<[what: string, content: string | Buffer]>([
    ['is empty', ''],
    ['holds white space', ' \r\n'],
    ['holds something else', 'a shopping list\n'],
    ['holds a key that is too short', randomBytes(31).toString('base64')],
    ['holds a key that is too long', randomBytes(33).toString('base64')],
    ['holds the raw key', randomBytes(32)],
    ['holds two keys', `${randomBytes(32).toString('base64')}\n${randomBytes(32).toString('base64')}\n`],
    ['holds a key with something between', `${'A'.repeat(20)}!!${'A'.repeat(23)}=`],
    ['holds a key of another kind', generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })],
  ])('is refused where it %s, by its name, and is left as it is', async (_what, content) => {
    const directory = temporaryDirectory();
    const file = join(directory, name);
    writeFileSync(file, content);
    await expect(open(directory)).rejects.toThrow(file);
    await expect(open(directory)).rejects.toThrow(/Restore it from a backup/);
    expect(readFileSync(file)).toEqual(Buffer.from(content));
  });

  it('is refused where it is a directory', async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, name));
    await expect(open(directory)).rejects.toThrow(join(directory, name));
  });
});

describe('issuer.jwk', () => {
  it.each(COPIES)('is read %s', async (_how, copy) => {
    const file = join(temporaryDirectory(), 'issuer.jwk');
    const { authority } = await openLocalIssuer(file);
    writeFileSync(file, copy(readFileSync(file, 'utf8')));
    const copied = await openLocalIssuer(file);
    const token = await copied.issue({ role: 'auditor', subject: 'ada', ttl: 60 }, readConfig({}).claims);
    expect(await jwtVerify(token, authority.keys, authority)).toMatchObject({ payload: { sub: 'ada' } });
  });

  const ours = generateKeyPairSync('ed25519');
  const jwk = ours.privateKey.export({ format: 'jwk' });
  const jwkOf = (pair: { privateKey: { export(options: { format: 'jwk' }): object } }) =>
    pair.privateKey.export({ format: 'jwk' });
  it.each<[what: string, content: string]>([
    ['is empty', ''],
    ['holds white space', '\ufeff\r\n'],
    ['holds no JSON', 'a shopping list'],
    ['breaks off', JSON.stringify(jwk).slice(0, -9)],
    ['holds another value', 'null'],
    ['holds a list of keys', JSON.stringify({ keys: [jwk] })],
    ['holds the public key alone', JSON.stringify({ ...jwk, d: undefined })],
    ['holds a key of an elliptic curve', JSON.stringify(jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' })))],
    ['holds an RSA key', JSON.stringify(jwkOf(generateKeyPairSync('rsa', { modulusLength: 2048 })))],
    ['holds a key for agreements', JSON.stringify(jwkOf(generateKeyPairSync('x25519')))],
    ['holds a password', JSON.stringify({ kty: 'oct', k: 'AAAA' })],
    [
      'holds halves of two keys',
      JSON.stringify({ ...jwk, x: generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x }),
    ],
    ['holds a PEM', ours.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
  ])('is refused where it %s, by its name, and is left as it is', async (_what, content) => {
    const KEYLEDGER_DATA = temporaryDirectory();
    const file = join(KEYLEDGER_DATA, 'issuer.jwk');
    writeFileSync(file, content);
    await expect(openLocalIssuer(file)).rejects.toThrow(file);
    await expect(openLocalIssuer(file)).rejects.toThrow(/Restore it from a backup, or remove it/);
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  it.each(['token', 'serve'])('is refused aloud, in one line, by %s', async (command) => {
    const KEYLEDGER_DATA = temporaryDirectory();
    const file = join(KEYLEDGER_DATA, 'issuer.jwk');
    writeFileSync(file, '');
    const args = command === 'token' ? ['token', '--role', 'auditor'] : [command];
    const { code, stdout, stderr } = await keyledger(args, { KEYLEDGER_DATA, PORT: '0' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^keyledger: .*\n$/m);
    expect(stderr).not.toMatch(/\n +at /);
    expect(stderr).toContain(`${file} is empty. Restore it from a backup`);
  });
});

describe('a ticket', () => {
  const holder = { role: 'auditor', subject: 'ada' } as const;
  const only = (directory: string) => join(directory, 'sign-in', readdirSync(join(directory, 'sign-in'))[0] ?? '');

  it.each(COPIES)('is read %s', async (_how, copy) => {
    const directory = temporaryDirectory();
    const tickets = new SignInTickets(directory, Date.now);
    const ticket = await tickets.issue(holder);
    const file = only(directory);
    writeFileSync(file, copy(readFileSync(file, 'utf8')));
    expect(await tickets.redeem(ticket)).toEqual(holder);
  });

  it.each([
    '',
    '{}',
    'nonsense',
    '{"subject":"ada","role":"auditor","until":1e999}',
    '{"subject":"a b","role":"auditor","until":1}',
  ])('is good for nothing where its file holds %j, and hinders no other', async (content) => {
    const directory = temporaryDirectory();
    const tickets = new SignInTickets(directory, Date.now);
    const ticket = await tickets.issue(holder);
    writeFileSync(only(directory), content);
    mkdirSync(join(directory, 'sign-in', 'lost+found'));
    expect(await tickets.redeem(ticket)).toBeUndefined();
    expect(await tickets.redeem(await tickets.issue(holder))).toEqual(holder);
  });
});
