import fc from 'fast-check';
import { readConfig, WrongSettings } from '../../src/config.js';
import { environment } from '../../src/settings/environment.js';
import { here } from '../cli/here.js';
import { temporaryDirectory } from '../support/cleanup.js';
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

const settings = fc.dictionary(fc.constantFrom(...NAMES), fc.oneof(edited(...VALUES), fc.constantFrom(...VALUES)), {
  maxKeys: 6,
});

fuzz('any settings are taken or refused, and no secret is shown', settings, (env) => {
  try {
    readConfig(env);
  } catch (error) {
    if (!(error instanceof WrongSettings)) throw error;
    expect(error.message).not.toContain('changeit');
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
];

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
        .map((more) => [name, ...parts.flat(), ...more]),
    ),
);

fuzz('any arguments of a command end with 0, 1 or 2, and no stack', argumentsOf, async (args) => {
  const { code, stderr } = await here(args, { KEYLEDGER_DATA: temporaryDirectory() });
  expect([0, 1, 2]).toContain(code);
  expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
  expect(stderr).not.toMatch(/\b(TypeError|RangeError|SyntaxError|SqliteError)\b/);
  if (code !== 0) expect(stderr).not.toBe('');
});
