import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import Fastify from 'fastify';
import { createYoga } from 'graphql-yoga';
import { send } from '../../src/http/fetch-api.js';
import { OpenStreams } from '../../src/http/open-streams.js';
import { cleanUpLater } from '../support/cleanup.js';

/** The classes of the answers that GraphQL gives. */
const { ReadableStream, Response } = createYoga({}).fetchAPI;
const CHUNK = new TextEncoder().encode('x'.repeat(1000));

/** A server with an answer that never ends, and counts of these answers and of the parts that were requested from them. */
async function openEndless(streams: OpenStreams) {
  const count = { begun: 0, pulled: 0, cancelled: 0 };
  const server = Fastify();
  server.get('/', (_, reply) => {
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        count.pulled += 1;
        await new Promise(setImmediate);
        controller.enqueue(CHUNK);
      },
      cancel() {
        count.cancelled += 1;
      },
    });
    const sent = send(new Response(body, { headers: { 'content-type': 'text/event-stream' } }), reply, streams);
    count.begun += 1;
    return sent;
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  cleanUpLater(() => server.close());
  const { port } = server.server.address() as AddressInfo;
  return { count, port };
}

/** A client that sends a request and reads nothing of the answer. */
async function stalled(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').pause();
  await once(socket, 'connect');
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
  cleanUpLater(() => socket.destroy());
  return socket;
}

/** Resolves when the count has not changed over many turns of the event loop. */
async function standstill(count: { pulled: number }): Promise<void> {
  for (let still = 0, before = 0; still < 2000; still = before === count.pulled && before > 0 ? still + 1 : 0) {
    before = count.pulled;
    await new Promise(setImmediate);
  }
}

it('asks for no more than the connection takes while a reader is slow, and goes on when it reads', async () => {
  const { count, port } = await openEndless(new OpenStreams());
  const reader = await stalled(port);
  await standstill(count);
  const buffered = count.pulled;
  reader.resume();
  while (count.pulled < 2 * buffered) await new Promise(setImmediate);
  reader.destroy();
  while (count.cancelled === 0) await new Promise(setImmediate);
});

it('ends them all, and lets go of those that have ended', async () => {
  const streams = new OpenStreams();
  const { count, port } = await openEndless(streams);
  await Promise.all([stalled(port), stalled(port)]);
  while (count.begun < 2) await new Promise(setImmediate);
  streams.end();
  while (count.cancelled < 2) await new Promise(setImmediate);
});

it('tells proxies to hold no part back, and caches to store none', async () => {
  const { port } = await openEndless(new OpenStreams());
  const { headers, body } = await fetch(`http://127.0.0.1:${port}/`);
  expect([headers.get('x-accel-buffering'), headers.get('cache-control')]).toEqual(['no', 'no-store']);
  await body?.cancel();
});
