import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { newKeyMaterial } from '../../../src/domain/keys/secret.js';
import { StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { ask, basic, bearer, type PlainAnswer } from '../../support/http.js';
import { StoreDouble } from '../../support/store-doubles.js';
import { openWorld, type World } from '../../support/world.js';

const ROOT = join(import.meta.dirname, '../../..');
const DOCUMENT = JSON.parse(readFileSync(join(ROOT, 'schema/openapi.json'), 'utf8'));

const TOKEN = `machine-${'x'.repeat(32)}`;
const FORM = ['Content-Type', 'application/x-www-form-urlencoded'];

/** A store that never answers. */
class SilentStore extends StoreDouble {
  // biome-ignore lint/correctness/useYield: it never comes to that
  override async *follow(_category: unknown, _after: unknown, signal: AbortSignal): AsyncGenerator<never> {
    await once(signal, 'abort');
    throw new StoreUnavailable();
  }
}

let world: World;
/** A world that does not verify, since its projections wait for the log. */
let waiting: World;
let good: string[];
beforeAll(async () => {
  world = await openWorld({ env: { KEYLEDGER_INTROSPECTION_TOKEN: TOKEN, KEYLEDGER_FAILURES_PER_MINUTE: '1' } });
  waiting = await openWorld({
    store: new SilentStore(new SqliteEventStore(':memory:')),
    unready: true,
    env: { KEYLEDGER_INTROSPECTION_TOKEN: TOKEN },
  });
  const { key, secret } = await (await world.client({})).newKey({ name: 'documented', scopes: ['read'] });
  good = [key.keyId, secret];
});

const verify = (headers: string[], query = '', { url } = world) => ask(`${url}/v1/verify${query}`, { headers });
const introspect = (body: string, headers = [...bearer(TOKEN), ...FORM], { url } = world) =>
  ask(`${url}/v1/introspect`, { method: 'POST', headers, body });
const introspectBadly = () => introspect('token=wrong', [...bearer('wrong'), ...FORM]);
const report = (body: string, { url } = world) => ask(`${url}/v1/leaked`, { method: 'POST', headers: [], body });
const get = (path: string, { url } = world) => ask(url + path);
const secrets = (count: number) => Array.from({ length: count }, () => newKeyMaterial().secret).join(' ');

/** Every documented answer, and how to get it. Together, the answers of a status have all of its forms. */
const ANSWERS: [path: string, status: number, send: () => Promise<PlainAnswer>][] = [
  ['/v1/verify', 200, () => verify(basic(good[0] ?? '', good[1] ?? ''), '?scope=read')],
  ['/v1/verify', 401, () => verify([])],
  ['/v1/verify', 403, () => verify(bearer(good[1] ?? ''), '?scope=write')],
  ['/v1/verify', 403, () => verify(bearer(good[1] ?? ''), '?scopes=read')],
  ['/v1/verify', 429, async () => (await verify(bearer('wrong'))) && verify(bearer('wrong'))],
  ['/v1/verify', 503, () => verify(bearer(good[1] ?? ''), '', waiting)],
  ['/v1/introspect', 200, () => introspect(`token=${good[1]}`)],
  ['/v1/introspect', 200, () => introspect('token=wrong')],
  ['/v1/introspect', 401, () => introspect('token=wrong', FORM)],
  ['/v1/introspect', 404, async () => introspect('token=wrong', undefined, await openWorld())],
  ['/v1/introspect', 405, () => get('/v1/introspect')],
  ['/v1/introspect', 413, () => introspect(`token=${'x'.repeat(70_000)}`)],
  ['/v1/introspect', 415, () => introspect('{}', [...bearer(TOKEN), 'Content-Type', 'application/json'])],
  ['/v1/introspect', 429, async () => (await introspectBadly()) && introspectBadly()],
  ['/v1/introspect', 503, () => introspect('token=wrong', undefined, waiting)],
  ['/v1/leaked', 400, () => report('nothing')],
  ['/v1/leaked', 405, () => get('/v1/leaked')],
  ['/v1/leaked', 413, () => report(secrets(101))],
  ['/v1/leaked', 413, () => report('x'.repeat(70_000))],
  ['/v1/leaked', 200, () => report(`here: ${newKeyMaterial().secret}.`)],
  // The first is heard for certain, and nearly another minute has to pass until a second one is.
  ['/v1/leaked', 429, async () => (await report(secrets(95))) && report(secrets(95))],
  ['/v1/leaked', 503, () => report(secrets(1), waiting)],
  ['/v1/checkpoint', 200, () => untilStatus(200, () => get('/v1/checkpoint'))],
  ['/v1/checkpoint', 503, () => get('/v1/checkpoint', waiting)],
  ['/livez', 200, () => get('/livez')],
  ['/readyz', 200, () => get('/readyz')],
  ['/readyz', 503, () => get('/readyz', waiting)],
  ['/metrics', 200, () => get('/metrics')],
];

/** Only a worker whose primary does not answer says so: see test/cluster/workers-metrics.test.ts. */
const NOT_HERE = ['/metrics 503'];

it('is a document as OpenAPI 3.1 wants it', async () => {
  expect(await new Validator().validate(structuredClone(DOCUMENT))).toEqual({ valid: true });
});

it('holds every address for programs', () => {
  const source = join(ROOT, 'src/http');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const addresses = files.flatMap((file) => [
    ...readFileSync(join(source, file), 'utf8').matchAll(/'(\/v1\/\w+|\/\w+z|\/metrics)'/g),
  ]);
  expect(Object.keys(DOCUMENT.paths).sort()).toEqual([...new Set(addresses.map(([, address]) => address))].sort());
});

it('is asked here for every answer that it names', () => {
  const named = Object.entries<Record<string, { responses: object }>>(DOCUMENT.paths).flatMap(([path, operations]) =>
    Object.values(operations).flatMap(({ responses }) => Object.keys(responses).map((status) => `${path} ${status}`)),
  );
  const asked = ANSWERS.map(([path, status]) => `${path} ${status}`);
  expect(named.filter((answer) => !answer.endsWith('default')).sort()).toEqual([...new Set([...asked, ...NOT_HERE])].sort());
});

it.each(ANSWERS)('%s answers %i as it says', async (path, status, send) => {
  const answer = await send();
  expect(answer.status).toBe(status);
  const [operation] = Object.values<{ responses: Record<number, Described> }>(DOCUMENT.paths[path]);
  const { headers = {}, content } = operation?.responses[status] ?? {};
  for (const [name, { required }] of Object.entries(headers)) {
    if (required) expect({ [name]: answer.headers[name] }).toEqual({ [name]: expect.any(String) });
  }
  if (!content) {
    expect(answer.body).toBe('');
    return;
  }
  const [type = ''] = (answer.headers['content-type'] ?? '').split(';');
  expect(Object.keys(content)).toEqual([type]);
  const body = type.endsWith('json') ? JSON.parse(answer.body) : answer.body;
  expect(faultsIn(body, content[type]?.schema ?? {})).toEqual([]);
});

it.each(examples(DOCUMENT))('the example at %s is one', (_place, example, schema) => {
  if (typeof example !== 'string') expect(faultsIn(example, schema)).toEqual([]);
});

interface Described {
  headers?: Record<string, { required: boolean }>;
  content?: Record<string, { schema: object }>;
}

/** The value's faults by its schema, which may refer to others in the document. */
function faultsIn(value: unknown, schema: object): unknown[] {
  const ajv = new Ajv2020({ strict: false });
  const { components } = DOCUMENT;
  const validate = ajv.compile({ ...schema, components });
  return validate(value) ? [] : (validate.errors ?? []);
}

/** Each example with its schema and its place. */
function examples(part: unknown, place = ''): [place: string, example: unknown, schema: object][] {
  if (typeof part !== 'object' || part === null) return [];
  const { example, schema } = part as { example?: unknown; schema?: object };
  const own: [string, unknown, object][] = example !== undefined && schema ? [[place, example, schema]] : [];
  return [...own, ...Object.entries(part).flatMap(([name, within]) => examples(within, `${place}/${name}`))];
}

async function untilStatus(status: number, send: () => Promise<PlainAnswer>): Promise<PlainAnswer> {
  for (;;) {
    const answer = await send();
    if (answer.status === status) return answer;
    await delay(25);
  }
}
