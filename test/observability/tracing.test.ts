import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateKeyDocument } from '../../src/client/gql/graphql.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { type CollectedSpan, type Collector, startCollector, valuesOf } from '../support/collector.js';
import { itWhenLong } from '../support/long.js';
import { type Server, startServer } from '../support/server.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
const SERVER = 2;
const CLIENT = 3;
const ERROR = 2;

/** Nothing is sent before the server stops: a test then sees everything, and the stop has something to send. */
const AT_THE_END = { OTEL_BSP_SCHEDULE_DELAY: '3600000', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2048' };

interface Used {
  /** Values that must be in no trace. */
  hidden: string[];
  code: number | null;
  output: string;
}

/** Creates a key within the caller's trace, deletes it, fails to delete it again, and ends the server. */
async function use(server: Server): Promise<Used> {
  const client = await server.client();
  const response = await fetch(`${server.url}/graphql?hidden=in-the-query`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${client.token}`,
      traceparent: `00-${TRACE}-${CALLER}-01`,
      tracestate: 'vendor=hidden-in-the-state',
      baggage: 'note=hidden-in-the-baggage',
    },
    body: JSON.stringify({ query: CreateKeyDocument.toString(), variables: { input: { name: 'a-name-of-mine' } } }),
  });
  const { createKey } = ((await response.json()) as { data: { createKey: { key: { keyId: string }; secret: string } } }).data;
  const { key, secret } = createKey;
  await client.deleteKey(key.keyId);
  await client.deleteKey(key.keyId);
  await fetch(`${server.url}/${key.keyId}/${secret}`);
  const code = await server.end('SIGTERM');
  const hidden = [secret, secret.slice(4), key.keyId, key.keyId.slice(4), client.account, client.token, 'a-name-of-mine'];
  return { hidden: [...hidden, 'in-the-query', 'in-the-state', 'in-the-baggage', 'tester'], code, output: server.output() };
}

describe('with a collector', () => {
  let collector: Collector;
  let used: Used;
  let spans: CollectedSpan[];
  const named = (name: string) => spans.filter((span) => span.name === name);
  const childOf = (parent: CollectedSpan | undefined, name: string) =>
    spans.find((span) => span.name === name && span.parentSpanId === parent?.spanId);

  beforeAll(async () => {
    collector = await startCollector();
    const server = await startServer(temporaryDirectory(), {
      ...AT_THE_END,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=ours',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    });
    used = await use(server);
    spans = collector.spans();
  });

  it('sends what is left before it stops', () => {
    expect(used.code).toBe(0);
    expect(spans.length).toBeGreaterThan(5);
  });

  it('goes where the standard variables say, as what they say', () => {
    expect(collector.exports[0]).toMatchObject({ path: '/v1/traces', headers: { 'x-tenant': 'ours' } });
    expect(collector.resource()).toMatchObject({ 'service.name': 'keyledger', 'deployment.environment.name': 'test' });
  });

  it("joins its caller's trace: the request in it, the command in that, the append in that", () => {
    const request = named('POST /graphql').find(({ traceId }) => traceId === TRACE);
    expect(request).toMatchObject({ parentSpanId: CALLER, kind: SERVER });
    const command = childOf(request, 'createKey');
    const append = childOf(command, 'EventStore.append');
    expect(command).toMatchObject({ traceId: TRACE });
    expect(append).toMatchObject({ traceId: TRACE, kind: CLIENT });
  });

  it('begins a trace of its own where the caller has none, for each request another', () => {
    const others = named('POST /graphql').filter(({ traceId }) => traceId !== TRACE);
    expect(others).toHaveLength(2);
    expect(new Set(others.map(({ traceId }) => traceId)).size).toBe(2);
    expect(others.every(({ parentSpanId }) => !parentSpanId)).toBe(true);
  });

  it('tells route, method, status and outcome', () => {
    const attributes = (name: string) => named(name).map((span) => valuesOf(span.attributes));
    expect(attributes('POST /graphql')[0]).toEqual({
      'http.request.method': 'POST',
      'http.route': '/graphql',
      'http.response.status_code': 200,
      'keyledger.request_id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(attributes('GET')).toMatchObject([{ 'http.response.status_code': 404 }]);
    expect(attributes('deleteKey')).toEqual([{ 'keyledger.outcome': 'ok' }, { 'keyledger.outcome': 'not_found' }]);
    expect(spans.filter(({ status }) => status.code === ERROR)).toEqual([]);
  });

  it('holds no secret, no key, no account, no token, no name, and nothing else that a caller gave', () => {
    const text = collector.exports.map(({ body }) => body.toString()).join('');
    expect(used.hidden.filter((needle) => text.includes(needle))).toEqual([]);
    expect(text).not.toMatch(/k(?:ls|ey)_[0-9A-Za-z]{8}/);
  });
});

it('speaks protobuf where nobody asks for JSON, and hides the same there', async () => {
  const collector = await startCollector();
  const env = { ...AT_THE_END, OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/here` };
  const { hidden } = await use(await startServer(temporaryDirectory(), env));
  expect(collector.exports[0]).toMatchObject({ path: '/here', headers: { 'content-type': 'application/x-protobuf' } });
  const bytes = Buffer.concat(collector.exports.map(({ body }) => body));
  expect(bytes.includes('EventStore.append')).toBe(true);
  expect(hidden.filter((needle) => bytes.includes(needle))).toEqual([]);
});

itWhenLong('samples as the standard variables say', async () => {
  const collector = await startCollector();
  const env = { ...AT_THE_END, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER: 'always_off' };
  await use(await startServer(temporaryDirectory(), env));
  expect(collector.exports).toEqual([]);
});

itWhenLong('stops although the collector does not answer', async () => {
  const collector = await startCollector({ silent: true });
  const patience = { OTEL_EXPORTER_OTLP_TIMEOUT: '120000', OTEL_BSP_EXPORT_TIMEOUT: '120000' };
  const env = { ...AT_THE_END, ...patience, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  const { code, output } = await use(await startServer(temporaryDirectory(), env));
  expect(collector.exports).toHaveLength(1);
  expect(code).toBe(0);
  expect(output).toContain('"stopped"');
});

it('serves although the collector cannot be reached, and says so once', async () => {
  const env = {
    OTEL_BSP_SCHEDULE_DELAY: '10',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_EXPORTER_OTLP_TIMEOUT: '50',
  };
  const server = await startServer(temporaryDirectory(), env);
  while (!server.output().includes('traces could not be exported')) {
    await fetch(`${server.url}/livez`);
    await delay(25);
  }
  const { hidden, output } = await use(server);
  expect(output.match(/traces could not be exported/g)).toHaveLength(1);
  expect(hidden.filter((needle) => needle.length > 20 && output.includes(needle))).toEqual([]);
});

describe('what is loaded', () => {
  const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };
  const WITHOUT: [when: string, env: Record<string, string>][] = [
    ['the standard variables say nothing of traces', { OTEL_SERVICE_NAME: 'x', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }],
    ['the SDK is disabled', { ...ENDPOINT, OTEL_SDK_DISABLED: 'true' }],
    ['traces could not be exported', { ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }],
  ];
  const STARTS = [...WITHOUT.map(([, env]) => env), ENDPOINT].map((env) => {
    return { PORT: '0', KEYLEDGER_DATA: temporaryDirectory(), ...env };
  });

  /** Starts with each of these settings in turn, and prints which packages have been loaded by then. */
  const LOADED = `
    import { createRequire } from 'node:module';
    import { createApp } from ${JSON.stringify(join(import.meta.dirname, '../../dist/app.js'))};
    import { readConfig } from ${JSON.stringify(join(import.meta.dirname, '../../dist/config.js'))};
    import { createLog } from ${JSON.stringify(join(import.meta.dirname, '../../dist/observability/log.js'))};
    const loaded = [];
    for (const env of ${JSON.stringify(STARTS)}) {
      Object.assign(process.env, env);
      const app = await createApp({ config: readConfig(process.env), log: createLog('silent') });
      await app.start();
      await app.ready;
      const packages = Object.keys(createRequire(import.meta.url).cache).map((file) => /@opentelemetry\\/[^/]+/.exec(file)?.[0]);
      loaded.push([...new Set(packages)].filter(Boolean));
      for (const name of Object.keys(env)) delete process.env[name];
    }
    process.stdout.write(JSON.stringify(loaded));
    process.exit();
  `;
  let loaded: string[][];
  beforeAll(() => {
    loaded = JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '--eval', LOADED], { env: {}, encoding: 'utf8' }),
    );
  });

  it.each(WITHOUT.map(([when], start) => [when, start] as const))('is nothing of the SDK where %s', (_when, start) => {
    expect(loaded[start]).toEqual(['@opentelemetry/api']);
  });

  it('is the SDK where there is somewhere to send traces to', () => {
    expect(loaded[WITHOUT.length]).toContain('@opentelemetry/sdk-trace-base');
  });
});
