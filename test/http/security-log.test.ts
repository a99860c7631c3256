import { SecurityLog } from '../../src/http/security-log.js';
import { createLog } from '../../src/observability/log.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { ask, bearer, type Question } from '../support/http.js';
import { startServer } from '../support/server.js';
import { openSite } from '../support/site.js';
import { openWorld } from '../support/world.js';

interface Line {
  level: string;
  msg: string;
  security: true;
  network: string;
  code?: string;
  reqId?: string;
  reason?: string;
  leftOut?: number;
}

/** The lines of the security log in the output of a server, which also says in plain text where it is. */
function linesIn(log: string): Line[] {
  const lines = log.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line)).filter(({ security }) => security);
}

/** Expects one line about the request that was answered. */
function expectOnly(line: Partial<Line>, log: string, { headers }: Awaited<ReturnType<typeof ask>>): void {
  const found = { level: 'warn', security: true, network: '127.0.0.1', reqId: headers['x-request-id'], ...line };
  expect(linesIn(log)).toEqual([expect.objectContaining(found)]);
}

const TOKEN = `eyJhbGciOiJub25lIn0.${Buffer.from('{"sub":"somebody"}').toString('base64url')}.`;

describe('a server', () => {
  const refused: [what: string, question: Question, line: Partial<Line>][] = [
    [
      'a token',
      {
        method: 'POST',
        path: '/graphql',
        headers: [...bearer(TOKEN), 'Content-Type', 'application/json'],
        body: '{"query":"{ viewer { subject } }"}',
      },
      { msg: 'a token was refused', reason: expect.stringContaining('The token is not valid') },
    ],
    [
      'the token of a service',
      { method: 'POST', path: '/v1/introspect', headers: bearer('another-token-than-the-service-has') },
      { msg: 'an introspection token was refused' },
    ],
    [
      'a sign-in link',
      { method: 'POST', path: '/auth/session', headers: ['Content-Type', 'application/json'], body: '{"ticket":"unknown"}' },
      { msg: 'a sign-in link was refused' },
    ],
  ];

  it.each(refused)('says that %s was refused, from where and why, and not what it was', async (_what, question, line) => {
    const world = await openWorld({ env: { KEYLEDGER_INTROSPECTION_TOKEN: 'the-token-that-the-service-has-12345' } });
    const { headers = [] } = question;
    const answer = await ask(world.url, { ...question, headers: [...headers, 'Origin', world.url] });
    expect(answer.status).toBe(401);
    expectOnly(line, world.log(), answer);
    for (const part of [TOKEN.split('.')[1], 'another-token', 'unknown"']) expect(world.log()).not.toContain(part);
  });

  const unsigned: [what: string, question: Question, status: number, line: Partial<Line>][] = [
    [
      'a sign-in',
      { path: '/auth/callback?code=any-code&state=any-state' },
      302,
      { msg: 'a sign-in failed', code: 'expired', reason: 'the browser has no attempt to complete' },
    ],
    [
      'the renewal of a session',
      { method: 'POST', path: '/auth/renew', headers: ['Cookie', 'keyledger_renewal=any-text'] },
      401,
      { msg: 'a session ended: it was not renewed', reason: expect.stringMatching(/./) },
    ],
  ];

  it.each(unsigned)('with a provider says that %s failed, from where and why', async (_what, question, status, line) => {
    const { world, url } = await openSite({ jwt: true, refresh: true });
    const { headers = [] } = question;
    const answer = await ask(url, { ...question, headers: [...headers, 'Origin', url] });
    expect(answer.status).toBe(status);
    expectOnly(line, world.log(), answer);
    for (const part of ['any-code', 'any-state', 'any-text']) expect(world.log()).not.toContain(part);
  });

  it('of its own process writes few lines of many refused tokens, and says how many it left out', async () => {
    const server = await startServer(temporaryDirectory(), { KEYLEDGER_TRUSTED_PROXIES: '127.0.0.1' });
    const refuse = (from: string[]) =>
      ask(`${server.url}/graphql`, {
        method: 'POST',
        headers: [...bearer(TOKEN), ...from, 'Content-Type', 'application/json'],
        body: '{"query":"{ viewer { subject } }"}',
      });
    const answers = await Promise.all(Array.from({ length: 30 }, () => refuse([])));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 30 }, () => 401));
    await refuse(['X-Forwarded-For', '198.51.100.7']);
    await server.end('SIGTERM');
    const lines = linesIn(server.output());
    expect(lines.slice(0, 10).map(({ network, leftOut }) => [network, leftOut])).toEqual(
      Array.from({ length: 10 }, () => ['127.0.0.1', undefined]),
    );
    expect(lines.at(-1)).toMatchObject({ msg: 'a token was refused', network: '198.51.100.7' });
    // While a slow machine answers, the limit may allow another line.
    const leftOut = lines.reduce((sum, line) => sum + (line.leftOut ?? 0), 0);
    expect(leftOut).toBeGreaterThan(0);
    expect(lines.length + leftOut).toBe(31);
  });

  it('says nothing where no token was sent, and nothing of those that are good', async () => {
    const world = await openWorld();
    const owner = await world.client({});
    await owner.newKey();
    const { status } = await ask(`${world.url}/graphql`, {
      method: 'POST',
      headers: ['Content-Type', 'application/json'],
      body: '{}',
    });
    expect(status).toBe(401);
    expect(linesIn(world.log())).toEqual([]);
  });
});

describe('its limits', () => {
  function securityLog() {
    const written: string[] = [];
    let now = 0;
    const security = new SecurityLog(() => now);
    const request = (ip: string) => ({ ip, log: createLog('warn', { write: (line) => void written.push(line) }) as never });
    return {
      refuse: (ip: string, times: number) => {
        for (let count = 0; count < times; count += 1) security.record(request(ip), 'a token was refused');
      },
      pass: (milliseconds: number) => {
        now += milliseconds;
      },
      lines: () => linesIn(written.join('')),
    };
  }

  it('are ten lines a minute for a network; the next line says how many were left out', () => {
    const { refuse, pass, lines } = securityLog();
    refuse('192.0.2.1', 30);
    expect(lines()).toHaveLength(10);
    refuse('2001:db8::1', 1);
    expect(lines()[10]).toMatchObject({ network: '2001:db8:0:0::/64', leftOut: 20 });
    pass(60_000);
    refuse('192.0.2.1', 1);
    expect(lines()).toHaveLength(12);
    expect(lines()[11]).not.toHaveProperty('leftOut');
  });

  it('are 120 lines a minute for all networks together', () => {
    const { refuse, pass, lines } = securityLog();
    for (let host = 0; host < 200; host += 1) refuse(`192.0.2.${host}`, 1);
    expect(lines()).toHaveLength(120);
    pass(60_000);
    refuse('192.0.2.1', 1);
    expect(lines()[120]).toMatchObject({ leftOut: 80 });
  });
});
