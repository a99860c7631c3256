import { SecurityLog } from '../../src/http/security-log.js';
import { createLog } from '../../src/observability/log.js';
import { ask, bearer, type Question } from '../support/http.js';
import { openWorld } from '../support/world.js';

interface Line {
  level: string;
  msg: string;
  security: true;
  network: string;
  reqId?: string;
  reason?: string;
  leftOut?: number;
}

/** The lines of the security log in a log. */
function linesIn(log: string): Line[] {
  const lines = log.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line)).filter(({ security }) => security);
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
    expect(linesIn(world.log())).toEqual([
      expect.objectContaining({
        level: 'warn',
        security: true,
        network: '127.0.0.1',
        reqId: answer.headers['x-request-id'],
        ...line,
      }),
    ]);
    for (const part of [TOKEN.split('.')[1], 'another-token', 'unknown"']) expect(world.log()).not.toContain(part);
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
