import { newKeyMaterial } from '../../../src/domain/keys/secret.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../../src/store/streams.js';
import { ask, basic, bearer, type PlainAnswer } from '../../support/http.js';
import { expectProblem } from '../../support/problem.js';
import { eventsOf } from '../../support/store-doubles.js';
import { openWorld, type World } from '../../support/world.js';

const TOKEN = `machine-${'x'.repeat(32)}`;
/** One attempt comes back after half a minute, long after a test has ended. */
const env = { KEYLEDGER_FAILURES_PER_MINUTE: '2' };
const WRONG = bearer('wrong');

const verify = ({ url }: World, headers: string[] = []) => ask(`${url}/v1/verify`, { headers });
const statuses = async (world: World, all: string[][]) => {
  const found: number[] = [];
  for (const headers of all) found.push((await verify(world, headers)).status);
  return found;
};

function expectTooMany(answer: PlainAnswer): void {
  expectProblem(answer, 'RATE_LIMITED');
  expect(answer.headers['retry-after']).toMatch(/^(?:[1-9]|[12]\d|30)$/);
  expect(answer.headers).not.toHaveProperty('www-authenticate');
}

async function limitedWorld(more = {}) {
  const world = await openWorld({ env: { ...env, ...more } });
  const { key, secret } = await (await world.client({})).newKey({ name: 'good', scopes: ['read'] });
  return { world, good: basic(key.keyId, secret), secret };
}

describe('failures of a client', () => {
  it('are answered with 429 and Retry-After over the limit, each in the same way', async () => {
    const { world, good, secret } = await limitedWorld();
    expect(await statuses(world, [good, WRONG, good, basic('key_x', 'wrong'), good])).toEqual([200, 401, 200, 401, 200]);
    const { keyId: unknown, secret: other } = newKeyMaterial();
    const bad = [
      WRONG,
      bearer(other),
      basic(unknown, secret),
      basic('key_x', ''),
      ['Authorization', 'Basic ?'],
      [...good, ...good],
    ];
    const wires = new Set<string>();
    for (const headers of bad) {
      const answer = await verify(world, headers);
      expectTooMany(answer);
      wires.add(answer.wire.replace(/retry-after: \d+/, ''));
    }
    expect(wires.size).toBe(1);
  });

  it("never stand in the way of a good key: who shares an attacker's address goes on", async () => {
    const { world, good, secret } = await limitedWorld();
    expect(await statuses(world, Array(5).fill(WRONG))).toEqual([401, 401, 429, 429, 429]);
    expect(await statuses(world, [good, bearer(secret), good])).toEqual([200, 200, 200]);
    expectProblem(await ask(`${world.url}/v1/verify?scope=admin`, { headers: good }), 'INSUFFICIENT_SCOPE');
    expectProblem(await ask(`${world.url}/v1/verify?scopes=read`, { headers: good }), 'UNKNOWN_PARAMETER');
  });

  it('leave whoever sends no credentials with the question for some', async () => {
    const { world } = await limitedWorld();
    expect(await statuses(world, [WRONG, WRONG, WRONG, [], []])).toEqual([401, 401, 429, 401, 401]);
  });

  it('are neither good keys, nor missing scopes, nor questions without credentials', async () => {
    const { world, good } = await limitedWorld();
    for (let index = 0; index < 5; index += 1) {
      expect(await statuses(world, [good, []])).toEqual([200, 401]);
      expect((await ask(`${world.url}/v1/verify?scope=admin`, { headers: good })).status).toBe(403);
    }
    expect(await statuses(world, [WRONG, WRONG, WRONG])).toEqual([401, 401, 429]);
  });

  it('are malformed and doubled credentials too', async () => {
    const { world, good } = await limitedWorld();
    expect(await statuses(world, [['Authorization', 'Basic ?'], [...good, ...good], WRONG])).toEqual([401, 401, 429]);
  });

  it('count where a service introspects with a wrong token, and together with the others; a right token is always answered', async () => {
    const { world, good, secret } = await limitedWorld({ KEYLEDGER_INTROSPECTION_TOKEN: TOKEN });
    const introspect = (headers: string[], token = newKeyMaterial().secret) =>
      ask(`${world.url}/v1/introspect`, {
        method: 'POST',
        headers: [...headers, 'Content-Type', 'application/x-www-form-urlencoded'],
        body: `token=${token}`,
      });
    for (let index = 0; index < 5; index += 1) expect((await introspect(bearer(TOKEN))).body).toBe('{"active":false}');
    expect((await introspect(bearer('wrong'))).status).toBe(401);
    expect(await statuses(world, [WRONG, good, WRONG])).toEqual([401, 200, 429]);
    expectTooMany(await introspect(bearer('wrong')));
    expectTooMany(await introspect(basic('machine', TOKEN)));
    expect((await introspect([])).status).toBe(401);
    expect((await introspect(bearer(TOKEN))).body).toBe('{"active":false}');
    expect(JSON.parse((await introspect(bearer(TOKEN), secret)).body)).toMatchObject({ active: true });
  });

  it('are not counted unless the setting says so', async () => {
    const world = await openWorld();
    expect(new Set(await statuses(world, Array(50).fill(WRONG)))).toEqual(new Set([401]));
  });
});

describe('the address of a client', () => {
  const from = (addresses: string) => [...WRONG, 'X-Forwarded-For', addresses];
  /** The tests themselves send requests from 127.0.0.1. */
  const trusted = { KEYLEDGER_TRUSTED_PROXIES: '127.0.0.0/8, 10.0.0.1, 2001:db8:ffff::/48' };

  it("is the socket's, whatever somebody says who is not trusted", async () => {
    for (const more of [{}, { KEYLEDGER_TRUSTED_PROXIES: '192.0.2.1' }]) {
      const { world } = await limitedWorld(more);
      expect(await statuses(world, ['1.1.1.1', '2.2.2.2', '3.3.3.3'].map(from))).toEqual([401, 401, 429]);
    }
  });

  it('is the forwarded one where a trusted proxy says so, and only what that one has added', async () => {
    const { world } = await limitedWorld(trusted);
    const spoofed = ['9.9.9.9, 1.1.1.1', '8.8.8.8, 1.1.1.1', '7.7.7.7, 1.1.1.1, 10.0.0.1'];
    expect(await statuses(world, spoofed.map(from))).toEqual([401, 401, 429]);
    expect(await statuses(world, ['2.2.2.2'].map(from))).toEqual([401]);
  });

  it.each([
    ['192.0.2.1', ['192.0.2.1:4000', '::ffff:192.0.2.1', '[::ffff:192.0.2.1]:4001', '::FFFF:c000:201']],
    ['2001:db8:1:2::1', ['[2001:db8:1:2::1]', '[2001:db8:1:2::1]:4000', '2001:DB8:1:2:0:0:0:3', '2001:db8:1:2:ffff::']],
  ])('is %s, however proxies write it: with ports, in brackets, as one that is mapped', async (address, others) => {
    for (const other of others) {
      const { world } = await limitedWorld(trusted);
      expect(await statuses(world, [address, other, address].map(from))).toEqual([401, 401, 429]);
    }
  });

  it("is not everybody's where proxies write ports: one who fails stops nobody else", async () => {
    const { world } = await limitedWorld(trusted);
    const attacker = ['192.0.2.1:1', '192.0.2.1:2', '192.0.2.1:3'];
    expect(await statuses(world, attacker.map(from))).toEqual([401, 401, 429]);
    for (const other of ['192.0.2.2:1', '[2001:db8:1:2::1]:1', '[::ffff:192.0.2.3]:1', '192.0.2.4'])
      expect(await statuses(world, [other, other].map(from))).toEqual([401, 401]);
  });

  it.each(['10.0.0.1:443', '[::ffff:10.0.0.1]:443', '::ffff:a00:1', '[2001:db8:ffff:1::1]:443', '127.0.0.9:80'])(
    'is behind every trusted proxy, also one that is written as %s',
    async (proxy) => {
      const { world } = await limitedWorld(trusted);
      expect(
        await statuses(
          world,
          [1, 2, 3].map((port) => from(`192.0.2.1:${port}, ${proxy}`)),
        ),
      ).toEqual([401, 401, 429]);
      expect(await statuses(world, [from(`192.0.2.2:1, ${proxy}`)])).toEqual([401]);
    },
  );

  it('is the first 64 bits of an IPv6 address', async () => {
    const { world } = await limitedWorld(trusted);
    const same = ['2001:db8:1:2::1', '2001:db8:1:2:ffff::', '2001:DB8:1:2:0:0:0:3'];
    expect(await statuses(world, [...same, '2001:db8:1:3::1'].map(from))).toEqual([401, 401, 429, 401]);
  });

  it('is never a 500, whatever is forwarded', async () => {
    const { world } = await limitedWorld(trusted);
    const odd = [
      '',
      ',',
      ' , ,',
      'unknown',
      '_hidden',
      '1.2.3.4:x',
      '[::1',
      '::1]',
      '[]:80',
      'x'.repeat(8000),
      '999.1.1.1',
      '::1%eth0',
    ];
    for (const address of odd) expect([401, 429]).toContain((await verify(world, from(address))).status);
  });
});

describe('mutations of an account', () => {
  const CREATE = 'mutation { createKey(input: { name: "k" }) { __typename } }';

  it('get the error RATE_LIMITED over the limit, say when to try again, and write nothing', async () => {
    const store = new SqliteEventStore(':memory:');
    const world = await openWorld({ store, env: { KEYLEDGER_MUTATIONS_PER_MINUTE: '2' } });
    const client = await world.client({});
    expect((await client.send(CREATE)).errors).toBeUndefined();
    const three = `mutation { ${['a', 'b', 'c'].map((name) => `${name}: createKey(input: { name: "k" }) { __typename }`).join(' ')} }`;
    const { status, errors } = await client.send(three);
    expect(status).toBe(200);
    const extensions = { code: 'RATE_LIMITED', retryAfter: expect.any(Number) };
    expect(errors).toMatchObject(['b', 'c'].map((name) => ({ path: [name], extensions })));
    const retryAfter = Number(Reflect.get(errors?.[0]?.extensions ?? {}, 'retryAfter'));
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(30);
    expect(await eventsOf(store, streamOf('apiKeys', client.account))).toHaveLength(2);
  });

  it('do not count for other accounts, and queries do not count at all', async () => {
    const world = await openWorld({ env: { KEYLEDGER_MUTATIONS_PER_MINUTE: '1' } });
    const [one, other] = [await world.client({}), await world.client({})];
    await one.newKey();
    await other.newKey();
    expect((await one.send(CREATE)).errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
    for (let index = 0; index < 5; index += 1) expect((await one.readAccount()).keys).toHaveLength(1);
  });
});
