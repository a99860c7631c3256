import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { SignInTickets, type TicketHolder } from '../../../src/auth/sign-in-tickets.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { ask, type PlainAnswer } from '../../support/http.js';
import { openWorld, type World } from '../../support/world.js';

const ADA: TicketHolder = { subject: 'ada', account: 'acme', role: 'owner' };
const JSON_BODY = ['Content-Type', 'application/json'];
const MINUTE = 60_000;

let now = Date.now();
const clock = () => now;
let world: World;
let directory: string;
beforeAll(async () => {
  world = await openWorld({ clock });
  directory = join(world.config.dataDirectory, 'sign-in');
});

const own = ({ url } = world) => ['Origin', new URL(url).origin];
const ticketFor = (holder = ADA) => new SignInTickets(world.config.dataDirectory, clock).issue(holder);

function redeem(ticket: unknown, headers = own(), { url } = world): Promise<PlainAnswer> {
  const body = typeof ticket === 'string' ? JSON.stringify({ ticket }) : JSON.stringify(ticket);
  return ask(`${url}/auth/session`, { method: 'POST', headers: [...JSON_BODY, ...headers], body });
}

const cookieOf = ({ headers }: PlainAnswer) => headers['set-cookie'] ?? [];
const tokenIn = (answer: PlainAnswer) => /^[\w-]+=([^;]*)/.exec(cookieOf(answer)[0] ?? '')?.[1] ?? '';

async function session(holder = ADA): Promise<string> {
  const token = tokenIn(await redeem(await ticketFor(holder)));
  if (token === '') throw new Error('There is no session.');
  return token;
}

/** Queries the viewer through the API, with these headers. */
async function viewer(headers: string[], method = 'POST', { url } = world) {
  const query = '{ viewer { subject accountId roles } }';
  const address = method === 'GET' ? `${url}/graphql?query=${encodeURIComponent(query)}` : `${url}/graphql`;
  const body = method === 'GET' ? '' : JSON.stringify({ query });
  const answer = await ask(address, { method, headers: [...JSON_BODY, ...headers], body });
  const { data, errors } = JSON.parse(answer.body);
  return {
    status: answer.status,
    challenge: answer.headers['www-authenticate'],
    viewer: data?.viewer,
    code: errors?.[0]?.extensions?.code,
  };
}

const NOTHING_SENT = { status: 401, challenge: 'Bearer realm="keyledger"', code: 'UNAUTHENTICATED' };
const NOT_GOOD = { status: 401, challenge: 'Bearer realm="keyledger", error="invalid_token"', code: 'UNAUTHENTICATED' };

describe('a ticket', () => {
  it.each<TicketHolder & { roles: string[] }>([
    { ...ADA, roles: ['OWNER'] },
    { subject: 'eve', role: 'auditor', roles: ['AUDITOR'] },
    { subject: 'bob', account: 'acme', role: 'analyst', roles: ['ANALYST'] },
  ])('lets its holder in, for twelve hours: $role', async ({ roles, ...holder }) => {
    const answer = await redeem(await ticketFor(holder));
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 204, body: '' });
    const token = tokenIn(answer);
    const { exp = 0, iat = 0 } = decodeJwt(token);
    expect(exp - iat).toBe(12 * 60 * 60);
    const { subject, account: accountId = null } = holder;
    expect(await viewer([...own(), 'Cookie', `keyledger_session=${token}`])).toEqual({
      status: 200,
      viewer: { subject, accountId, roles },
    });
  });

  it('is good once', async () => {
    const ticket = await ticketFor();
    expect((await redeem(ticket)).status).toBe(204);
    const again = await redeem(ticket);
    expect(again.status).toBe(401);
    expect(cookieOf(again)).toEqual([]);
  });

  it('is good once, also where many redeem it at once, on two servers', async () => {
    const other = await openWorld({ dataDirectory: world.config.dataDirectory, clock });
    for (let round = 0; round < 10; round += 1) {
      const ticket = await ticketFor();
      const servers = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? world : other));
      const answers = await Promise.all(servers.map((server) => redeem(ticket, own(server), server)));
      expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array(9).fill(401)]);
      expect(answers.flatMap(cookieOf)).toHaveLength(1);
    }
    await other.stop();
  });

  it('is refused alike, whether it was used, has expired or never was', async () => {
    const [used, late] = [await ticketFor(), await ticketFor()];
    await redeem(used);
    now += 15 * MINUTE - 1;
    const last = await ticketFor();
    now += 1;
    const unknown = last.split('').reverse().join('');
    const answers = [];
    for (const ticket of [used, late, unknown, '', 'x', '../issuer.jwk', `${last}x`]) answers.push(await redeem(ticket));
    expect(new Set(answers.map(({ wire }) => wire)).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 401, headers: { 'content-type': expect.stringMatching(/problem\+json/) } });
    expect((await redeem(last)).status).toBe(204);
  });

  it('is good to the last millisecond', async () => {
    const ticket = await ticketFor();
    now += 15 * MINUTE - 1;
    expect((await redeem(ticket)).status).toBe(204);
  });

  it('lets nobody in once the clock was stepped back behind its beginning', async () => {
    const [one, other] = [await ticketFor(), await ticketFor()];
    now -= 1;
    expect((await redeem(one)).status).toBe(401);
    const next = await ticketFor();
    const kept = [one, other, next].map((ticket) => readdirSync(directory).includes(hash('sha256', ticket)));
    expect(kept).toEqual([false, false, true]);
    now += 1;
    expect((await redeem(other)).status).toBe(401);
    expect((await redeem(next)).status).toBe(204);
  });

  it('is kept by its hash, where its owner alone can read it, and goes with the next one when its time is over', async () => {
    now += 16 * MINUTE;
    const ticket = await ticketFor();
    const [name = '', ...others] = readdirSync(directory);
    expect(others).toEqual([]);
    expect(name).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(directory, name), 'utf8')).not.toContain(ticket);
    now += 16 * MINUTE;
    await ticketFor();
    expect(existsSync(join(directory, name))).toBe(false);
  });

  it('is not used up by another page, nor in a body that is none', async () => {
    const ticket = await ticketFor();
    const origins = [
      [],
      ['Origin', 'null'],
      ['Origin', 'https://evil.example'],
      ['Origin', `${new URL(world.url).origin}.evil`],
    ];
    for (const headers of origins) {
      const answer = await redeem(ticket, headers);
      expect(answer).toMatchObject({ status: 403, headers: { 'content-type': expect.stringMatching(/problem\+json/) } });
      expect(cookieOf(answer)).toEqual([]);
    }
    expect(await redeem({ ticket: [ticket] })).toMatchObject({ status: 400 });
    expect((await redeem(ticket)).status).toBe(204);
  });
});

it.each<[what: string, status: number, headers: string[], body: string]>([
  ['no body', 400, JSON_BODY, ''],
  ['no JSON', 400, JSON_BODY, '{'],
  ['no object', 400, JSON_BODY, '"ticket"'],
  ['no ticket', 400, JSON_BODY, '{"ticket":7}'],
  ['a form', 415, ['Content-Type', 'application/x-www-form-urlencoded'], 'ticket=x'],
  ['text', 400, ['Content-Type', 'text/plain'], '{"ticket":"x"}'],
])('answers %s with a problem', async (_what, status, headers, body) => {
  const answer = await ask(`${world.url}/auth/session`, { method: 'POST', headers: [...headers, ...own()], body });
  expect(answer).toMatchObject({ status, headers: { 'content-type': expect.stringMatching(/problem\+json/) } });
});

it.each(['session', 'sign-out'])('takes POST alone: /auth/%s', async (name) => {
  const { status, headers } = await ask(`${world.url}/auth/${name}`, { headers: own() });
  expect({ status, allow: headers.allow }).toEqual({ status: 405, allow: 'POST' });
});

describe('the cookie', () => {
  it('is read by no script and sent by no other page, until the token is accepted no longer', async () => {
    const [cookie, ...others] = cookieOf(await redeem(await ticketFor()));
    expect(others).toEqual([]);
    expect(cookie).toMatch(/^keyledger_session=[\w.-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
    const { exp = 0 } = decodeJwt(/=([^;]*)/.exec(cookie ?? '')?.[1] ?? '');
    expect(cookie).toContain(`Max-Age=${Math.floor((exp * 1000 + 5000 - now) / 1000)};`);
  });

  it('is sent over https alone, and set by no other host, where browsers reach the server over https', async () => {
    const secure = await openWorld({
      dataDirectory: world.config.dataDirectory,
      clock,
      env: { KEYLEDGER_PUBLIC_URL: 'https://keys.example.com' },
    });
    const headers = ['Origin', 'https://keys.example.com'];
    const answer = await redeem(await ticketFor(), headers, secure);
    expect(cookieOf(answer)).toEqual([expect.stringMatching(/^__Host-keyledger_session=[\w.-]+; Path=\/; .*; Secure$/)]);
    expect(cookieOf(answer)[0]).not.toMatch(/; *domain/i);
    const token = tokenIn(answer);
    const named = (name: string) => viewer([...headers, 'Cookie', `${name}=${token}`], 'POST', secure);
    expect(await named('__Host-keyledger_session')).toMatchObject({ status: 200, viewer: { subject: 'ada' } });
    expect(await named('keyledger_session')).toEqual({ ...NOTHING_SENT, viewer: undefined });
    await secure.stop();
  });

  it('counts for the pages of this server alone', async () => {
    const cookie = ['Cookie', `keyledger_session=${await session()}`];
    const { host } = new URL(world.url);
    for (const origin of [`http://${host}`, `https://${host}`, `HTTP://${host.toUpperCase()}`]) {
      expect(await viewer([...cookie, 'Origin', origin])).toMatchObject({ status: 200 });
    }
    const others = ['null', 'https://evil.example', `http://${host}.evil.example`, `http://evil@${host}`, `http://${host}/`];
    for (const origin of [...others, `http://127.0.0.1`, `ftp://${host}`, '']) {
      expect(await viewer([...cookie, 'Origin', origin])).toMatchObject(NOTHING_SENT);
    }
    expect(await viewer([...cookie, ...own(), 'Origin', 'https://evil.example'])).toMatchObject(NOTHING_SENT);
    expect(await viewer(cookie)).toMatchObject(NOTHING_SENT);
  });

  it('counts for the public URL behind a proxy that asks by another name', async () => {
    const proxied = await openWorld({
      dataDirectory: world.config.dataDirectory,
      clock,
      env: { KEYLEDGER_PUBLIC_URL: 'http://keys.internal:8080' },
    });
    const cookie = ['Cookie', `keyledger_session=${await session()}`];
    expect(await viewer([...cookie, 'Origin', 'http://keys.internal:8080'], 'POST', proxied)).toMatchObject({ status: 200 });
    expect(await viewer([...cookie, 'Origin', 'http://keys.internal'], 'POST', proxied)).toMatchObject(NOTHING_SENT);
    await proxied.stop();
  });

  it('counts for nothing with GET', async () => {
    const token = await session();
    expect(await viewer([...own(), 'Cookie', `keyledger_session=${token}`], 'GET')).toMatchObject(NOTHING_SENT);
    expect(await viewer([...own(), 'Authorization', `Bearer ${token}`], 'GET')).toMatchObject({ status: 200 });
  });

  it('counts for nothing beside an Authorization header, good or bad', async () => {
    const cookie = [...own(), 'Cookie', `keyledger_session=${await session()}`];
    const eve = await session({ subject: 'eve', role: 'auditor' });
    expect(await viewer([...cookie, 'Authorization', `Bearer ${eve}`])).toMatchObject({ viewer: { subject: 'eve' } });
    for (const authorization of ['', 'Bearer', 'Bearer nonsense', `Bearer ${eve}x`, 'Basic YTpi']) {
      expect(await viewer([...cookie, 'Authorization', authorization])).toMatchObject(NOT_GOOD);
    }
  });

  it('is found among others, and counts for nothing where it comes twice', async () => {
    const pair = `keyledger_session=${await session()}`;
    const cookies = (value: string) => viewer([...own(), 'Cookie', value]);
    expect(await cookies(`a=b; ${pair}; xkeyledger_session=x;c`)).toMatchObject({ status: 200 });
    expect(await cookies(`${pair}; keyledger_session=other`)).toMatchObject(NOTHING_SENT);
  });

  it('is refused like a bearer token where it is not valid, or no longer', async () => {
    const token = await session();
    for (const value of ['', 'nonsense', `${token}x`, token.slice(0, -2), `"${token}"`]) {
      expect(await viewer([...own(), 'Cookie', `keyledger_session=${value}`])).toMatchObject(NOT_GOOD);
    }
    const { exp = 0 } = decodeJwt(token);
    const { dataDirectory } = world.config;
    let later = exp * 1000 + 4999;
    const other = await openWorld({ dataDirectory, clock: () => later });
    const ask = () => viewer([...own(other), 'Cookie', `keyledger_session=${token}`], 'POST', other);
    expect((await ask()).status).toBe(200);
    later += 1;
    expect(await ask()).toMatchObject(NOT_GOOD);
    await other.stop();
  });

  it('opens nothing but the GraphQL API', async () => {
    const headers = [...own(), 'Cookie', `keyledger_session=${await session()}`];
    for (const method of ['GET', 'POST']) {
      expect((await ask(`${world.url}/v1/verify`, { method, headers })).status).toBe(401);
    }
  });

  it('goes when its holder signs out, and at no other page', async () => {
    const signOut = (headers: string[], body?: string) =>
      ask(`${world.url}/auth/sign-out`, { method: 'POST', headers, ...(body !== undefined && { body }) });
    for (const answer of [await signOut(own()), await signOut([...own(), ...JSON_BODY], '{')]) {
      expect(answer.status).toBe(204);
      expect(cookieOf(answer)).toEqual(['keyledger_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict']);
    }
    const foreign = await signOut(['Origin', 'https://evil.example']);
    expect(foreign.status).toBe(403);
    expect(cookieOf(foreign)).toEqual([]);
  });
});

it('has no tickets where there is an identity provider', async () => {
  const provided = await openWorld({
    dataDirectory: world.config.dataDirectory,
    clock,
    env: { KEYLEDGER_JWKS_URL: 'http://127.0.0.1:1/jwks', KEYLEDGER_ISSUER: 'i', KEYLEDGER_AUDIENCE: 'keyledger' },
  });
  expect((await redeem(await ticketFor(), own(provided), provided)).status).toBe(404);
  await provided.stop();
});

it('leaves no ticket and no token in the log', async () => {
  const traced = await openWorld({ dataDirectory: temporaryDirectory(), env: { LOG_LEVEL: 'trace' } });
  const ticket = await new SignInTickets(traced.config.dataDirectory, Date.now).issue(ADA);
  const token = tokenIn(await redeem(ticket, own(traced), traced));
  await redeem(ticket, own(traced), traced);
  await redeem({ ticket: [ticket] }, own(traced), traced);
  await viewer([...own(traced), 'Cookie', `keyledger_session=${token}`], 'POST', traced);
  await viewer([...own(traced), 'Cookie', `keyledger_session=${token}x`], 'POST', traced);
  expect(traced.log()).toContain('"route":"/auth/session"');
  for (const part of [ticket, token, token.split('.')[1] ?? '', token.split('.')[2] ?? '']) {
    expect(part.length).toBeGreaterThan(20);
    expect(traced.log()).not.toContain(part);
  }
});
