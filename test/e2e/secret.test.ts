import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RenewalSeal } from '../../src/auth/renewal-seal.js';
import { SignInTickets } from '../../src/auth/sign-in-tickets.js';
import { ROLES } from '../../src/auth/viewer.js';
import { newKeyMaterial } from '../../src/domain/keys/secret.js';
import { CATEGORIES, type EventStore } from '../../src/store/event-store.js';
import { keyledger } from '../cli/run.js';
import { temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { startCollector } from '../support/collector.js';
import { Browser } from '../support/cookie-browser.js';
import { freePort } from '../support/eventstoredb-server.js';
import { everyOperationWith } from '../support/every-operation.js';
import { openFeed } from '../support/feed.js';
import { ask, basic, bearer } from '../support/http.js';
import { oneUnlessLong } from '../support/long.js';
import { misplaced, misplacedInBytes, misplacedInDocuments } from '../support/misplaced.js';
import { OpenIdProvider } from '../support/openid-provider.js';
import { SecretSearch } from '../support/secret-search.js';
import { launchServer, type Server, startServer, written } from '../support/server.js';
import { redeem } from '../support/sign-in.js';
import { leadsTo, upToCallback } from '../support/site.js';
import { openLogOf, STORES, storeSettings } from '../support/two-servers.js';
import { exchange } from '../support/wire.js';

const KEY = () => randomBytes(32).toString('base64');
const TOKEN = () => randomBytes(32).toString('base64url');
const FORM_BODY = ['Content-Type', 'application/x-www-form-urlencoded'];

/** A place that a secret could be in, and what it holds. */
type Place = [name: string, content: string | Buffer];

/** Every file below the directory. */
function filesIn(directory: string): Place[] {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name)).map((file) => [file, readFileSync(file)]);
}

/** Everything in the log, as text. */
async function textOf(store: EventStore): Promise<string> {
  const pages: string[] = [];
  for (const category of CATEGORIES) for await (const page of store.readAll(category)) pages.push(JSON.stringify(page));
  return pages.join('');
}

/** Runs the work for every item, with eight in flight. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const left = items.values();
  const lane = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}

/** The secrets and tokens of a run, and the places where they could be. */
class Run {
  readonly search = new SecretSearch();
  readonly places: Place[] = [];

  /** A token as `jose` writes it: its header is the same for all, so it is no secret. */
  addToken(name: string, token: string): void {
    const [, ...parts] = token.split('.');
    for (const part of parts) this.search.add(name, part);
  }

  /** Keeps an answer, without the secret in the field `secret`, which is remembered. */
  answered(name: string, text: string): string {
    const rest = text.replaceAll(/"secret":"(kls_\w{49})"/g, (_, secret: string) => {
      this.search.add('the secret of a key', secret);
      return '"secret":"shown"';
    });
    this.places.push([`the answer to ${name}`, rest]);
    return text;
  }

  async send(client: Client, query: string, variables: Record<string, unknown> = {}): Promise<string> {
    const { text } = await client.send(query, variables);
    return this.answered(JSON.stringify({ query, variables }), text);
  }

  /** Sends the text to wherever it does not belong. */
  async misplace({ url }: { url: string }, text: string): Promise<void> {
    await each(misplaced(url, text), async (question) => {
      const { body } = await ask(url, question);
      this.places.push([`the answer to ${JSON.stringify(question)}`, body]);
    });
    await each(misplacedInBytes(text), async (bytes) => {
      this.places.push([`the answer to ${JSON.stringify(bytes)}`, await exchange(url, bytes)]);
    });
  }

  /** Every place where a secret was found, and which. Each place must also show that a secret would be found there. */
  found(): string[] {
    const kinds = new Map(this.places.map((place) => [place[0].replace(/ to .*/s, ''), place]));
    for (const [name, content] of kinds.values())
      expect([name, this.search.missedIn(content, () => newKeyMaterial().secret)]).toEqual([name, []]);
    return this.places.flatMap(([name, content]) => this.search.foundIn(content).map((secret) => `${name}: ${secret}`));
  }
}

const PAYLOAD =
  '{ __typename ... on CreateKeyPayload { key { keyId hint } secret account { keys { name hint } } } ... on Error { message } }';
const CREATE = `mutation ($input: CreateKeyInput!) { createKey(input: $input) ${PAYLOAD} }`;
const ROTATE = `mutation ($input: RotateKeyInput!) { rotateKey(input: $input) ${PAYLOAD} }`;

interface Held {
  keyId: string;
  secret: string;
}

/** The key in the answer that created it. */
function keyIn(text: string): Held {
  const [keyId = '', secret = ''] = [/key_[0-9A-Za-z]{22}/, /kls_[0-9A-Za-z]{49}/].map((pattern) => pattern.exec(text)?.[0]);
  expect([keyId, secret]).not.toContain('');
  return { keyId, secret };
}

/** Sends the secret, right and wrong, to every place that takes one; at last its key is reported as leaked. */
async function use(run: Run, { url }: Server, { keyId, secret }: Held, token: string): Promise<void> {
  const introspection = { method: 'POST', path: '/v1/introspect', headers: [...FORM_BODY, ...bearer(token)] };
  const leaked = { method: 'POST', path: '/v1/leaked', headers: FORM_BODY };
  const verify = (headers: string[], query = '') => ({ path: `/v1/verify${query}`, headers });
  const asked = [
    [200, verify(basic(keyId, secret))],
    [200, verify(bearer(secret))],
    [401, verify(basic(keyId, `${secret}x`))],
    [401, verify(basic(secret, keyId))],
    [403, verify(bearer(secret), `?scope=${secret}`)],
    [200, { ...introspection, body: `token=${secret}` }],
    [200, { ...introspection, body: `token=${keyId}:${secret}` }],
    [400, { ...leaked, body: `secret=${secret.slice(0, -1)}&secret=${secret.slice(1)}` }],
    [200, { ...leaked, body: `secret=${secret}` }],
    [401, verify(bearer(secret))],
  ] as const;
  for (const [status, question] of asked) {
    const answer = await ask(url, question);
    expect(answer.status).toBe(status);
    run.answered(JSON.stringify(question), answer.wire);
  }
}

describe.each(oneUnlessLong(STORES))('on %s', (_name, connectionString, it) => {
  it('leaves no secret of a key and no token, in whole or in part, in any form, but in the one answer', async () => {
    const data = temporaryDirectory();
    const collector = await startCollector();
    const run = new Run();
    const keys = { KEYLEDGER_INTROSPECTION_TOKEN: TOKEN(), KEYLEDGER_LOG_KEY: KEY(), KEYLEDGER_PSEUDONYM_KEY: KEY() };
    const collectorToken = TOKEN();
    for (const [name, value] of Object.entries({ ...keys, collectorToken })) {
      run.search.add(name, value);
      run.search.add(name, Buffer.from(value, 'base64'));
    }
    const server = await startServer(data, {
      ...storeSettings(connectionString),
      ...keys,
      LOG_LEVEL: 'trace',
      NODE_ENV: 'production',
      KEYLEDGER_DRAIN: '0s',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${collectorToken}`,
    });
    const account = `a-${TOKEN().slice(0, 8)}`;
    const owner = await server.client(account);
    const viewers = await Promise.all(ROLES.map((role) => server.client(`${account}-b`, { role, subject: `a-${role}` })));
    for (const { token } of [owner, ...viewers]) run.addToken('a token', token);
    const [ofOther = owner] = viewers;

    const first = keyIn(await run.send(owner, CREATE, { input: { name: 'a', idempotencyKey: 'r' } }));
    const other = keyIn(await run.send(ofOther, CREATE, { input: { name: 'b' } }));
    await run.send(owner, CREATE, { input: { name: 'a', idempotencyKey: 'r' } });
    const second = keyIn(await run.send(owner, ROTATE, { input: { keyId: first.keyId, overlapSeconds: 86_400 } }));
    await run.send(owner, CREATE, { input: { name: 'third' } });
    const good = { accountId: ofOther.account, account: ofOther.account, keyId: other.keyId, name: 'a', note: 'a' };
    const instants = { at: '2026-11-23T18:00:00Z', from: '2026-11-23T18:00:00Z', to: '2999-01-01T00:00:00Z', timeZone: 'UTC' };
    const asked = everyOperationWith(second.secret, { ...good, ...instants });
    // The answer names the account as the caller did.
    const isNamed = ({ accountId }: Record<string, unknown>) => accountId === second.secret;
    for (const viewer of viewers)
      await each(asked, ({ query, variables }) =>
        isNamed(variables) ? viewer.send(query, variables) : run.send(viewer, query, variables),
      );
    for (const text of [second.secret, owner.token]) await each(misplacedInDocuments(text), (query) => run.send(owner, query));
    // So it does with an alias.
    await owner.send(`{ ${second.secret}: viewer { subject } }`);
    const tickets = new SignInTickets(data, Date.now);
    const issueTicket = async () => {
      const ticket = await tickets.issue({ account, role: 'owner', subject: 'a' });
      run.search.add('a ticket', ticket);
      return ticket;
    };
    const lost = await issueTicket();
    for (const text of [second.secret, owner.token, keys.KEYLEDGER_INTROSPECTION_TOKEN, lost]) await run.misplace(server, text);
    const signedIn = await redeem(server, await issueTicket());
    expect(signedIn.status).toBe(204);
    run.addToken('a session', /keyledger_session=([^;]+)/.exec(signedIn.headers.getSetCookie().join())?.[1] ?? '');
    const left = new AbortController();
    const feed = await openFeed(owner, {}, left.signal);
    expect(feed.status).toBe(200);
    expect(await ask(server.url, { path: '/v1/verify', headers: bearer(second.secret) })).toMatchObject({ status: 200 });
    await use(run, server, first, keys.KEYLEDGER_INTROSPECTION_TOKEN);
    await run.send(owner, `mutation { deleteKey(input: { keyId: "${second.keyId}" }) { __typename } }`);
    left.abort();

    const settings = { KEYLEDGER_DATA: data, ...storeSettings(connectionString), ...keys };
    const commands = [
      ['asof', '--at', '2999-01-01'],
      ['export'],
      ['export', '--usage'],
      ['revoke', '--key', second.secret, '--yes'],
      ['token', '--role', 'operator', '--subject', owner.token],
    ];
    const outcomes = await Promise.all(commands.map((command) => keyledger(command, settings)));
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    const store = await openLogOf(data, connectionString);
    const records = [`["${second.keyId}",`, `"actor":"a-auditor"`];
    // The server records uses and reads later. As it stops, it does so within a time limit, which a busy machine may exceed.
    for (let text = ''; !records.every((one) => text.includes(one)); text = await textOf(store)) await delay(500);
    expect(await server.end('SIGTERM')).toBe(0);
    const streams = await textOf(store);
    await store.close();
    const exported = outcomes[1]?.stdout ?? '';
    run.places.push(
      ...filesIn(data),
      ['log', server.output()],
      ['streams', streams],
      ['metrics', metrics],
      ...collector.exports.map(({ body }): Place => ['trace', body]),
      ...outcomes.map(({ stdout, stderr }, place): Place => [`keyledger ${commands[place]?.[0]}`, stdout + stderr]),
    );
    expect(streams).toContain(first.keyId);
    expect(exported).toContain(first.keyId);
    expect(streams).toContain('"actor":"?"');
    expect(metrics).toContain('keyledger_mutations_total');
    expect(collector.exports).not.toEqual([]);
    const issuer = JSON.parse(readFileSync(join(data, 'issuer.jwk'), 'utf8')) as { d: string };
    run.search.add("the issuer's key", issuer.d);
    expect(run.found()).toEqual([`${join(data, 'issuer.jwk')}: the issuer's key`]);
  });
});

it('leaves nothing of a sign-in with an identity provider but in the browser', async () => {
  const [data, port, sessionKey] = [temporaryDirectory(), await freePort(), KEY()];
  const [run, url, clientSecret] = [new Run(), `http://127.0.0.1:${port}`, TOKEN()];
  const collector = await startCollector();
  const provider = await OpenIdProvider.create({ publicUrl: url, jwt: true, refresh: true, clientSecret });
  await provider.up();
  run.search.add('the secret of the client', clientSecret);
  run.search.add('the key of sessions', sessionKey);
  run.search.add('the key of sessions', Buffer.from(sessionKey, 'base64'));
  const server = await startServer(data, {
    ...provider.settings,
    PORT: String(port),
    LOG_LEVEL: 'trace',
    KEYLEDGER_SESSION_KEY: sessionKey,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
  const browser = new Browser();
  const callback = await upToCallback(browser, { url });
  const code = callback.searchParams.get('code') ?? '';
  const attempt = browser.cookie('keyledger_sign_in') ?? '';
  const kept: Record<string, string> = JSON.parse(Buffer.from(attempt, 'base64url').toString());
  for (const name of ['state', 'nonce', 'verifier']) run.search.add(name, kept[name] ?? '');
  run.search.add('a code', code);
  const returned = (query: Record<string, string>) =>
    fetch(`${url}/auth/callback?${new URLSearchParams({ state: kept.state ?? '', ...query })}`, {
      headers: { cookie: `keyledger_sign_in=${attempt}` },
      redirect: 'manual',
    });
  await returned({ error: 'server_error', error_description: code, error_uri: code });
  await returned({ error: code });
  await returned({ code: kept.verifier ?? '', iss: code });
  expect(await leadsTo(browser, callback)).toBe('/history');
  await returned({ code });
  const [session = '', sealed = ''] = [browser.cookie('keyledger_session'), browser.cookie('keyledger_renewal')];
  const renewal = await new RenewalSeal(Buffer.from(sessionKey, 'base64'), Date.now).openRenewal(sealed);
  const refreshToken = renewal?.refreshToken ?? '';
  run.addToken('a session', session);
  run.addToken('an ID token', renewal?.idToken ?? '');
  run.search.add('a sealed renewal', sealed.split('.').at(-2) ?? '');
  run.search.add('a refresh token', refreshToken);
  expect(await (await browser.ask(`${url}/docs`)).text()).toContain('html');
  for (const text of [session, refreshToken, sealed]) await run.misplace({ url }, text);
  const renew = async () => {
    browser.change('keyledger_session', `${session}x`);
    return (await browser.ask(`${url}/auth/renew`, { method: 'POST', headers: { origin: url } })).status;
  };
  expect(await renew()).toBe(204);
  expect(browser.cookie('keyledger_session')).not.toBe(session);
  run.addToken('a session', browser.cookie('keyledger_session') ?? '');
  expect((await browser.ask(`${url}/auth/sign-out`, { method: 'POST', headers: { origin: url } })).status).toBe(204);
  await provider.down();
  await browser.ask(`${url}/auth/signed-out`);
  await fetch(`${url}/auth/renew`, { method: 'POST', headers: { origin: url, cookie: `keyledger_renewal=${sealed}` } });
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(await server.end('SIGTERM')).toBe(0);
  expect(server.output()).toContain('a sign-in failed');
  expect(collector.exports).not.toEqual([]);
  run.places.push(...filesIn(data), ['log', server.output()], ['metrics', metrics]);
  run.places.push(...collector.exports.map(({ body }): Place => ['trace', body]));
  expect(run.places.map(([name]) => basename(name))).toContain('events.db');
  expect(run.found()).toEqual([]);
});

it('does not log the password of a store that does not answer', async () => {
  const password = TOKEN();
  const server = launchServer(temporaryDirectory(), {
    KEYLEDGER_STORE: `esdb://ledger:${password}@127.0.0.1:${await freePort()}?tls=false&maxDiscoverAttempts=1`,
    LOG_LEVEL: 'trace',
  });
  await written(server, /"level":"(warn|error|fatal)"/);
  await server.end('SIGTERM');
  const run = new Run();
  run.search.add('a password', password);
  run.places.push(['log', server.output()]);
  expect(run.found()).toEqual([]);
});
