import { rmSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { newKeyMaterial } from '../../src/domain/keys/secret.js';
import { Metrics } from '../../src/observability/metrics.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { newEvent } from '../support/events.js';
import { type MetricFamily, parseExposition, scrape, valueIn } from '../support/exposition.js';
import { follow } from '../support/feed.js';
import { openWorld, type World } from '../support/world.js';

const NAMES = [
  'keyledger_build_info',
  'keyledger_http_requests_total',
  'keyledger_clock_skew_seconds',
  'keyledger_clock_steps_back_total',
  'keyledger_events_ahead_seconds',
  'keyledger_http_request_duration_seconds',
  'keyledger_verifications_total',
  'keyledger_verification_duration_seconds',
  'keyledger_mutations_total',
  'keyledger_mutations_possible',
  'keyledger_graphql_errors_total',
  'keyledger_store_duration_seconds',
  'keyledger_append_conflicts_total',
  'keyledger_projection_position',
  'keyledger_projection_age_seconds',
  'keyledger_projection_delay_seconds',
  'keyledger_quarantined_accounts',
  'keyledger_left_out_events_total',
  'keyledger_removed_reads',
  'keyledger_removed_reads_before_timestamp_seconds',
];

/** Scrapes until the condition holds: the server counts a request after it has sent the answer. */
async function until(world: World, holds: (families: MetricFamily[]) => boolean): Promise<MetricFamily[]> {
  for (;;) {
    const families = await scrape(world);
    if (holds(families)) return families;
    await delay(25);
  }
}

function seriesOf(families: MetricFamily[]): Set<string> {
  const series = families.flatMap(({ samples }) => samples.map(({ name, labels }) => JSON.stringify([name, labels])));
  return new Set(series.filter((one) => one.includes('keyledger_http_')));
}

describe('a Keyledger', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });

  it('shows its metrics to anyone, in the text format of Prometheus, kept by no cache', async () => {
    const response = await fetch(`${world.url}/metrics`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const families = parseExposition(await response.text());
    expect(families.map(({ name }) => name)).toEqual(expect.arrayContaining(NAMES));
  });

  it('names them by the conventions: a prefix, base units, `_total` for counters alone, help for each', async () => {
    const own = (await scrape(world)).filter(({ name }) => name.startsWith('keyledger_'));
    expect(own.map(({ name }) => name).sort()).toEqual(NAMES.toSorted());
    for (const { name, type, help } of own) {
      expect(name).toMatch(/^[a-z]+(_[a-z]+)+$/);
      expect(name).not.toMatch(/_(milliseconds|ms|microseconds|minutes|count|sum|bucket)$|counter|gauge|histogram/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      if (type === 'histogram') expect(name).toMatch(/_seconds$/);
      expect(help).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('has histograms whose buckets add up', async () => {
    await (await world.client({})).newKey();
    const histograms = (await scrape(world)).filter(({ type }) => type === 'histogram');
    expect(histograms.length).toBeGreaterThan(4);
    for (const { name, samples } of histograms) {
      for (const { labels, value } of samples.filter((sample) => sample.name === `${name}_count`)) {
        const ofSeries = samples.filter(
          (sample) =>
            sample.name === `${name}_bucket` && Object.entries(labels).every(([key, text]) => sample.labels[key] === text),
        );
        const counts = ofSeries.map((sample) => sample.value);
        expect(counts).toEqual(counts.toSorted((a, b) => a - b));
        expect(ofSeries.at(-1)).toMatchObject({ labels: { le: '+Inf' }, value });
      }
    }
  });

  it('counts every verification once, by its outcome', async () => {
    const { key, secret } = await (await world.client({})).newKey();
    const counts = async () => {
      const families = await scrape(world);
      const of = (outcome: string) => valueIn(families, 'keyledger_verifications_total', { outcome });
      return [of('verified'), of('refused')];
    };
    expect(await counts()).toEqual([0, 0]);
    expect(world.app.verification.verify(key.keyId, secret)).toBeDefined();
    expect(await counts()).toEqual([1, 0]);
    expect(world.app.verification.verify(key.keyId, newKeyMaterial().secret)).toBeUndefined();
    expect(await counts()).toEqual([1, 1]);
    expect(world.app.verification.verify('key_unknown', secret)).toBeUndefined();
    expect(await counts()).toEqual([1, 2]);
    for (let count = 4; count <= 33; count += 1) world.app.verification.verify(key.keyId, secret);
    expect(await counts()).toEqual([31, 2]);
    // One in 16 is timed, beginning with the first.
    expect(valueIn(await scrape(world), 'keyledger_verification_duration_seconds_count')).toBe(3);
  });

  it('counts every mutation once, by its result', async () => {
    const client = await world.client({});
    const results = async () => {
      const families = await scrape(world);
      const of = (mutation: string, result: string) => valueIn(families, 'keyledger_mutations_total', { mutation, result });
      return [
        of('createKey', 'ok'),
        of('createKey', 'limit_reached'),
        of('createKey', 'bad_input'),
        of('rotateKey', 'ok'),
        of('deleteKey', 'ok'),
        of('deleteKey', 'not_found'),
      ];
    };
    const before = await results();
    const { key } = await client.newKey();
    await client.newKey();
    await client.createKey();
    await client.send('mutation { createKey(input: { name: "x", expiresAt: "2001-01-01T00:00:00Z" }) { __typename } }');
    await client.rotateKey({ keyId: key.keyId });
    await client.deleteKey(key.keyId);
    expect((await results()).map((count, index) => count - (before[index] ?? 0))).toEqual([2, 1, 1, 1, 0, 1]);
  });

  it('counts every error of GraphQL once, by its code, wherever it comes from; a caller makes no codes', async () => {
    const codes = async () => {
      const { samples = [] } = (await scrape(world)).find(({ name }) => name === 'keyledger_graphql_errors_total') ?? {};
      return new Map(samples.map(({ labels, value }) => [labels.code, value]));
    };
    const client = await world.client({});
    const analyst = await world.client({ role: 'analyst' });
    const post = (headers: Record<string, string>, body = '{"query":"{ __typename }"}') =>
      fetch(`${world.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${client.token}`, ...headers },
        body,
      });
    const before = await codes();
    await post({ authorization: '' });
    await post({ accept: 'image/png' });
    await post({ 'content-type': 'text/plain' });
    await post({ 'content-type': 'application/graphql' });
    await post({}, '{"query":');
    await client.send('{');
    for (const field of ['odd', 'odder']) await client.send(`{ ${field} }`);
    for (const size of [-1, 101]) await client.send('query ($n: Int) { events(first: $n) { edges { cursor } } }', { n: size });
    await client.send('{ a: account(accountId: "x y") { id } }');
    await client.send('{ node(id: "x") { id } }');
    await analyst.send('{ account { id } }');
    await follow(analyst).next();
    const brief = follow(await world.client({ ttl: 1 }));
    expect((await brief.next()).value?.errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
    const counted = [...(await codes())].map(([code, count]) => [code, count - (before.get(code) ?? 0)]);
    expect(Object.fromEntries(counted.filter(([, count]) => count !== 0))).toEqual({
      UNAUTHENTICATED: 2,
      NOT_ACCEPTABLE: 1,
      CSRF_HEADER_REQUIRED: 1,
      UNSUPPORTED_MEDIA_TYPE: 1,
      BAD_REQUEST: 1,
      GRAPHQL_PARSE_FAILED: 1,
      GRAPHQL_VALIDATION_FAILED: 2,
      BAD_USER_INPUT: 4,
      FORBIDDEN: 2,
    });
  });

  it('counts every request once, by route, method and status', async () => {
    const count = (families: MetricFamily[], labels: Record<string, string>) =>
      valueIn(families, 'keyledger_http_requests_total', labels);
    const timed = (families: MetricFamily[]) => valueIn(families, 'keyledger_http_request_duration_seconds_count', livez);
    const livez = { route: '/livez', method: 'GET', status: '200' };
    const refused = { route: '/graphql', method: 'POST', status: '401' };
    await fetch(`${world.url}/livez`);
    const before = await scrape(world);
    await fetch(`${world.url}/livez?a=b`);
    await fetch(`${world.url}/graphql`, { method: 'POST', body: '{}' });
    const after = await until(world, (families) => count(families, refused) > count(before, refused));
    expect(count(after, livez) - count(before, livez)).toBe(1);
    expect(timed(after) - timed(before)).toBe(1);
    expect(count(after, refused) - count(before, refused)).toBe(1);
  });

  it('counts a caller that goes away before there is an answer', async () => {
    const half = request(`${world.url}/graphql`, { method: 'POST', headers: { 'content-length': '100' } });
    half.on('error', () => {});
    half.write('{');
    half.once('socket', (socket) => socket.once('connect', () => setImmediate(() => socket.resetAndDestroy())));
    const gone = { route: '/graphql', method: 'POST', status: '499' };
    const after = await until(world, (families) => valueIn(families, 'keyledger_http_requests_total', gone) > 0);
    expect(valueIn(after, 'keyledger_http_requests_total', gone)).toBe(1);
  });

  it('has no more series after 1,000 odd paths and methods than after the first few', async () => {
    const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND', 'MKCOL', 'SEARCH', 'LOCK'];
    const ask = (index: number) => {
      const method = methods[index % methods.length] ?? 'GET';
      const path = index % 3 === 0 ? `/graphql/${index}` : `/v1/${index}?key_${index}`;
      return new Promise<void>((resolve, reject) => {
        const odd = request(`${world.url}${path}`, { method }, (response) => response.resume().once('end', resolve));
        odd.once('error', reject).end();
      });
    };
    for (const [index] of methods.entries()) await ask(index);
    const other = { route: 'none', method: '_OTHER', status: '404' };
    const before = seriesOf(await until(world, (families) => valueIn(families, 'keyledger_http_requests_total', other) >= 4));
    for (let index = 0; index < 1000; index += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, next) => ask(index + next)));
    }
    const after = await until(
      world,
      (families) => valueIn(families, 'keyledger_http_request_duration_seconds_count', other) >= 404,
    );
    expect([...seriesOf(after)].filter((series) => !before.has(series))).toEqual([]);
  });

  it('tells where its projections are, and that none is behind', async () => {
    await (await world.client({})).newKey();
    const names = ['keys_5', 'history_5', 'transparency_3'];
    const positions = (families: MetricFamily[]) =>
      names.map((projection) => valueIn(families, 'keyledger_projection_position', { projection }));
    const after = await until(world, (families) => new Set(positions(families)).size === 1);
    expect(positions(after)[0]).toBeGreaterThan(0);
    for (const projection of names) {
      expect(valueIn(after, 'keyledger_projection_age_seconds', { projection })).toBeGreaterThan(0);
    }
  });

  it('measures the delay of every live event', async () => {
    const delays = async (of: World) =>
      valueIn(await scrape(of), 'keyledger_projection_delay_seconds_count', { projection: 'keys_5' });
    const before = await delays(world);
    await (await world.client({})).newKey();
    expect(await delays(world)).toBe(before + 1);
  });

  it('names no account, no key, no secret, no subject and no name of a key', async () => {
    const client = await world.client({ subject: 'somebody-in-particular' });
    const { key, secret } = await client.newKey({ name: 'a-name-of-mine' });
    world.app.verification.verify(key.keyId, secret);
    await fetch(`${world.url}/${key.keyId}`, { headers: { authorization: `Basic ${btoa(`${key.keyId}:${secret}`)}` } });
    await client.deleteKey(key.keyId);
    const text = await (await fetch(`${world.url}/metrics`)).text();
    for (const needle of [client.account, 'somebody-in-particular', 'a-name-of-mine', 'key_', 'kls_', secret.slice(4), 'eyJ']) {
      expect(text).not.toContain(needle);
    }
  });
});

it('measures no delay of the events that a projection is filled with', async () => {
  const dataDirectory = temporaryDirectory();
  const past = await openWorld({ dataDirectory });
  await (await past.client({})).newKey();
  await past.stop();
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(dataDirectory, `keys.db${suffix}`), { force: true });
  const families = await scrape(await openWorld({ dataDirectory }));
  expect(valueIn(families, 'keyledger_projection_position', { projection: 'keys_5' })).toBe(1);
  expect(valueIn(families, 'keyledger_projection_delay_seconds_count', { projection: 'keys_5' })).toBe(0);
});

it('measures a delay in seconds, and none of an event from the future', async () => {
  const metrics = new Metrics({ version: '1.2.3', commit: 'unknown' });
  const now = Date.parse('2026-01-01T00:00:10.000Z');
  const events = [2500, -1000].map((age, index) => {
    const metadata = { at: new Date(now - age).toISOString() };
    return { ...newEvent(), metadata, stream: 'apiKeys-a', version: index + 1, position: index + 1 };
  });
  metrics.recordProjected('keys_5', events, now);
  const families = parseExposition(await metrics.exposition());
  const of = (part: string) => valueIn(families, `keyledger_projection_delay_seconds_${part}`, { projection: 'keys_5' });
  expect([of('count'), of('sum')]).toEqual([2, 2.5]);
});
