import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { listening } from '../../src/shared/cannot-listen.js';
import { COMMAND, keyledger, run } from '../cli/run.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { isOnPath } from '../support/tools.js';

let other: Server;
let taken: number;
beforeAll(async () => {
  other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  taken = typeof address === 'object' && address ? address.port : 0;
});
afterAll(() => other.close());

/** For an address of no machine (RFC 5737), and a name that nobody can have (RFC 6761). */
const FAULTS: [fault: string, env: () => Record<string, string>, said: () => RegExp][] = [
  [
    'the port is in use',
    () => ({ PORT: `${taken}` }),
    () =>
      new RegExp(
        `^Port ${taken} at 127\\.0\\.0\\.1 is in use \\(PORT, HOST\\)\\. Stop the program .*, or set PORT to another port\\.$`,
      ),
  ],
  [
    'the address is of another machine',
    () => ({ HOST: '192.0.2.1' }),
    () => /^192\.0\.2\.1 is not an address of this machine \(HOST\)\. Set HOST to an address of this machine/,
  ],
  [
    'the name is unknown',
    () => ({ HOST: 'nosuch.invalid' }),
    () => /^No address is known for the name nosuch\.invalid \(HOST\)\. Set HOST to an address of this machine/,
  ],
];

describe.each([
  ['one process', []],
  ['workers', ['--workers', '2']],
])('%s', (_name, args) => {
  it.each(FAULTS)('ends with 1, and says once which setting to change, if %s', async (_fault, env, said) => {
    const settings = { KEYLEDGER_DATA: temporaryDirectory(), PORT: '0', LOG_LEVEL: 'silent', ...env() };
    const { code, stdout, stderr } = await keyledger(['serve', ...args], settings);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^keyledger: .*\n$/);
    expect(stderr.slice('keyledger: '.length, -1)).toMatch(said());
  });
});

/** On Linux, the first port that every user may use. */
const FREE_FOR_ALL = '/proc/sys/net/ipv4/ip_unprivileged_port_start';

(existsSync(FREE_FOR_ALL) && Number(readFileSync(FREE_FOR_ALL, 'utf8')) > 80 && isOnPath('setpriv') ? it : it.skip)(
  'ends with 1, and names the setting, if the port is for privileged users',
  async () => {
    const settings = { KEYLEDGER_DATA: temporaryDirectory(), PORT: '80', LOG_LEVEL: 'silent' };
    const unprivileged = ['--bounding-set=-net_bind_service', process.execPath, COMMAND];
    const { code, stderr } = await run('setpriv', unprivileged, settings);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /^keyledger: This user may not use port 80 at 127\.0\.0\.1 \(PORT, HOST\)\. Set PORT .* use it\.\n$/,
      ),
    });
  },
);

it('gives the reason of the system where it is another', async () => {
  const refused = Promise.reject(Object.assign(new Error('listen EINVAL: invalid argument fe80::1'), { code: 'EINVAL' }));
  await expect(listening({ host: 'fe80::1', port: 4000 }, refused)).rejects.toThrow(
    'Nothing can listen on port 4000 at fe80::1 (PORT, HOST): listen EINVAL: invalid argument fe80::1. Set PORT and HOST',
  );
});
