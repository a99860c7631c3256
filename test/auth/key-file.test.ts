import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jwtVerify } from 'jose';
import { readOrCreate } from '../../src/auth/key-file.js';
import { openLocalIssuer } from '../../src/auth/local-issuer.js';
import { readConfig } from '../../src/config.js';
import { COMMAND } from '../cli/run.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { usedDirectory } from '../support/used-directory.js';
import { openWorld } from '../support/world.js';

const run = promisify(execFile);
const REQUEST = { account: 'acme', subject: 'ada', role: 'owner', ttl: 600 } as const;
const CLAIMS = readConfig({}).claims;

it('is made once, for its owner alone, in a directory that is made where it is missing', async () => {
  const directory = join(temporaryDirectory(), 'data', 'deeper');
  await openLocalIssuer(join(directory, 'issuer.jwk'));
  const first = readFileSync(join(directory, 'issuer.jwk'), 'utf8');
  expect(statSync(join(directory, 'issuer.jwk')).mode & 0o777).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  await openLocalIssuer(join(directory, 'issuer.jwk'));
  expect(readFileSync(join(directory, 'issuer.jwk'), 'utf8')).toBe(first);
  expect(readdirSync(directory)).toEqual(['issuer.jwk']);
});

it('is the same for openers that start at once in one process', async () => {
  const file = join(temporaryDirectory(), 'issuer.jwk');
  const issuers = await Promise.all(Array.from({ length: 10 }, () => openLocalIssuer(file)));
  for (const { authority } of issuers) {
    const [first] = issuers;
    const token = await first?.issue(REQUEST, CLAIMS);
    expect(await jwtVerify(token ?? '', authority.keys, authority)).toMatchObject({ payload: { sub: 'ada' } });
  }
});

it('is the one that was there first, for those, too, that began to make another', async () => {
  const file = join(temporaryDirectory(), 'key');
  let finish: (content: string) => void = () => {};
  const slow = readOrCreate(file, () => new Promise((resolve) => (finish = resolve)));
  expect(await readOrCreate(file, async () => 'first')).toBe('first');
  finish('second');
  expect(await slow).toBe('first');
  expect(readFileSync(file, 'utf8')).toBe('first');
});

it('is the same for processes that start at once, and for those after them', async () => {
  const directory = usedDirectory();
  const args = [COMMAND, 'token', '--role', 'owner', '--account', 'acme'];
  const env = { PATH: process.env.PATH, KEYLEDGER_DATA: directory };
  const outputs = await Promise.all(Array.from({ length: 4 }, () => run(process.execPath, args, { env })));
  expect(readdirSync(directory)).toEqual(['events.db', 'issuer.jwk']);
  const { url } = await openWorld({ dataDirectory: directory });
  for (const { stdout } of outputs) {
    const { status } = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${stdout.trim()}` },
      body: '{"query":"{ account { accountId } }"}',
    });
    expect(status).toBe(200);
  }
});

it('is never half there: where it cannot be made, nothing is left', async () => {
  const directory = temporaryDirectory();
  const file = join(directory, 'missing', 'issuer.jwk', 'below-a-file');
  await openLocalIssuer(join(directory, 'missing', 'issuer.jwk'));
  await expect(openLocalIssuer(file)).rejects.toThrow(/issuer\.jwk is not a directory/);
  expect(existsSync(file)).toBe(false);
});
