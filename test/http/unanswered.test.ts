import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import Fastify from 'fastify';
import { pino } from 'pino';
import { createServer } from '../../src/http/server.js';
import { boundUnanswered, UNANSWERED_LIMIT } from '../../src/http/unanswered.js';
import { cleanUpLater } from '../support/cleanup.js';

/** A server whose `/slow` answers once it is told to, and counts of what has reached it. */
async function openSlow() {
  const server = createServer(pino({ level: 'silent' }));
  const count = { begun: 0 };
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  server.get('/slow', async () => {
    count.begun += 1;
    await answered;
    return 'answer';
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  cleanUpLater(() => {
    server.server.closeAllConnections();
    return server.close();
  });
  return { server, count, answer, port: (server.server.address() as AddressInfo).port };
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  cleanUpLater(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

function requests(path: string, count: number): string {
  return `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`.repeat(count);
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate);
}

it('cuts off a connection on which too many requests wait for an answer', async () => {
  const { count, port } = await openSlow();
  const socket = await connected(port);
  let isClosed = false;
  socket.once('close', () => {
    isClosed = true;
  });
  const sent = 10 * UNANSWERED_LIMIT;
  socket.resume().write(requests('/slow', sent));
  await until(() => isClosed || count.begun === sent);
  expect(count.begun).toBe(UNANSWERED_LIMIT);
});

it('makes no error for each request that came with the one for which it cut the connection off', async () => {
  const { port } = await openSlow();
  const socket = await connected(port);
  const parsed: IncomingMessage[] = [];
  const watch = (message: unknown) => {
    const request = typeof message === 'object' && message && 'request' in message && message.request;
    if (request instanceof IncomingMessage) parsed.push(request);
  };
  subscribe('http.server.request.start', watch);
  cleanUpLater(() => unsubscribe('http.server.request.start', watch));
  const sent = 10 * UNANSWERED_LIMIT;
  socket.write(requests('/slow', sent));
  await until(() => parsed.length === sent && parsed.every(({ closed }) => closed));
  const dropped = parsed.slice(UNANSWERED_LIMIT + 1);
  expect(dropped.flatMap(({ errored }) => errored?.message ?? [])).toEqual([]);
});

it('answers as many requests as may wait on a connection, again and again', async () => {
  const { answer, port } = await openSlow();
  const socket = await connected(port);
  let received = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text;
  });
  answer();
  for (const round of [1, 2, 3]) {
    socket.write(requests('/slow', UNANSWERED_LIMIT));
    await until(() => received.split('\r\n\r\nanswer').length - 1 === round * UNANSWERED_LIMIT);
  }
});

it('is not held up at its end by answers to a client that has gone', async () => {
  const { server, count, port } = await openSlow();
  // Otherwise the server itself cuts the unfinished request off after a while.
  Object.assign(server.server, { requestTimeout: 0, headersTimeout: 0 });
  const [gone, unfinished] = [await connected(port), await connected(port)];
  unfinished.write('GET /slow HTTP/1.1\r\n');
  gone.write(requests('/slow', 2));
  await until(() => count.begun === 2);
  gone.destroy();
  await server.close();
});

it('cuts off a client that has stopped reading its answer', async () => {
  const server = Fastify();
  boundUnanswered(server, 100);
  let isCutOff = false;
  server.get('/', (_, reply) => {
    reply.raw.once('close', () => {
      isCutOff = true;
    });
    return reply.send(Buffer.alloc(50_000_000));
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  cleanUpLater(() => server.close());
  const socket = await connected((server.server.address() as AddressInfo).port);
  socket.pause().write(requests('/', 1));
  await until(() => isCutOff);
});
