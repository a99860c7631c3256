import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../src/config.js';
import { environment, FROM_FILES } from '../../src/settings/environment.js';
import { temporaryDirectory } from '../support/cleanup.js';

const KEY = Buffer.alloc(32, 7).toString('base64');

/** A valid value of every setting, with the values that some of them require. */
const GOOD: Record<keyof typeof environment.shape, string> = {
  PORT: '4001',
  HOST: '127.0.0.1',
  KEYLEDGER_DATA: '/var/lib/keyledger',
  KEYLEDGER_STORE: 'esdb://host:2113?tls=false',
  KEYLEDGER_JWKS_URL: 'https://id.example/jwks',
  KEYLEDGER_ISSUER: 'https://id.example/',
  KEYLEDGER_AUDIENCE: 'keyledger',
  KEYLEDGER_CLAIM_SUBJECT: 'oid',
  KEYLEDGER_CLAIM_ACCOUNT: 'org.id',
  KEYLEDGER_CLAIM_ROLES: 'realm_access.roles',
  KEYLEDGER_ROLE_OWNER: 'keys-owner',
  KEYLEDGER_ROLE_OPERATOR: 'keys-operator',
  KEYLEDGER_ROLE_AUDITOR: 'keys-auditor',
  KEYLEDGER_ROLE_ANALYST: 'keys-analyst',
  KEYLEDGER_PUBLIC_URL: 'https://keys.example.com',
  KEYLEDGER_ALLOWED_ORIGINS: 'https://app.example.com',
  KEYLEDGER_CLIENT_ID: 'dashboard',
  KEYLEDGER_CLIENT_SECRET: 'hush hush',
  KEYLEDGER_SIGN_IN_SCOPE: 'openid profile',
  KEYLEDGER_SIGN_IN_AUDIENCE: 'https://keys.example.com/api',
  KEYLEDGER_SIGN_IN_RESOURCE: 'urn:keyledger',
  KEYLEDGER_SESSION_KEY: KEY,
  KEYLEDGER_DEADLINE: '20s',
  KEYLEDGER_STALENESS: '20s',
  KEYLEDGER_CLOCK_TOLERANCE: '20s',
  KEYLEDGER_READS_RETENTION: '90d',
  KEYLEDGER_DRAIN: '2s',
  KEYLEDGER_GRAPHIQL: '0',
  KEYLEDGER_INTROSPECTION_TOKEN: KEY,
  KEYLEDGER_FAILURES_PER_MINUTE: '10',
  KEYLEDGER_MUTATIONS_PER_MINUTE: '10',
  KEYLEDGER_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8',
  KEYLEDGER_LOG_KEY: KEY,
  KEYLEDGER_PSEUDONYM_KEY: KEY,
  LOG_LEVEL: 'warn',
  NODE_ENV: 'production',
  OTEL_SDK_DISABLED: 'false',
  OTEL_TRACES_EXPORTER: 'otlp',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces',
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
};
const NAMES = Object.keys(environment.shape);

/** The reported faults of the settings; empty if there are none. */
function faultsOf(env: Record<string, string>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    return String(error).split('\n  ').slice(1);
  }
  return [];
}

describe('white space around a setting does not count', () => {
  it.each(NAMES)('%s', (name) => {
    const plain = readConfig(GOOD);
    for (const [before, after] of [
      ['', '\r'],
      ['', '\r\n'],
      [' ', ' '],
      ['\t', '\n'],
      ['\ufeff', ''],
      ['\u00a0', '\u3000'],
    ]) {
      const value = `${before}${GOOD[name as keyof typeof GOOD]}${after}`;
      expect(readConfig({ ...GOOD, [name]: value })).toEqual(plain);
    }
  });

  it('and nothing but white space is not set', () => {
    expect(readConfig(Object.fromEntries(NAMES.map((name) => [name, ' \r\n'])))).toEqual(readConfig({}));
  });
});

describe('a control character within a setting is refused, and not printed as it is', () => {
  it.each(NAMES)('%s', (name) => {
    for (const control of ['\r', '\n', '\0', '\u001b[31m', '\u0085']) {
      const good = GOOD[name as keyof typeof GOOD];
      const faults = faultsOf({ ...GOOD, [name]: `${good}${control}${good}` });
      expect(faults[0]).toMatch(new RegExp(`^${name} is .*; it must be .*; it must hold no control characters$`));
      expect(faults.filter((fault) => !fault.startsWith(`${name} is `))).toEqual([]);
      expect(faults.join()).not.toMatch(/\p{Cc}/u);
    }
  });

  it('what only the SDK of OpenTelemetry reads', () => {
    const faults = faultsOf({ OTEL_EXPORTER_OTLP_HEADERS: 'authorization=geheim\rx' });
    expect(faults).toEqual(['OTEL_EXPORTER_OTLP_HEADERS holds control characters; remove them']);
  });
});

it.each([
  ['80\u001b[31m', '"80\\u001b[31m"'],
  ['80\u202e', '"80\\u{202e}"'],
  ['8"0\\', '"8\\"0\\\\"'],
  ['80\r\n90', '"80\\r\\n90"'],
  ['80\u2028x', '"80\\u{2028}x"'],
  ['\ue000', '"\\u{e000}"'],
  ['9'.repeat(300), `"${'9'.repeat(200)}…"`],
])('shows %j escaped', (value, shown) => {
  expect(faultsOf({ PORT: value })).toEqual([
    expect.stringContaining(`PORT is ${shown}; it must be a whole number from 0 to 65535`),
  ]);
});

describe('a setting from a file', () => {
  const fileWith = (content: string | Uint8Array) => {
    const file = join(temporaryDirectory(), 'secret');
    writeFileSync(file, content);
    return file;
  };
  const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

  it.each(FROM_FILES)('%s', (name) => {
    const { [name]: value = '', ...others }: Record<string, string> = GOOD;
    const plain = readConfig(GOOD);
    for (const content of [value, `${value}\n`, `${value}\r\n`, `\ufeff${value}\r\n`, utf16(value), utf16(value).swap16()]) {
      expect(readConfig({ ...others, [`${name}_FILE`]: ` ${fileWith(content)}\r` })).toEqual(plain);
    }
  });

  it.each(FROM_FILES)('is refused beside %s itself, and neither is shown', (name) => {
    const file = fileWith(KEY);
    const faults = faultsOf({ ...GOOD, [`${name}_FILE`]: file });
    expect(faults).toEqual([`${name} and ${name}_FILE are both set; set one of them`]);
  });

  it('counts where the setting itself is empty, as compose files leave it', () => {
    const { logKey } = readConfig({ KEYLEDGER_LOG_KEY: '', KEYLEDGER_LOG_KEY_FILE: fileWith(KEY), KEYLEDGER_STORE_FILE: '' });
    expect(logKey?.toString('base64')).toBe(KEY);
  });

  it('follows a symbolic link, as Kubernetes mounts secrets', () => {
    const link = join(temporaryDirectory(), 'link');
    symlinkSync(fileWith(KEY), link);
    expect(readConfig({ KEYLEDGER_LOG_KEY_FILE: link }).logKey?.toString('base64')).toBe(KEY);
  });

  const isRoot = process.getuid?.() === 0;
  it.each<[what: string, make: () => string, reason: RegExp]>([
    ['is not there', () => join(temporaryDirectory(), 'nothing'), /there is no such file/],
    ['is below a file', () => join(fileWith(''), 'below'), /there is no such file/],
    ['is a directory', () => temporaryDirectory(), /it is not a regular file/],
    ['never ends', () => '/dev/zero', /it is not a regular file/],
    ['is empty', () => fileWith(''), /it is empty/],
    ['holds white space', () => fileWith('\ufeff \r\n'), /it is empty/],
    ['is too large', () => fileWith(KEY.repeat(2000)), /it has more than 65536 bytes/],
    ['is not UTF-8', () => fileWith(Buffer.from([0x41, 0xe9, 0x42])), /it is not UTF-8 text/],
    ['is UTF-16 that does not say so', () => fileWith(Buffer.from(KEY, 'utf16le')), /it is not UTF-8 text/],
    ...(isRoot ? [] : [['may not be read', unreadable, /it may not be read/] as [string, () => string, RegExp]]),
  ])('is refused where the file %s, by the names of both', (_what, make, reason) => {
    const file = make();
    const faults = faultsOf({ KEYLEDGER_LOG_KEY_FILE: file });
    expect(faults).toEqual([expect.stringMatching(reason)]);
    expect(faults[0]).toContain(`KEYLEDGER_LOG_KEY_FILE is "${file}"`);
  });

  function unreadable(): string {
    const file = fileWith(KEY);
    chmodSync(file, 0);
    return file;
  }

  it.each(FROM_FILES)('is never shown, nor any part of it: %s', (name) => {
    const file = fileWith('geheim!@host\u0007');
    const faults = faultsOf({ ...GOOD, [name]: '', [`${name}_FILE`]: file });
    expect(faults).toEqual([expect.stringContaining(`${name} is (hidden), from "${file}"; it must be`)]);
    expect(faults.join()).not.toMatch(/geheim|@host/);
  });

  it('shows the name of the file escaped', () => {
    const directory = join(temporaryDirectory(), 'a\u001b[31mb');
    mkdirSync(directory);
    expect(faultsOf({ KEYLEDGER_LOG_KEY_FILE: directory }).join()).toContain('a\\u001b[31mb"');
  });
});
