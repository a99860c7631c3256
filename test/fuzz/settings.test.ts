import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { readConfig, WrongSettings } from '../../src/config.js';
import { environment, FROM_FILES } from '../../src/settings/environment.js';
import { here } from '../cli/here.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { expectEnd } from '../support/command-end.js';
import { anyText, edited } from '../support/edited.js';
import { fuzz } from '../support/fuzz.js';

const NAMES = Object.keys(environment.shape);

/** Values that some setting takes. */
const VALUES = [
  '4000',
  '127.0.0.1',
  '10.0.0.0/8, ::1',
  'https://keys.example.com/path',
  '15s',
  '7d',
  'esdb://admin:changeit@a:2113',
  'info',
  '1',
];

const SECRET_VALUES: Record<string, string> = {
  ...Object.fromEntries(
    ['KEYLEDGER_LOG_KEY', 'KEYLEDGER_PSEUDONYM_KEY', 'KEYLEDGER_SESSION_KEY'].map((name) => [
      name,
      randomBytes(32).toString('base64'),
    ]),
  ),
  KEYLEDGER_INTROSPECTION_TOKEN: randomBytes(32).toString('hex'),
  KEYLEDGER_CLIENT_SECRET: randomBytes(32).toString('hex'),
  KEYLEDGER_STORE: `esdb://admin:${randomBytes(24).toString('hex')}@127.0.0.1:1`,
};

/** A part of each secret, from its middle, which most edits leave. */
const PARTS = Object.values(SECRET_VALUES).map((value) => value.slice(20, 36));

function expectNoSecret(text: string): void {
  for (const part of PARTS) expect(text).not.toContain(part);
}

/** A password that is recognized as one: in an address, behind a name or before a host. */
const hasPassword = (value: string) => /:\/\/|@/.test(value) && /:(?!\/\/).*changeit|changeit.*@/s.test(value);

it('knows a value of every secret setting', () => {
  expect(Object.keys(SECRET_VALUES).sort()).toEqual([...FROM_FILES].sort());
});

const settings = fc.dictionary(fc.constantFrom(...NAMES), fc.oneof(edited(...VALUES), fc.constantFrom(...VALUES)), {
  maxKeys: 6,
});

/** Some of the secrets, as they are or edited. */
const secrets = fc.record(
  Object.fromEntries(Object.entries(SECRET_VALUES).map(([name, value]) => [name, fc.oneof(fc.constant(value), edited(value))])),
  { requiredKeys: [] },
);

fuzz('any settings are taken or refused, and no secret is shown', fc.tuple(settings, secrets), ([some, secret]) => {
  try {
    readConfig({ ...some, ...secret });
  } catch (error) {
    if (!(error instanceof WrongSettings)) throw error;
    expectNoSecret(error.message);
    const holders = Object.values(some).filter((value) => value.includes('changeit'));
    if (holders.every(hasPassword)) expect(error.message).not.toContain('changeit');
  }
});

/** Commands that end by themselves, each with arguments that it takes. */
const COMMANDS = [
  ['token', '--role', 'owner', '--account', 'acme', '--ttl', '1h'],
  ['sign-in-link', '--role', 'operator'],
  ['asof', '--at', '2026-11-23T18:00:00Z', '--account', 'acme'],
  ['checkpoint'],
  ['log-key'],
  ['export', '--from', '2026-11-23', '--to', '2026-11-24T00:00:00+01:00', '--account', 'acme'],
  ['export', '--projection', 'activity', '--format', 'csv'],
  ['export', '--usage'],
  ['verify-log', 'missing', '--public-key', 'missing', '--checkpoint', 'missing'],
  ['revoke', '--account', 'acme', '--note', 'why', '--yes'],
  ['replay'],
  ['recover'],
  ['schema'],
  ['import', '--from', 'missing'],
  ['backup', 'copy'],
  ['restore', 'missing'],
  ['demo', '--accounts', '3', '--days', '4'],
  ['serve', '--workers', '2'],
];

/** What comes after the arguments, and counts instead of others: a demo is always a small one. */
const LAST: Record<string, string[]> = { demo: ['--accounts', '2', '--days', '3'] };

/** The arguments of one command: some edited, some left out, some repeated. */
const argumentsOf = fc.constantFrom(...COMMANDS).chain(([name = '', ...rest]) =>
  fc
    .tuple(
      ...rest.map((part) =>
        fc.oneof(
          { arbitrary: fc.constant([part]), weight: 6 },
          fc.constant([]),
          edited(part).map((text) => [text]),
        ),
      ),
    )
    .chain((parts) =>
      fc
        .array(fc.oneof(anyText, fc.constantFrom(...rest, '--help')), { maxLength: 2 })
        .map((more) => [name, ...parts.flat(), ...more, ...(LAST[name] ?? [])]),
    ),
);

const HERE = process.cwd();
afterEach(() => process.chdir(HERE));

/** Files are written below the present directory alone. */
const commands = fc.record({
  args: argumentsOf.filter((args) => !args.some((text) => /^\/|\.\./.test(text))),
  isRefused: fc.boolean(),
});

const { KEYLEDGER_STORE: _, KEYLEDGER_CLIENT_SECRET: __, ...GOOD } = SECRET_VALUES;

fuzz('any arguments of a command end with 0, 1 or 2, no stack, and no secret', commands, async ({ args, isRefused }) => {
  const home = temporaryDirectory();
  process.chdir(home);
  // A server that may start would not end.
  const settings = isRefused || args[0] === 'serve' ? { ...SECRET_VALUES, PORT: 'none' } : GOOD;
  const outcome = await here(args, { ...settings, KEYLEDGER_DATA: join(home, 'data') });
  expectEnd(outcome);
  expectNoSecret(outcome.stdout + outcome.stderr);
});
