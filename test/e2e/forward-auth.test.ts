import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from '../../src/shared/sqlite.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { FORGEABLE, FRONTS, listen } from '../support/fronts.js';
import { halt } from '../support/halt.js';
import { ask, basic, bearer } from '../support/http.js';
import { describeWhenLong } from '../support/long.js';
import { type Server, startServer } from '../support/server.js';

const FAILURES = 5;

/** The usual run sees one proxy and one framework. */
const USUAL = ['nginx', 'Fastify'];

for (const { name, isInstalled, isProxy, start } of FRONTS) {
  const describeFront = USUAL.includes(name) ? describe : describeWhenLong;
  (isInstalled ? describeFront : describe.skip)(
    `behind ${name}, by ${isProxy ? 'the files in examples' : 'keyledger/verify'}`,
    () => {
      const data = temporaryDirectory();
      const requests: IncomingMessage[] = [];
      const service: Parameters<typeof start>[0]['service'] = (request, response) => {
        requests.push(request);
        response.writeHead(request.url === '/fails' ? 500 : 200).end('from the service');
      };
      let keyledger: Server;
      let url: string;
      const get = (headers: string[] = [], path = '/') => ask(url + path, { headers });

      beforeAll(async () => {
        keyledger = await startServer(data, {
          KEYLEDGER_FAILURES_PER_MINUTE: String(FAILURES),
          KEYLEDGER_TRUSTED_PROXIES: '127.0.0.1',
          KEYLEDGER_STALENESS: '5s',
        });
        url = await start({ url: keyledger.url, service });
      });

      it('lets a good key pass, tells the service whose it is, and keeps the secret from it', async () => {
        const client = await keyledger.client();
        const { key, secret } = await client.newKey({ name: 'a key', scopes: ['read', 'write'] });
        for (const credentials of [basic(key.keyId, secret), bearer(secret)]) {
          const headers = [...credentials, 'Content-Type', 'text/plain'];
          const answer = await ask(`${url}/orders`, { method: 'POST', headers, body: 'a body' });
          expect([answer.status, answer.body]).toEqual([200, 'from the service']);
          const seen = requests.at(-1);
          expect(seen?.method).toBe('POST');
          expect(seen?.headers).toMatchObject({
            'x-keyledger-account': client.account,
            'x-keyledger-key-id': key.keyId,
            'x-keyledger-scopes': 'read write',
          });
          expect(JSON.stringify(seen?.headers)).not.toContain(secret);
          expect(JSON.stringify(seen?.rawHeaders)).not.toMatch(/authorization/i);
          expect(seen?.headers).not.toHaveProperty('authorization');
        }
      });

      it('lets nobody forge whose a key is and what for, or have it dropped', async () => {
        const client = await keyledger.client();
        const { key, secret } = await client.newKey();
        const forged = FORGEABLE.flatMap((header) => [header, 'forged', header, 'forged']);
        for (const more of [forged, ['Connection', `close, ${FORGEABLE.join(', ')}`]]) {
          expect((await get([...bearer(secret), ...more])).status).toBe(200);
          const { connection, ...headers } = requests.at(-1)?.headers ?? {};
          expect(headers).toMatchObject({ 'x-keyledger-account': client.account, 'x-keyledger-key-id': key.keyId });
          expect(headers['x-keyledger-scopes'] ?? '').toBe('');
          expect(JSON.stringify(headers)).not.toContain('forged');
        }
      });

      it('drops what a caller forges also where the answer holds nothing to put in its place', async () => {
        const before = requests.length;
        const impostor = `http://${await listen((_, response) => response.end())}`;
        const beside = await start({ url: impostor, service });
        const { status } = await ask(beside, { headers: FORGEABLE.flatMap((header) => [header, 'forged']) });
        const passed = requests.slice(before);
        expect(status).toBe(passed.length > 0 ? 200 : 503);
        expect(JSON.stringify(passed.map(({ headers }) => headers))).not.toContain('forged');
      });

      it("takes nothing of the caller's address for the scopes that are asked for", async () => {
        const { secret } = await (await keyledger.client()).newKey({ name: 'reads', scopes: ['read'] });
        expect((await get(bearer(secret), '/orders?scope=admin&uri=/')).status).toBe(200);
        expect(requests.at(-1)?.url).toBe('/orders?scope=admin&uri=/');
        const before = requests.length;
        const forAdmins = await start({ url: keyledger.url, service, scope: 'admin' });
        const answer = await ask(`${forAdmins}/orders?scope=read&uri=`, { headers: bearer(secret) });
        expect([answer.status, answer.headers['www-authenticate']]).toEqual([
          403,
          'Bearer realm="keyledger", error="insufficient_scope", scope="admin"',
        ]);
        expect(requests).toHaveLength(before);
      });

      (isProxy ? it : it.skip)('lets nobody pass where it asks for what Keyledger does not know', async () => {
        const { secret } = await (await keyledger.client()).newKey({ name: 'reads', scopes: ['read'] });
        const before = requests.length;
        const mistaken = await start({ url: keyledger.url, service, query: 'scopes=read' });
        const { status, headers } = await ask(`${mistaken}/orders`, { headers: bearer(secret) });
        expect([status, headers['www-authenticate']]).toEqual([403, undefined]);
        expect(requests).toHaveLength(before);
      });

      it('stops a deleted key at once', async () => {
        const client = await keyledger.client();
        const { key, secret } = await client.newKey();
        expect((await get(basic(key.keyId, secret))).status).toBe(200);
        await client.deleteKey(key.keyId);
        const answers = [await get(basic(key.keyId, secret)), await get(bearer(secret))];
        expect(answers.map(({ status, headers }) => [status, headers['www-authenticate']])).toEqual([
          [401, expect.stringMatching(/^Basic realm="keyledger", charset="UTF-8"/)],
          [401, expect.stringMatching(/^Bearer realm="keyledger", error="invalid_token"/)],
        ]);
      });

      it('challenges whoever has no credentials, and asks the service nothing', async () => {
        const before = requests.length;
        const { status, headers } = await get();
        expect([status, headers['www-authenticate']]).toEqual([401, expect.stringContaining('Basic')]);
        expect(requests).toHaveLength(before);
      });

      it('tells whoever sends too many headers so, and not that Keyledger is away', async () => {
        const { secret } = await (await keyledger.client()).newKey();
        const large = ['X-One', 'X-Two', 'X-Three'].flatMap((name) => [name, 'x'.repeat(6000)]);
        expect((await get([...bearer(secret), ...large])).status).toBe(431);
      });

      it("leaves the service's own errors as they are", async () => {
        const { secret } = await (await keyledger.client()).newKey();
        const { status, body } = await get(bearer(secret), '/fails');
        expect([status, body]).toEqual([500, 'from the service']);
      });

      it('passes 429 and Retry-After on, once too many credentials were refused, whoever the caller says to be', async () => {
        const failing = async (tries: number) => get([...bearer('wrong'), 'X-Forwarded-For', `192.0.2.${tries}`]);
        const start = performance.now();
        let [tries, answer] = [0, await failing(0)];
        while (answer.status === 401) {
          tries += 1;
          answer = await failing(tries);
        }
        // On a slow machine, more are allowed meanwhile.
        expect(tries).toBeLessThanOrEqual(FAILURES * (1 + (performance.now() - start) / 60_000));
        expect(answer.status).toBe(429);
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      });

      it('lets a good key pass all the same, although it comes from the same address', async () => {
        const { secret } = await (await keyledger.client()).newKey();
        while ((await get(bearer('wrong'))).status === 401);
        expect((await get(bearer(secret))).status).toBe(200);
      });

      it('passes 503 and Retry-After on, while Keyledger cannot tell whether it is up to date', async () => {
        const log = new Database(join(data, 'events.db'));
        // From now on, all of the server's queries to its log fail.
        log.exec('ALTER TABLE events RENAME TO elsewhere');
        log.close();
        let answer = await get(bearer('any'));
        while (answer.status !== 503) {
          await delay(25);
          answer = await get(bearer('any'));
        }
        expect(answer.headers['retry-after']).toBe('2');
      });

      it.each([
        ['hangs', () => halt(keyledger.process.pid ?? 0)],
        ['has gone', () => keyledger.end('SIGKILL')],
      ])('lets nobody pass, and nobody wait, when Keyledger %s', async (_, happens) => {
        const before = requests.length;
        await happens();
        expect([502, 503, 504]).toContain((await get(bearer('any'))).status);
        expect(requests).toHaveLength(before);
      });
    },
  );
}
