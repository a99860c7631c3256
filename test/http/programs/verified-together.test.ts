import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { FailedAttempts } from '../../../src/http/programs/failed-attempts.js';
import { verifyRoute } from '../../../src/http/programs/verify.js';
import { createServer } from '../../../src/http/server.js';
import { UNANSWERED_LIMIT } from '../../../src/http/unanswered.js';
import { cleanUpLater } from '../../support/cleanup.js';
import { exchange } from '../../support/wire.js';

const BAD = 'a secret for which the look-up fails';

/** A server that accepts every secret but one, and the secrets that were looked up. */
async function openServer() {
  const server = createServer(pino({ level: 'silent' }));
  const asked: string[] = [];
  const verifySecret = (secret: string) => {
    asked.push(secret);
    if (secret === 'bad') throw new Error(BAD);
    return { account: 'an-account', keyId: 'a-key', scopes: [secret], at: 0, expiresAt: Number.POSITIVE_INFINITY };
  };
  server.register(
    verifyRoute({
      verifier: { verifySecret, verify: () => undefined },
      refuseForNow: () => undefined,
      failedAttempts: new FailedAttempts(undefined),
      onAccepted: () => {},
    }),
  );
  await server.listen({ port: 0, host: '127.0.0.1' });
  cleanUpLater(() => server.close());
  return { asked, url: `http://127.0.0.1:${(server.server.address() as AddressInfo).port}` };
}

function requests(secrets: readonly string[]): string {
  return secrets
    .map((secret) => `GET /v1/verify HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${secret}\r\n\r\n`)
    .join('');
}

it('answers each of the requests that came together, also where one fails', async () => {
  const { url } = await openServer();
  const answers = await exchange(url, requests(['one', 'bad', 'two']));
  expect(answers.match(/HTTP\/1\.1 \d+|x-keyledger-scopes: \w+/g)).toEqual([
    'HTTP/1.1 200',
    'x-keyledger-scopes: one',
    'HTTP/1.1 500',
    'HTTP/1.1 200',
    'x-keyledger-scopes: two',
  ]);
  expect(answers).not.toContain(BAD);
});

it('looks nothing up for a connection that was cut off meanwhile', async () => {
  const { asked, url } = await openServer();
  expect(await exchange(url, requests(Array(UNANSWERED_LIMIT + 1).fill('one')))).toBe('');
  expect(asked).toEqual([]);
  expect(await exchange(url, requests(Array(UNANSWERED_LIMIT).fill('one')))).toContain('HTTP/1.1 200');
  expect(asked).toHaveLength(UNANSWERED_LIMIT);
});
