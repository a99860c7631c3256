import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { workerCount } from '../../src/cli/arguments.js';
import Database from '../../src/shared/sqlite.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { COMMAND, keyledger } from '../cli/run.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { halt, resume } from '../support/halt.js';
import { record } from '../support/histories.js';
import { mutationInFlight } from '../support/in-flight.js';
import { lockProjections } from '../support/late-projections.js';
import { itWhenLong } from '../support/long.js';
import { type Server, written } from '../support/server.js';
import { created } from '../support/specification.js';
import { startWorkers, untilListening, workersOf } from '../support/workers.js';

/** Matches once two workers finish their requests. */
const FINISHING = /("worker":\d+,.*"msg":"finishing requests in flight"[\s\S]*){2}/;

describe('two workers', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startWorkers(2, temporaryDirectory(), { LOG_LEVEL: 'debug' });
    await written(server, /-d '.*'\n/);
  });

  it('greet once', () => {
    expect(server.output().match(/^Keyledger answers at /gm)).toHaveLength(1);
    expect(server.output().match(/^curl /gm)).toHaveLength(1);
  });

  it('all answer on the same port, and each line of the log says whose it is', async () => {
    const worker = /"worker":(\d+),.*"route":"\/livez"/g;
    const answered = () => new Set([...server.output().matchAll(worker)].map(([, id]) => id));
    while (answered().size < 2) {
      expect((await fetch(`${server.url}/livez`, { headers: { connection: 'close' } })).status).toBe(200);
    }
    const addresses = [...server.output().matchAll(/"address":"([^"]+)".*"msg":"listening"/g)].map(([, address]) => address);
    expect(addresses).toEqual([server.url, server.url]);
  });

  it('are replaced one by one and all at once, aloud, behind the same port', async () => {
    const [first] = workersOf(server) as [number];
    process.kill(first, 'SIGKILL');
    await untilListening(server, 3);
    expect(server.output()).toContain(
      `"pid":${first},"code":null,"signal":"SIGKILL","msg":"a worker ended unexpectedly; it is replaced"`,
    );
    for (const pid of workersOf(server)) process.kill(pid, 'SIGKILL');
    await untilListening(server, 5);
    expect(workersOf(server)).toHaveLength(2);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });

  it('let mutations in flight finish when they and the primary are told to stop at once, then end with 0', async () => {
    const { answers, unlock } = await mutationsInFlight(server);
    for (const pid of workersOf(server)) process.kill(pid, 'SIGTERM');
    const ended = server.end('SIGTERM');
    await written(server, FINISHING);
    unlock();
    for (const text of await answers()) expect(text).toContain('"CreateKeyPayload"');
    expect(await ended).toBe(0);
    expect(server.output().match(/"worker":\d+,"msg":"stopped"/g)).toHaveLength(2);
  });
});

itWhenLong('lets mutations in flight finish when the primary is gone, then ends every worker', async () => {
  const server = await startWorkers(2, temporaryDirectory());
  const { answers, unlock } = await mutationsInFlight(server);
  await server.end('SIGKILL');
  await written(server, FINISHING);
  unlock();
  for (const text of await answers()) expect(text).toContain('"CreateKeyPayload"');
  while (workersOf(server).some(lives)) await delay(25);
  await written(server, /("worker":\d,"msg":"stopped"[\s\S]*){2}/);
});

it('never listens on a worker that is starting when the drain begins', async () => {
  const server = await startWorkers(2, temporaryDirectory(), { KEYLEDGER_DRAIN: '60s' });
  const unlock = await preventCatchUp(server);
  const [first] = workersOf(server) as [number];
  process.kill(first, 'SIGKILL');
  await written(server, /("msg":"worker started"[\s\S]*){3}/);
  const [, replacement] = workersOf(server) as [number, number];
  await halt(replacement);
  server.process.kill('SIGTERM');
  await written(server, /"msg":"stopping"/);
  resume(replacement);
  // If it does not end, it listens then.
  const timer = setTimeout(unlock, 20_000);
  const listened = () => server.output().includes('"worker":3,"address"');
  while (lives(replacement) && !listened()) await delay(25);
  clearTimeout(timer);
  expect(listened()).toBe(false);
  const { status } = await fetch(`${server.url}/readyz`);
  expect(status).toBe(503);
});

itWhenLong('ends with 1 when a worker had to be cut off', async () => {
  const server = await startWorkers(2, temporaryDirectory(), { KEYLEDGER_DEADLINE: '1s' });
  const [first] = workersOf(server) as [number];
  await halt(first);
  expect(await server.end('SIGTERM')).toBe(1);
  expect(lives(first)).toBe(false);
});

it('reports wrong settings once, with the exit code 2', async () => {
  const { code, stdout, stderr } = await keyledger(['serve', '--workers', '2'], { PORT: 'x' });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe('keyledger: Settings are wrong:\n  PORT is "x"; it must be a whole number from 0 to 65535\n');
});

it('refuses a wrong number of workers', async () => {
  const refusal = 'It must be a whole number from 1 to 999, or `auto`.';
  for (const count of ['0', '-1', '1.5', 'all', '']) expect(() => workerCount(count)).toThrow(refusal);
  const { code, stderr } = await keyledger(['serve', '--workers=0']);
  expect(code).toBe(2);
  expect(stderr).toContain(refusal);
});

itWhenLong('gives up with 1 when one worker after the other ends before it is ready', async () => {
  const env = { KEYLEDGER_DATA: COMMAND, PORT: '0' };
  const { code, stdout, stderr } = await keyledger(['serve', '--workers', '3'], env);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr.match(/^keyledger: .* cannot be created/gm)).toHaveLength(3);
  expect(stderr).toContain('"ended":3,"msg":"workers end before they are ready');
});

/** Sends mutations to both workers that wait for the lock on the log. Resolves with a function that releases the lock. */
async function mutationsInFlight(server: Server) {
  const client = await server.client();
  const lock = new Database(join(server.dataDirectory, 'events.db')).exec('BEGIN IMMEDIATE');
  // Connections go to one worker after the other.
  const pending = [await mutationInFlight(client), await mutationInFlight(client)];
  return {
    answers: () => Promise.all(pending.map((answer) => answer())),
    unlock: () => lock.exec('COMMIT').close(),
  };
}

/** Appends an event that no worker can project, so that none that starts now listens. Resolves with a function that ends it. */
async function preventCatchUp({ dataDirectory }: Server): Promise<() => void> {
  const unlock = lockProjections(dataDirectory);
  const log = new SqliteEventStore(join(dataDirectory, 'events.db'));
  await record(log, 'acme', [created('a')]);
  await log.close();
  return unlock;
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
