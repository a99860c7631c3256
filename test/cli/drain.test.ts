import { setTimeout as delay } from 'node:timers/promises';
import { temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { recordPlaces } from '../support/histories.js';
import { onSource } from '../support/imports.js';
import { halfAMutation } from '../support/in-flight.js';
import { lockProjections } from '../support/late-projections.js';
import { fewUnlessLong, oneUnlessLong } from '../support/long.js';
import { untilFilled } from '../support/readiness.js';
import { launchServer, type Server, startServer, written } from '../support/server.js';
import { statusOf as verified } from '../support/verify.js';

/** A drain that is longer than the tests, so that they never see its end. */
const LONG = { KEYLEDGER_DRAIN: '60s' };

/** Matches the time at which the drain was over. */
const FINISHING = /"time":"([^"]+)".*"msg":"finishing requests in flight"/;

const statusOf = async (server: Server, path: string) => (await fetch(`${server.url}${path}`)).status;

describe.each(
  oneUnlessLong<[name: string, args: string[], it: jest.It]>([
    ['one process', [], it],
    ['workers', ['--workers', '2'], it],
  ]),
)('at SIGTERM, %s', (_name, args) => {
  it('turns /readyz to 503 first, goes on answering everything else, and ends at once at a second signal', async () => {
    const server = await startServer(temporaryDirectory(), LONG, undefined, args);
    const client = await server.client();
    expect(await statusOf(server, '/readyz')).toBe(200);
    server.process.kill('SIGTERM');
    let answer = await fetch(`${server.url}/readyz`);
    for (; answer.status !== 503; answer = await fetch(`${server.url}/readyz`)) await delay(25);
    // Of this answer: another worker may not have been told yet.
    expect(await answer.json()).toMatchObject({ status: 'stopping' });
    expect(await statusOf(server, '/livez')).toBe(200);
    expect(await client.createKey()).toMatchObject({ __typename: 'CreateKeyPayload' });
    expect(await statusOf(server, '/v1/verify')).toBe(401);
    expect(await server.end('SIGTERM')).toBe(1);
  });
});

it.each([
  ['one process', []],
  ['workers', ['--workers', '2']],
])('refuses and resets no request until the drain is over, then ends with 0, %s', async (_name, args) => {
  const server = await startServer(temporaryDirectory(), { KEYLEDGER_DRAIN: '1s' }, undefined, args);
  const holder = await server.client();
  const key = await holder.newKey();
  const verify = async () => expect(await verified(server, key)).toBe(200);
  const change = async (client: Client) => {
    const { key } = await client.newKey();
    expect(await client.deleteKey(key.keyId)).toMatchObject({ __typename: 'DeleteKeyPayload' });
  };
  const probe = async () => expect(await statusOf(server, '/readyz')).toBe(200);
  const owners = await Promise.all([server.client(), server.client()]);
  const requests = [verify, verify, ...owners.map((owner) => () => change(owner))];
  await Promise.all([probe, ...requests].map((send) => send()));
  const finish = await halfAMutation(holder);
  const refused = Promise.all(requests.map(refusalOf));
  const unready = refusalOf(probe);
  const ended = server.end('SIGTERM');
  await written(server, FINISHING);
  const [, over = ''] = FINISHING.exec(server.output()) ?? [];
  // Only now are they refused, on connections that stay open for the mutation in flight.
  expect(before(over, await refused)).toEqual([]);
  for (const { reason } of before(over, [await unready])) expect(reason).toMatchObject({ matcherResult: { actual: 503 } });
  expect(JSON.parse(await finish())).toEqual({ data: { createKey: { __typename: 'CreateKeyPayload' } } });
  expect(await ended).toBe(0);
});

it.each([
  ['one process', []],
  ['workers', ['--workers', '2']],
])('prints no greeting once it is told to stop, %s', async (_name, args) => {
  const data = await lateData();
  const catchUp = lockProjections(data);
  const server = launchServer(data, LONG, undefined, args);
  await written(server, /"msg":"listening"/);
  const [, url = ''] = /"address":"([^"]+)"/.exec(server.output()) ?? [];
  server.process.kill('SIGTERM');
  await written(server, /"msg":"stopping"/);
  catchUp();
  // A greeting takes a moment after the first answer.
  for (let answers = 0; answers < 20; await delay(25)) if ((await fetch(`${url}/v1/verify`)).status === 401) answers += 1;
  await server.end('SIGTERM');
  expect(server.output()).not.toContain('answers at');
});

it('drains for five seconds in production, unless told otherwise, and else not at all', async () => {
  for (const [env, drain] of fewUnlessLong<[Record<string, string>, number]>(1, [
    [{ NODE_ENV: 'production' }, 5000],
    [{ NODE_ENV: 'production', KEYLEDGER_DRAIN: '0s' }, 0],
    [{}, 0],
  ])) {
    const server = await startServer(temporaryDirectory(), env);
    server.process.kill('SIGTERM');
    await written(server, new RegExp(`"drain":${drain},"msg":"stopping"`));
  }
});

/** A data directory whose projections lack an event, so that they must be written before a server can verify. */
async function lateData(): Promise<string> {
  const data = temporaryDirectory();
  const server = await startServer(data);
  await untilFilled(server);
  await server.end('SIGTERM');
  await onSource(data, (store) => recordPlaces(store, ['account']));
  return data;
}

interface Refused {
  at: string;
  reason: unknown;
}

function before(time: string, refused: Refused[]): Refused[] {
  return refused.filter(({ at }) => at < time);
}

/** Sends requests, one after the other, until one fails. */
async function refusalOf(send: () => Promise<void>): Promise<Refused> {
  for (;;) {
    try {
      await send();
    } catch (reason) {
      return { at: new Date().toISOString(), reason };
    }
  }
}
