import { setTimeout as delay } from 'node:timers/promises';
import { temporaryDirectory } from '../support/cleanup.js';
import { itWhenLong, oneUnlessLong } from '../support/long.js';
import { type Server, startServer } from '../support/server.js';
import { written } from '../support/workers.js';

/** A drain that is longer than the tests, so that they never see its end. */
const LONG = { KEYLEDGER_DRAIN: '60s' };

const statusOf = async (server: Server, path: string) => (await fetch(`${server.url}${path}`)).status;

describe.each(
  oneUnlessLong<[name: string, args: string[], it: jest.It]>([
    ['one process', [], it],
    ['workers', ['--workers', '2'], it],
  ]),
)('at SIGTERM, %s', (_name, args) => {
  it('turns /readyz to 503 first, and goes on answering everything else', async () => {
    const server = await startServer(temporaryDirectory(), LONG, undefined, args);
    const client = await server.client();
    expect(await statusOf(server, '/readyz')).toBe(200);
    server.process.kill('SIGTERM');
    while ((await statusOf(server, '/readyz')) !== 503) await delay(25);
    expect(await (await fetch(`${server.url}/readyz`)).json()).toMatchObject({ status: 'stopping' });
    expect(await statusOf(server, '/livez')).toBe(200);
    expect(await client.createKey()).toMatchObject({ __typename: 'CreateKeyPayload' });
    expect(await statusOf(server, '/v1/verify')).toBe(401);
  });

  it('ends at once at a second signal', async () => {
    const server = await startServer(temporaryDirectory(), LONG, undefined, args);
    server.process.kill('SIGTERM');
    await written(server, /"msg":"stopping"/);
    expect(await server.end('SIGTERM')).toBe(1);
  });

  it('refuses and resets no request while a load balancer turns away from it', async () => {
    const server = await startServer(temporaryDirectory(), LONG, undefined, args);
    const balancer = { sends: true };
    const answers: number[] = [];
    const send = async () => {
      while (balancer.sends) answers.push(await statusOf(server, '/v1/verify'));
    };
    const probe = async () => {
      while ((await statusOf(server, '/readyz')) === 200) await delay(25);
      balancer.sends = false;
    };
    const clients = Promise.all([...Array.from({ length: 8 }, send), probe()]);
    server.process.kill('SIGTERM');
    await clients;
    expect(new Set(answers)).toEqual(new Set([401]));
    expect(server.process.exitCode).toBeNull();
  });

  itWhenLong('ends with exit code 0 when the drain is over', async () => {
    const server = await startServer(temporaryDirectory(), { KEYLEDGER_DRAIN: '1s' }, undefined, args);
    expect(await server.end('SIGTERM')).toBe(0);
  });
});

it('drains for five seconds in production, unless told otherwise, and else not at all', async () => {
  for (const [env, drain] of [
    [{ NODE_ENV: 'production' }, 5000],
    [{ NODE_ENV: 'production', KEYLEDGER_DRAIN: '0s' }, 0],
    [{}, 0],
  ] as [Record<string, string>, number][]) {
    const server = await startServer(temporaryDirectory(), env);
    server.process.kill('SIGTERM');
    await written(server, new RegExp(`"drain":${drain},"msg":"stopping"`));
  }
});
