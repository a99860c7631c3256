import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { hasCode } from '../../../src/shared/error-code.js';
import { NoAnswer } from '../../../src/shared/with-timeout.js';
import type { EventStore, ServerTime } from '../../../src/store/event-store.js';
import { EventStoreDbClock } from '../../../src/store/eventstoredb/eventstoredb-clock.js';
import { cleanUpLater, newAccount, temporaryDirectory } from '../../support/cleanup.js';
import { newEvent } from '../../support/events.js';
import { describeEsdb, patientStore, sharedServer } from '../../support/eventstoredb.js';
import { itWith } from '../../support/tools.js';

/** The time of this machine's clock at that moment; the server uses the same clock. */
const shownAt = (at: number) => Date.now() - (performance.now() - at);

/** How far the server's clock seems to be behind, in milliseconds. */
const behind = ({ time, at }: ServerTime) => shownAt(at) - time;

function expectRight(told: ServerTime, resolution: number): void {
  // Within a millisecond of rounding.
  expect(Math.abs(behind(told))).toBeLessThanOrEqual(told.uncertainty + 2);
  expect(told.uncertainty).toBeGreaterThanOrEqual(resolution);
}

/** Asks again while the server answers too late, or renews its date later than once a second: the machine is busy. */
async function untilTold(ask: () => Promise<ServerTime>): Promise<ServerTime> {
  for (;;) {
    try {
      const told = await ask();
      if (behind(told) <= told.uncertainty + 2) return told;
    } catch (error) {
      if (!(error instanceof NoAnswer || hasCode(error, 'ABORT_ERR'))) throw error;
    }
  }
}

/** Follows the category until the end of the test. */
function follow(store: EventStore): void {
  const stop = new AbortController();
  const following = (async () => {
    for await (const _ of store.follow('apiKeys', 0, stop.signal));
  })().catch(() => {});
  cleanUpLater(async () => {
    stop.abort();
    await following;
    await store.close();
  });
}

describeEsdb('the clock of a real server', () => {
  it('is asked for over HTTP, and told of own appends as they are read back', async () => {
    const store = patientStore(sharedServer());
    for (let time = 0; time < 5; time += 1) {
      expectRight(await untilTold(() => store.serverClock.ask()), 1000);
      await delay(150);
    }
    const told: ServerTime[] = [];
    store.serverClock.onAppended((time) => told.push(time));
    follow(store);
    const stream = `apiKeys-${newAccount()}`;
    await store.append(stream, 0, [newEvent(), newEvent()]);
    await store.append(stream, 2, [newEvent()]);
    while (told.length < 2) await delay(25);
    for (const time of told) expectRight(time, 0);
    expect(told[1]?.at).toBeGreaterThan(told[0]?.at ?? Number.POSITIVE_INFINITY);
  });
});

/** A client that appears to be connected to that port. */
function clientOf(port: number): EventStoreDBClient {
  return { getChannel: async () => ({ getTarget: () => `dns:127.0.0.1:${port}` }) } as never;
}

async function serverThat(answers: (socket: Socket) => void): Promise<number> {
  const server = createServer(answers).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUpLater(() => server.close());
  return portOf(server.address());
}

function portOf(address: ReturnType<Server['address']>): number {
  return typeof address === 'object' && address ? address.port : 0;
}

const ask = (port: number, query = '?tls=false') =>
  new EventStoreDbClock(`esdb://127.0.0.1:${port}${query}`, () => clientOf(port)).ask();

it('reads the date of any answer, and counts half of its way and the age that it may have', async () => {
  const answer = 'HTTP/1.1 401 Unauthorized\r\nDate: Fri, 01 May 2026 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n';
  const port = await serverThat((socket) => void socket.once('data', () => setTimeout(() => socket.end(answer), 100)));
  const before = performance.now();
  const { time, at, uncertainty } = await ask(port);
  expect(time).toBe(Date.parse('2026-05-01T00:00:01Z'));
  expect(at).toBeGreaterThan(before + 40);
  expect(at).toBeLessThan(performance.now() - 40);
  expect(uncertainty).toBeGreaterThan(1040);
});

itWith('openssl')('asks by TLS, and trusts whom the client trusts', async () => {
  const directory = temporaryDirectory();
  const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')];
  const self = ['-x509', '-nodes', '-days', '2', '-subj', '/CN=node', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-keyout', key, '-out', certificate];
  execFileSync('openssl', ['req', ...self, ...made], { stdio: 'ignore' });
  const options = { key: readFileSync(key), cert: readFileSync(certificate) };
  const server = createTlsServer(options, (_, response) => response.writeHead(204).end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUpLater(() => server.close());
  const port = portOf(server.address());
  expectRight(await untilTold(() => ask(port, `?tlsCAFile=${certificate}`)), 1000);
  await expect(ask(port, '?tls=true')).rejects.toThrow(/self-signed/);
  await expect(ask(port)).rejects.toThrow();
});

it.each<[what: string, answers: (socket: Socket) => void]>([
  ['says no date', (socket) => void socket.once('data', () => socket.end('HTTP/1.1 204 No Content\r\n\r\n'))],
  ['speaks no HTTP', (socket) => void socket.once('data', () => socket.end('nonsense'))],
  ['hangs up', (socket) => socket.destroy()],
  ['says nothing', () => {}],
])('rejects where the server %s', async (_what, answers) => {
  const sockets: Socket[] = [];
  const port = await serverThat((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    answers(socket);
  });
  await expect(ask(port)).rejects.toThrow();
  for (const socket of sockets) socket.destroy();
});

it('rejects where the server is asked by TLS, and does not speak it', async () => {
  const port = await serverThat(
    (socket) => void socket.on('error', () => {}).once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n')),
  );
  await expect(ask(port, '')).rejects.toThrow();
});
