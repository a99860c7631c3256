import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CATEGORIES, type EventStore } from '../../src/store/event-store.js';
import { keyledger } from '../cli/run.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { startCollector } from '../support/collector.js';
import { ask, basic, bearer } from '../support/http.js';
import { oneUnlessLong } from '../support/long.js';
import { startServer } from '../support/server.js';
import { openLogOf, STORES, storeSettings } from '../support/two-servers.js';

const TOKEN = 'x'.repeat(32);
const FORM = ['Content-Type', 'application/x-www-form-urlencoded'];

/**
 * Sends the secret, right or wrong, to every place that takes one, and has its key deleted.
 * @returns every answer, with its headers
 */
async function use(url: string, keyId: string, secret: string): Promise<string[]> {
  const [verify, introspect, leaked] = ['verify', 'introspect', 'leaked'].map((name) => `${url}/v1/${name}`) as [
    string,
    string,
    string,
  ];
  const asked = { method: 'POST', headers: [...FORM, ...bearer(TOKEN)] };
  const answers = [
    await ask(verify, { headers: basic(keyId, secret) }),
    await ask(verify, { headers: bearer(secret) }),
    await ask(verify, { headers: basic(keyId, `${secret}x`) }),
    await ask(verify, { headers: basic(secret, keyId) }),
    await ask(`${verify}?scope=${secret}`, { headers: bearer(secret) }),
    await ask(introspect, { ...asked, body: `token=${secret}` }),
    await ask(introspect, { ...asked, body: `token=${keyId}:${secret}` }),
    await ask(leaked, { ...asked, body: `secret=${secret.slice(0, -1)}&secret=${secret.slice(1)}` }),
    await ask(leaked, { ...asked, body: `secret=${secret}` }),
    await ask(verify, { headers: bearer(secret) }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 401, 403, 200, 200, 400, 200, 401]);
  return answers.map(({ wire }) => wire);
}

/** The bytes of every file below the directory. */
function contents(directory: string): [file: string, bytes: Buffer][] {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name)).map((file) => [file, readFileSync(file)]);
}

/** Everything in the log, as text. */
async function textOf(store: EventStore): Promise<string> {
  const pages: string[] = [];
  for (const category of CATEGORIES) for await (const page of store.readAll(category)) pages.push(JSON.stringify(page));
  return pages.join('');
}

describe.each(oneUnlessLong(STORES))('on %s', (_name, connectionString, it) => {
  it('leaves the secret, whole or without its prefix, nowhere but in the one answer', async () => {
    const data = temporaryDirectory();
    const collector = await startCollector();
    const server = await startServer(data, {
      ...storeSettings(connectionString),
      LOG_LEVEL: 'trace',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      KEYLEDGER_INTROSPECTION_TOKEN: TOKEN,
    });
    const client = await server.client();
    const responses: string[] = [];
    const secrets: string[] = [];
    const send = async (query: string) => {
      const { text } = await client.send(query);
      responses.push(text);
      return text;
    };
    const take = (text: string) => {
      const [secret = 'none'] = /kls_[0-9A-Za-z]{49}/.exec(responses.pop() ?? '') ?? [];
      secrets.push(secret);
      return /key_[0-9A-Za-z]{22}/.exec(text)?.[0];
    };
    const payload =
      '{ __typename ... on CreateKeyPayload { key { keyId hint } secret account { keys { name hint } } } ... on Error { message } }';
    const first = take(await send(`mutation { createKey(input: { name: "a", idempotencyKey: "r" }) ${payload} }`));
    await send(`mutation { createKey(input: { name: "a", idempotencyKey: "r" }) ${payload} }`);
    const second = take(await send(`mutation { rotateKey(input: { keyId: "${first}", overlapSeconds: 60 }) ${payload} }`));
    await send(`mutation { createKey(input: { name: "third" }) ${payload} }`);
    await send(`mutation { createKey(input: { name: "${secrets[0]}" }) ${payload} }`);
    await send('{ account { keys { id keyId name hint scopes createdBy } } }');
    await send(`{ events(filter: { account: "${client.account}", actor: "${secrets[0]}" }) { edges { cursor } } }`);
    const asked = await ask(`${server.url}/v1/verify`, { headers: bearer(secrets[1] ?? '') });
    expect(asked.status).toBe(200);
    responses.push(...(await use(server.url, first ?? '', secrets[0] ?? '')));
    await send(`mutation { deleteKey(input: { keyId: "${second}" }) { __typename } }`);
    const exported = await keyledger(['export', '--account', client.account], {
      KEYLEDGER_DATA: data,
      ...storeSettings(connectionString),
    });

    expect(secrets).toHaveLength(2);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    const store = await openLogOf(data, connectionString);
    const records = [`["${second}",1,`, `"filter":{"account":"${client.account}"`];
    // The server records uses and reads later. As it stops, it does so within a time limit, which a busy machine may exceed.
    for (let text = ''; !records.every((one) => text.includes(one)); text = await textOf(store)) await delay(500);
    expect(await server.end('SIGTERM')).toBe(0);
    const streams = await textOf(store);
    await store.close();
    const places: [string, Buffer | string][] = [
      ...contents(data),
      ['log', server.output()],
      ['streams', streams],
      ['metrics', metrics],
      ...collector.exports.map(({ body }): [string, Buffer] => ['trace', body]),
      ['export', exported.stdout + exported.stderr],
      ...responses.map((text): [string, string] => ['response', text]),
    ];
    expect(streams).toContain(first);
    expect(exported.stdout).toContain(first);
    expect(streams).toContain(`"filter":{"account":"${client.account}","actor":"?"}`);
    expect(metrics).toContain('keyledger_mutations_total');
    expect(collector.exports).not.toEqual([]);
    for (const secret of secrets) {
      expect(secret).toMatch(/^kls_/);
      for (const needle of [
        secret,
        secret.slice(4),
        secret.slice(4, 47),
        Buffer.from(secret).toString('base64').slice(0, 40),
      ]) {
        expect(places.filter(([, content]) => content.includes(needle)).map(([place]) => place)).toEqual([]);
      }
    }
  });
});
