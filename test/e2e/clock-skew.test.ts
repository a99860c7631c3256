import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { cleanUpLater, temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { describeOwnEsdb, ownServer } from '../support/eventstoredb.js';
import { scrape, valueIn } from '../support/exposition.js';
import { ask } from '../support/http.js';
import { expectProblem } from '../support/problem.js';
import { readinessOf } from '../support/readiness.js';
import { startServer } from '../support/server.js';
import { statusOf } from '../support/verify.js';
import { openWorld, type World, type WorldOptions } from '../support/world.js';

const HOUR = 3_600_000;

/** The connection string of the file's own EventStoreDB. */
let esdb: string;

function openOnEsdb(options: WorldOptions, connectionString = esdb): Promise<World> {
  return openWorld({ ...options, env: { KEYLEDGER_STORE: connectionString } });
}

/** The codes with which creating, rotating and deleting a key are refused. */
async function refusals(owner: Client, keyId: string): Promise<unknown[]> {
  const documents = [
    'createKey(input: { name: "refused" }) { __typename }',
    `rotateKey(input: { keyId: "${keyId}" }) { __typename }`,
    `deleteKey(input: { keyId: "${keyId}" }) { __typename }`,
  ];
  const answers = await Promise.all(documents.map((document) => owner.send(`mutation { ${document} }`)));
  return answers.map(({ errors }) => errors?.[0]?.extensions?.code);
}

const messages = (world: World, text: string) =>
  world
    .log()
    .split('\n')
    .filter((line) => line.includes(text));
const isKnownWrong = (world: World) => messages(world, 'until then changes are refused').length;

describeOwnEsdb('on EventStoreDB', () => {
  beforeAll(async () => {
    ({ connectionString: esdb } = await ownServer());
  });

  it.each([
    ['ahead', HOUR],
    ['behind', -HOUR],
  ])('a process whose clock is an hour %s writes nothing from its first change on, and verifies', async (_way, skew) => {
    const right = await startServer(temporaryDirectory(), { KEYLEDGER_STORE: esdb });
    const elsewhere = await right.client();
    const held = await elsewhere.newKey();
    let now = () => Date.now() + skew;
    const world = await openOnEsdb({ clock: () => now() });
    const owner = await world.client({ account: elsewhere.account, ttl: (3 * HOUR) / 1000 });

    const secret = JSON.stringify({ secret: held.secret });
    const refused = await Promise.all([
      refusals(owner, held.key.keyId),
      ask(`${world.url}/v1/leaked`, { method: 'POST', headers: ['Content-Type', 'application/json'], body: secret }),
    ]);
    expect(refused[0]).toEqual(['CLOCK_SKEW', 'CLOCK_SKEW', 'CLOCK_SKEW']);
    expectProblem(refused[1], 'CLOCK_SKEW');
    expect(await statusOf(world, held)).toBe(200);
    expect(await readinessOf(world)).toMatchObject({
      status: 200,
      body: { verification: { ready: true }, mutations: { possible: false, code: 'CLOCK_SKEW' } },
    });
    const metrics = await scrape(world);
    expect(Math.abs(valueIn(metrics, 'keyledger_clock_skew_seconds') - skew / 1000)).toBeLessThan(60);
    expect(valueIn(metrics, 'keyledger_mutations_total', { mutation: 'createKey', result: 'clock_skew' })).toBe(1);
    expect(isKnownWrong(world)).toBe(1);

    // Nothing was written: the other process appends the second event.
    await elsewhere.newKey();
    const { data } = await elsewhere.send<{ account: { history: { edges: { node: { version: number } }[] } } }>(
      '{ account { history(first: 100) { edges { node { version } } } } }',
    );
    expect(Math.max(...(data?.account.history.edges.map(({ node }) => node.version) ?? []))).toBeLessThanOrEqual(2);
    expect((await elsewhere.readAccount()).keys).toHaveLength(2);

    now = Date.now;
    expect(await owner.deleteKey(held.key.keyId)).toMatchObject({ __typename: 'DeleteKeyPayload' });
    expect(messages(world, 'changes are accepted')).toHaveLength(1);
    expect((await readinessOf(world)).body.mutations).toEqual({ possible: true });
    await world.stop();
    expect(await right.end('SIGTERM')).toBe(0);
  });

  it('a process whose clock is right, within what clocks may differ, knows so', async () => {
    const world = await openOnEsdb({ clock: () => Date.now() + 10_000 });
    await (await world.client({})).newKey();
    expect(Math.abs(valueIn(await scrape(world), 'keyledger_clock_skew_seconds') - 10)).toBeLessThan(9);
    expect(isKnownWrong(world)).toBe(0);
    await world.stop();
  });

  describe('through a proxy that lets no HTTP/1.1 pass', () => {
    /** The first bytes of gRPC (RFC 9113, section 3.4). */
    const PREFACE = 'PRI * HTTP/2.0';

    async function behindProxy(): Promise<string> {
      const port = Number(/:(\d+)\?/.exec(esdb)?.[1]);
      const proxy = createServer((socket) => {
        socket.on('error', () => {});
        socket.once('data', (first) => {
          if (!first.toString('latin1').startsWith(PREFACE)) return socket.destroy();
          const upstream = connect(port, '127.0.0.1');
          upstream.on('error', () => socket.destroy());
          upstream.write(first);
          return socket.pipe(upstream).pipe(socket);
        });
      }).listen(0, '127.0.0.1');
      await once(proxy, 'listening');
      cleanUpLater(() => proxy.close());
      const address = proxy.address();
      return `esdb://127.0.0.1:${typeof address === 'object' && address?.port}?tls=false`;
    }

    it('nothing is refused until the first own append is read back; that it is not known is said', async () => {
      const world = await openOnEsdb({ clock: () => Date.now() + HOUR }, await behindProxy());
      const owner = await world.client({ ttl: (3 * HOUR) / 1000 });
      expect(await owner.createKey()).toMatchObject({ __typename: 'CreateKeyPayload' });
      expect(messages(world, 'cannot be read over HTTP')).toHaveLength(1);
      while (isKnownWrong(world) === 0) await delay(25);
      const [held] = (await owner.readAccount()).keys;
      expect(await refusals(owner, held?.keyId ?? '')).toEqual(['CLOCK_SKEW', 'CLOCK_SKEW', 'CLOCK_SKEW']);
      await world.stop();
    });
  });
});

it('on SQLite there is no other clock: nothing is refused, and no skew is told', async () => {
  const world = await openWorld({ clock: () => Date.now() + HOUR });
  const owner = await world.client({ ttl: (3 * HOUR) / 1000 });
  expect(await owner.createKey()).toMatchObject({ __typename: 'CreateKeyPayload' });
  const family = (await scrape(world)).find(({ name }) => name === 'keyledger_clock_skew_seconds');
  expect(family?.samples).toEqual([]);
});
