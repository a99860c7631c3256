import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { cleanUpLater, temporaryDirectory } from './cleanup.js';
import { Client } from './client.js';
import { halfAMutation } from './in-flight.js';
import { untilMidway } from './midway.js';
import { launchServer, startServer, whileLiving, written } from './server.js';

const WRONG = { PORT: 'none' };
const SAID = /^It ended too early:\n.*PORT is "none"/s;

describe('a server that ends', () => {
  it('is not waited for: the test fails with its output', async () => {
    await expect(startServer(temporaryDirectory(), WRONG)).rejects.toThrow(SAID);
    const server = launchServer(temporaryDirectory(), WRONG);
    await expect(written(server, /what it never writes/)).rejects.toThrow(SAID);
    await expect(whileLiving(server, async () => false)).rejects.toThrow(SAID);
    await written(server, /PORT is "none"/);
  });
});

it('work that ends is not waited for, nor work that fails', async () => {
  await expect(untilMidway(delay(1), () => false)).rejects.toThrow('It has ended before.');
  await expect(untilMidway(Promise.reject(new Error('no connection')), () => false)).rejects.toThrow('no connection');
  await untilMidway(new Promise(() => {}), async () => true);
});

it('a mutation that is answered before its body is not waited for', async () => {
  const server = createServer().on('checkContinue', (_, response) => response.writeHead(503).end('not ready'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUpLater(() => server.close());
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  await expect(halfAMutation(new Client(url, 'token', 'account'))).rejects.toThrow('before its body: 503 not ready');
});
