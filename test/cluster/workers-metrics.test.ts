import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { cleanUpLater, temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { type MetricFamily, parseExposition, valueIn } from '../support/exposition.js';
import { halt, resume } from '../support/halt.js';
import { ask, basic } from '../support/http.js';
import { itWhenLong } from '../support/long.js';
import { type Server, written } from '../support/server.js';
import { startWorkers, untilListening, workersOf } from '../support/workers.js';

const COUNT = 2;

/** Opens a new connection for each request, so that it goes to the next worker. */
const FRESH = ['Connection', 'close'];

describe('two workers', () => {
  let server: Server;
  let client: Client;
  let key: { keyId: string; secret: string };
  beforeAll(async () => {
    server = await startWorkers(COUNT, temporaryDirectory(), { LOG_LEVEL: 'debug' });
    client = await server.client();
    const created = await client.newKey();
    key = { keyId: created.key.keyId, secret: created.secret };
  });

  const verify = async (secret: string) =>
    (await ask(`${server.url}/v1/verify`, { headers: [...FRESH, ...basic(key.keyId, secret)] })).status;
  const useAndMiss = async (used: number, missed: number) => {
    for (let index = 0; index < used; index += 1) expect(await verify(key.secret)).toBe(200);
    for (let index = 0; index < missed; index += 1) expect(await verify('wrong')).toBe(401);
  };

  it('say the same of all, whichever is asked: each verification, request and mutation once', async () => {
    await useAndMiss(8, 5);
    await untilCounted(server, { verified: 8, refused: 5 });
    for (const families of await scrapeOfEach(server)) {
      expect(counts(families)).toEqual({ verified: 8, refused: 5 });
      expect(requests(families)).toEqual({ verified: 8, refused: 5 });
      expect(valueIn(families, 'keyledger_mutations_total', { mutation: 'createKey', result: 'ok' })).toBe(1);
      expect(valueIn(families, 'keyledger_http_requests_total', { route: '/graphql', method: 'POST', status: '200' })).toBe(1);
      expect(valueIn(families, 'keyledger_projection_position', { projection: 'keys_5' })).toBe(1);
    }
  });

  it('forget nothing that was told when one of them is killed and replaced, and count on', async () => {
    const [first] = workersOf(server) as [number];
    process.kill(first, 'SIGKILL');
    await untilListening(server, timesListened(server) + 1);
    for (const families of await scrapeOfEach(server)) expect(counts(families)).toEqual({ verified: 8, refused: 5 });
    await useAndMiss(4, 0);
    await untilCounted(server, { verified: 12, refused: 5 });
    for (const families of await scrapeOfEach(server)) expect(counts(families)).toEqual({ verified: 12, refused: 5 });
  });

  itWhenLong('never say less than before while all are killed, one after the other', async () => {
    let told = 0;
    for (const pid of workersOf(server)) {
      const connection = await connectPast(pid, server);
      const replaced = untilListening(server, timesListened(server) + 1).then(() => true);
      process.kill(pid, 'SIGKILL');
      while (!(await Promise.race([replaced, false]))) {
        const now = requests(parseExposition((await connection.scrape()).body)).verified;
        expect(now).toBeGreaterThanOrEqual(told);
        told = now;
        await delay(10);
      }
    }
    expect(told).toBe(12);
  });

  itWhenLong('do without the one that does not answer: it counts with what it said last', async () => {
    await useAndMiss(COUNT, 0);
    await scrapeOfEach(server);
    const [halted] = workersOf(server) as [number];
    const connection = await connectPast(halted, server);
    await haltForNow(halted);
    // On a busy machine, the asked worker may give up before the primary does.
    let answer = await connection.scrape();
    while (answer.status === 503) answer = await connection.scrape();
    expect(answer.status).toBe(200);
    expect(counts(parseExposition(answer.body))).toEqual({ verified: 12 + COUNT, refused: 5 });
    resume(halted);
  });

  itWhenLong('answer 503, and why, when their primary does not answer', async () => {
    const connection = await connect(server);
    await haltForNow(server.process.pid ?? 0);
    const { status, body } = await connection.scrape();
    expect(status).toBe(503);
    expect(JSON.parse(body)).toMatchObject({
      code: 'METRICS_UNAVAILABLE',
      detail: 'The process that adds up the metrics of all workers did not answer. Scrape again.',
    });
    resume(server.process.pid ?? 0);
    while ((await connection.scrape()).status !== 200);
  });

  it('end with 0 when they are told to stop while a scrape waits for one of them, and answer the scrape with 503', async () => {
    const before = server.output().length;
    const [halted] = workersOf(server) as [number];
    const connection = await connectPast(halted, server);
    await haltForNow(halted);
    const scraped = await connection.begin();
    const ended = server.end('SIGTERM');
    expect((await scraped()).status).toBe(503);
    resume(halted);
    expect(await ended).toBe(0);
    expect(server.output().slice(before)).not.toMatch(/"level":"(error|fatal)"/);
  });
});

it('do without the figures of one that cannot read them, which says why and serves on', async () => {
  const fault =
    'import cluster from "node:cluster"; if (cluster.worker?.id === 2) process.getActiveResourcesInfo = () => { throw new Error("a fault of Node") };';
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(fault)}`;
  const server = await startWorkers(COUNT, temporaryDirectory(), { LOG_LEVEL: 'debug', NODE_OPTIONS });
  const workers = workersOf(server);
  for (const families of await scrapeOfEach(server)) expect(counts(families)).toEqual({ verified: 0, refused: 0 });
  expect(workersOf(server)).toEqual(workers);
  await written(server, /"level":"error",.*"worker":2,.*a fault of Node.*"msg":"the metrics of this process cannot be read"/);
  await written(server, /"worker":2,"msg":"a worker did not send its metrics; its last ones are used"/);
});

/** The verifications in a scrape. */
function counts(families: MetricFamily[]) {
  const of = (outcome: string) => valueIn(families, 'keyledger_verifications_total', { outcome });
  return { verified: of('verified'), refused: of('refused') };
}

/** The requests for verification in a scrape. The counter and the histogram must agree. */
function requests(families: MetricFamily[]) {
  const of = (status: string) => {
    const labels = { route: '/v1/verify', method: 'GET', status };
    const count = valueIn(families, 'keyledger_http_requests_total', labels);
    expect(valueIn(families, 'keyledger_http_request_duration_seconds_count', labels)).toBe(count);
    expect(valueIn(families, 'keyledger_http_request_duration_seconds_bucket', { ...labels, le: '+Inf' })).toBe(count);
    return count;
  };
  return { verified: of('200'), refused: of('401') };
}

/** Waits until that many requests are counted: a worker counts a request after it has sent the answer. */
async function untilCounted(server: Server, expected: { verified: number; refused: number }): Promise<void> {
  for (;;) {
    const { body } = await ask(`${server.url}/metrics`, { headers: FRESH });
    const { verified, refused } = requests(parseExposition(body));
    if (verified >= expected.verified && refused >= expected.refused) return;
    await delay(25);
  }
}

/** Scrapes `/metrics` until each living worker has answered. */
async function scrapeOfEach(server: Server): Promise<MetricFamily[][]> {
  const scrapes: MetricFamily[][] = [];
  const asked = new Set<number>();
  while (asked.size < COUNT) {
    const { status, headers, body } = await ask(`${server.url}/metrics`, { headers: FRESH });
    expect(status).toBe(200);
    scrapes.push(parseExposition(body));
    asked.add(await answererOf(headers, server));
  }
  return scrapes;
}

/** The process id of the worker that gave the answer, according to the log. */
async function answererOf(headers: IncomingMessage['headers'], server: Server): Promise<number> {
  const line = new RegExp(`"worker":(\\d+),"reqId":"${headers['x-request-id']}"`);
  await written(server, line);
  const [, worker] = line.exec(server.output()) ?? [];
  const [, pid] = new RegExp(`"worker":${worker},"pid":(\\d+),"msg":"worker started"`).exec(server.output()) ?? [];
  return Number(pid);
}

/** A connection that stays with its worker. */
async function connect(server: Server) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  cleanUpLater(() => agent.destroy());
  const begin = async () => {
    const outgoing = request(`${server.url}/metrics`, { agent, headers: { expect: '100-continue' } });
    const response = once(outgoing, 'response') as Promise<[IncomingMessage]>;
    outgoing.flushHeaders();
    await once(outgoing, 'continue');
    outgoing.end();
    return async () => {
      const [answer] = await response;
      return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
    };
  };
  const scrape = async () => (await begin())();
  const { headers } = await scrape();
  return { pid: await answererOf(headers, server), begin, scrape };
}

/** A connection to another worker than that one. */
async function connectPast(pid: number, server: Server) {
  for (;;) {
    const connection = await connect(server);
    if (connection.pid !== pid) return connection;
  }
}

function timesListened(server: Server): number {
  return server.output().split('"msg":"listening"').length - 1;
}

/** Stops a process until the test has ended. */
async function haltForNow(pid: number): Promise<void> {
  await halt(pid);
  cleanUpLater(() => {
    try {
      resume(pid);
    } catch {
      // It has ended.
    }
  });
}
