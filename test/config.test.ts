import { join, resolve } from 'node:path';
import { type Config, isLoopback, readConfig, WrongSettings } from '../src/config.js';

const PROVIDER = {
  KEYLEDGER_JWKS_URL: 'https://id.example/jwks',
  KEYLEDGER_ISSUER: 'https://id.example/',
  KEYLEDGER_AUDIENCE: 'keyledger',
};
const PUBLIC_URL = 'https://keys.example.com';
const CODE_FLOW = { ...PROVIDER, KEYLEDGER_CLIENT_ID: 'dashboard', KEYLEDGER_PUBLIC_URL: PUBLIC_URL };
const KEY = `${'A'.repeat(42)}E=`;

const CLAIMS = {
  subject: 'sub',
  account: 'account',
  roles: 'roles',
  roleNames: {
    owner: 'keyledger:owner',
    operator: 'keyledger:operator',
    auditor: 'keyledger:auditor',
    analyst: 'keyledger:analyst',
  },
};

const DEFAULTS: Config = {
  port: 4000,
  host: '127.0.0.1',
  dataDirectory: resolve('data'),
  store: { kind: 'sqlite', file: resolve('data', 'events.db') },
  identityProvider: undefined,
  claims: CLAIMS,
  deadline: 15_000,
  drain: 0,
  staleness: 10_000,
  clockTolerance: 30_000,
  graphiql: false,
  logLevel: 'info',
  production: false,
  introspectionToken: undefined,
  failuresPerMinute: undefined,
  mutationsPerMinute: undefined,
  readsRetention: undefined,
  trustedProxies: [],
  publicUrl: undefined,
  allowedOrigins: [],
  codeFlow: undefined,
  sessionKey: undefined,
  logKey: undefined,
  pseudonymKey: undefined,
  tracing: undefined,
};

it.each(['https://user@app.example.com', 'https://a.example https://b.example', 'https://a.example, b.example'])(
  'refuses %s among the allowed origins',
  (origins) => {
    expect(() => readConfig({ KEYLEDGER_ALLOWED_ORIGINS: origins })).toThrow('KEYLEDGER_ALLOWED_ORIGINS');
  },
);

it('has a default for every setting', () => {
  expect(readConfig({})).toEqual(DEFAULTS);
});

it('takes an empty setting for one that is not there', () => {
  const names = ['PORT', 'HOST', 'KEYLEDGER_DATA', 'KEYLEDGER_STORE', 'KEYLEDGER_DEADLINE', 'LOG_LEVEL', 'NODE_ENV'];
  const all = [...names, ...Object.keys(PROVIDER), 'KEYLEDGER_CLAIM_ACCOUNT', 'KEYLEDGER_CLAIM_ROLES', 'KEYLEDGER_LOG_KEY'];
  expect(readConfig(Object.fromEntries(all.map((name) => [name, ''])))).toEqual(DEFAULTS);
});

it.each<[env: Record<string, string>, config: Partial<Config>]>([
  [{ PORT: '0' }, { port: 0 }],
  [{ PORT: '65535' }, { port: 65535 }],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, { tracing: { protocol: 'http/protobuf' } }],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector/x' }, { tracing: { protocol: 'http/protobuf' } }],
  [{ OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, { tracing: { protocol: 'http/json' } }],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_TRACES_EXPORTER: 'none' }, { tracing: undefined }],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_SDK_DISABLED: 'TRUE' }, { tracing: undefined }],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_SERVICE_NAME: 'x' }, { tracing: undefined }],
  [{ KEYLEDGER_DRAIN: '0s' }, { drain: 0 }],
  [{ KEYLEDGER_DRAIN: '5m' }, { drain: 300_000 }],
  [{ NODE_ENV: 'production' }, { production: true, drain: 5000 }],
  [
    { NODE_ENV: 'production', KEYLEDGER_DRAIN: '0s' },
    { production: true, drain: 0 },
  ],
  [{ KEYLEDGER_GRAPHIQL: '1' }, { graphiql: true }],
  [{ HOST: '::' }, { host: '::' }],
  [{ HOST: 'keys.example.org' }, { host: 'keys.example.org' }],
  [
    { KEYLEDGER_DATA: '/var/lib/keyledger' },
    { dataDirectory: '/var/lib/keyledger', store: sqlite('/var/lib/keyledger/events.db') },
  ],
  [{ KEYLEDGER_STORE: 'sqlite:' }, { store: sqlite(resolve('data/events.db')) }],
  [{ KEYLEDGER_STORE: 'sqlite:log.db' }, { store: sqlite(resolve('data/log.db')) }],
  [{ KEYLEDGER_STORE: 'sqlite:Events.db' }, { store: sqlite(resolve('data/Events.db')) }],
  [{ KEYLEDGER_STORE: 'sqlite:keys.dbs' }, { store: sqlite(resolve('data/keys.dbs')) }],
  [{ KEYLEDGER_STORE: 'esdb://a:b@host:2113?tls=false' }, { store: eventstoredb('esdb://a:b@host:2113?tls=false') }],
  [{ KEYLEDGER_STORE: 'esdb+discover://cluster:2113' }, { store: eventstoredb('esdb+discover://cluster:2113') }],
  [{ KEYLEDGER_CLAIM_ROLES: 'realm_access.roles' }, { claims: { ...CLAIMS, roles: 'realm_access.roles' } }],
  [{ KEYLEDGER_CLAIM_ACCOUNT: 'https://a.example/id' }, { claims: { ...CLAIMS, account: 'https://a.example/id' } }],
  [{ KEYLEDGER_CLAIM_SUBJECT: 'oid' }, { claims: { ...CLAIMS, subject: 'oid' } }],
  [{ KEYLEDGER_ROLE_OPERATOR: 'urn:ops' }, { claims: { ...CLAIMS, roleNames: { ...CLAIMS.roleNames, operator: 'urn:ops' } } }],
  [
    { ...PROVIDER, KEYLEDGER_AUDIENCE: ' one ,urn:two' },
    {
      identityProvider: {
        jwksUrl: new URL('https://id.example/jwks'),
        issuer: 'https://id.example/',
        audiences: ['one', 'urn:two'],
      },
    },
  ],
  [{ KEYLEDGER_DEADLINE: '1s' }, { deadline: 1000 }],
  [{ KEYLEDGER_DEADLINE: '1500ms' }, { deadline: 1500 }],
  [{ KEYLEDGER_DEADLINE: '15 s' }, { deadline: 15_000 }],
  [{ KEYLEDGER_DEADLINE: '20' }, { deadline: 20_000 }],
  [{ KEYLEDGER_DEADLINE: '5m' }, { deadline: 300_000 }],
  [{ KEYLEDGER_STALENESS: '1s' }, { staleness: 1000 }],
  [{ KEYLEDGER_STALENESS: '5m' }, { staleness: 300_000 }],
  [{ KEYLEDGER_CLOCK_TOLERANCE: '1s' }, { clockTolerance: 1000 }],
  [{ KEYLEDGER_CLOCK_TOLERANCE: '5m' }, { clockTolerance: 300_000 }],
  [{ KEYLEDGER_READS_RETENTION: '1d' }, { readsRetention: 86_400_000 }],
  [{ KEYLEDGER_READS_RETENTION: '365 D' }, { readsRetention: 365 * 86_400_000 }],
  [{ KEYLEDGER_INTROSPECTION_TOKEN: KEY }, { introspectionToken: KEY }],
  [{ KEYLEDGER_FAILURES_PER_MINUTE: '1' }, { failuresPerMinute: 1 }],
  [{ KEYLEDGER_MUTATIONS_PER_MINUTE: '1000000' }, { mutationsPerMinute: 1_000_000 }],
  [{ KEYLEDGER_TRUSTED_PROXIES: '127.0.0.1' }, { trustedProxies: ['127.0.0.1'] }],
  [{ KEYLEDGER_TRUSTED_PROXIES: '10.0.0.0/8, ::1,fd00::/8' }, { trustedProxies: ['10.0.0.0/8', '::1', 'fd00::/8'] }],
  [{ LOG_LEVEL: 'silent' }, { logLevel: 'silent' }],
  [{ NODE_ENV: 'development' }, { production: false }],
  [
    { KEYLEDGER_LOG_KEY: KEY, KEYLEDGER_PSEUDONYM_KEY: KEY },
    { logKey: Buffer.from(KEY, 'base64'), pseudonymKey: Buffer.from(KEY, 'base64') },
  ],
  [{ KEYLEDGER_LOG_KEY: KEY.replace('=', '') }, {}],
  [
    PROVIDER,
    {
      identityProvider: {
        jwksUrl: new URL('https://id.example/jwks'),
        issuer: 'https://id.example/',
        audiences: ['keyledger'],
      },
    },
  ],
  [{}, { allowedOrigins: [] }],
  [
    { KEYLEDGER_ALLOWED_ORIGINS: 'https://App.example.com:443/, http://localhost:5173,' },
    { allowedOrigins: ['https://app.example.com', 'http://localhost:5173'] },
  ],
  [{ KEYLEDGER_PUBLIC_URL: 'http://127.0.0.1:8080/' }, { publicUrl: new URL('http://127.0.0.1:8080') }],
  [{ KEYLEDGER_PUBLIC_URL: 'https://Keys.example.com:443' }, { publicUrl: new URL(PUBLIC_URL) }],
  [CODE_FLOW, { codeFlow: codeFlow({}), publicUrl: new URL(PUBLIC_URL) }],
  [{ ...CODE_FLOW, KEYLEDGER_CLIENT_SECRET: 'hush hush' }, { codeFlow: codeFlow({ clientSecret: 'hush hush' }) }],
  [
    { ...CODE_FLOW, KEYLEDGER_SIGN_IN_SCOPE: 'profile openid api://keys/read' },
    { codeFlow: codeFlow({ scope: 'profile openid api://keys/read' }) },
  ],
  [
    {
      ...CODE_FLOW,
      KEYLEDGER_SIGN_IN_AUDIENCE: 'https://keys.example.com',
      KEYLEDGER_SIGN_IN_RESOURCE: 'https://keys.example.com',
    },
    { codeFlow: codeFlow({ audience: 'https://keys.example.com', resource: 'https://keys.example.com' }) },
  ],
  [{ KEYLEDGER_SESSION_KEY: KEY }, { sessionKey: Buffer.from(KEY, 'base64') }],
  [
    { ...CODE_FLOW, KEYLEDGER_ISSUER: 'http://[::1]:9000/realm' },
    { codeFlow: codeFlow({ issuer: new URL('http://[::1]:9000/realm') }) },
  ],
  [{ NODE_ENV: 'Production' }, { production: true }],
  [{ LOG_LEVEL: 'WARN' }, { logLevel: 'warn' }],
  [{ OTEL_TRACES_EXPORTER: 'OTLP', OTEL_EXPORTER_OTLP_PROTOCOL: 'HTTP/JSON' }, { tracing: { protocol: 'http/json' } }],
  [{ HOST: 'LocalHost' }, { host: 'localhost' }],
  [{ KEYLEDGER_DEADLINE: '20S' }, { deadline: 20_000 }],
  [{ KEYLEDGER_STORE: 'SQLite:Log.db' }, { store: sqlite(resolve('data/Log.db')) }],
  [{ KEYLEDGER_STORE: 'ESDB://Host:2113?TLS=False' }, { store: eventstoredb('esdb://Host:2113?tls=false') }],
  [{ UNKNOWN: 'setting' }, {}],
])('reads %j', (env, config) => {
  expect(readConfig(env)).toMatchObject(config);
});

it.each([
  ['PORT', '65536', 'a whole number from 0 to 65535'],
  ['PORT', '-1', 'a whole number'],
  ['PORT', '80.5', 'a whole number'],
  ['PORT', '40 00', 'a whole number'],
  ['HOST', 'a b', 'an address or a host name'],
  ['HOST', 'http://localhost', 'an address or a host name'],
  ['KEYLEDGER_STORE', 'sqlite:../other/events.db', 'in the data directory'],
  ['KEYLEDGER_STORE', 'sqlite:/etc/passwd', 'in the data directory'],
  ['KEYLEDGER_STORE', 'sqlite:keys.db', 'not one of its other files'],
  ['KEYLEDGER_STORE', 'sqlite:Projections.db', 'not one of its other files'],
  ['KEYLEDGER_STORE', 'sqlite:analytics.db-wal', 'not one of its other files'],
  ['KEYLEDGER_STORE', 'sqlite:keys.db.0123abcd', 'not one of its other files'],
  ['KEYLEDGER_STORE', 'sqlite:issuer.jwk', 'not one of its other files'],
  ['KEYLEDGER_STORE', 'sqlite:checkpoints', 'not one of its other files'],
  ['KEYLEDGER_STORE', 'sqlite:restored', 'not one of its other files'],
  ['KEYLEDGER_STORE', 'sqlite:filling.lock', 'not one of its other files'],
  ['KEYLEDGER_STORE', 'sqlite:repairing.lock', 'not one of its other files'],
  ['KEYLEDGER_STORE', 'sqlite:sign-in', 'not one of its other files'],
  ['KEYLEDGER_STORE', 'sqlite:rebuilt-1.db', 'not one of its other files'],
  ['KEYLEDGER_STORE', 'sqlite:lost-1.ndjson', 'not one of its other files'],
  ['KEYLEDGER_STORE', 'sqlite:.', 'not one of its other files'],
  ['KEYLEDGER_STORE', 'sqlite:..', 'not one of its other files'],
  ['KEYLEDGER_DEADLINE', '999ms', 'a duration from 1s to 5m'],
  ['KEYLEDGER_DEADLINE', '301s', 'a duration from 1s to 5m'],
  ['KEYLEDGER_DEADLINE', 'soon', 'a duration from 1s to 5m'],
  ['KEYLEDGER_DEADLINE', '-5s', 'a duration from 1s to 5m'],
  ['KEYLEDGER_STALENESS', '999ms', 'a duration from 1s to 5m'],
  ['KEYLEDGER_STALENESS', 'never', 'a duration from 1s to 5m'],
  ['KEYLEDGER_CLOCK_TOLERANCE', '999ms', 'a duration from 1s to 5m'],
  ['KEYLEDGER_CLOCK_TOLERANCE', '6m', 'a duration from 1s to 5m'],
  ['KEYLEDGER_READS_RETENTION', '23h', 'a duration from 1d to 36500d'],
  ['KEYLEDGER_READS_RETENTION', 'never', 'a duration from 1d to 36500d'],
  ['KEYLEDGER_FAILURES_PER_MINUTE', '0', 'a whole number from 1 to 1000000'],
  ['KEYLEDGER_FAILURES_PER_MINUTE', '1e3', 'a whole number from 1'],
  ['KEYLEDGER_MUTATIONS_PER_MINUTE', '1000001', 'a whole number from 1'],
  ['KEYLEDGER_MUTATIONS_PER_MINUTE', '-1', 'a whole number from 1'],
  ['KEYLEDGER_ALLOWED_ORIGINS', '*', 'without `*`'],
  ['KEYLEDGER_ALLOWED_ORIGINS', 'https://*.example.com', 'without `*`'],
  ['KEYLEDGER_ALLOWED_ORIGINS', 'null', 'origins with commas between them'],
  ['KEYLEDGER_ALLOWED_ORIGINS', 'app.example.com', 'origins with commas between them'],
  ['KEYLEDGER_ALLOWED_ORIGINS', 'https://app.example.com/keys', 'without a path'],
  ['KEYLEDGER_ALLOWED_ORIGINS', 'file:///etc', 'origins with commas between them'],
  ['KEYLEDGER_TRUSTED_PROXIES', 'proxy.example', 'addresses and networks'],
  ['KEYLEDGER_TRUSTED_PROXIES', '10.0.0.1 10.0.0.2', 'addresses and networks'],
  ['KEYLEDGER_TRUSTED_PROXIES', '0.0.0.0/0', 'addresses and networks'],
  ['KEYLEDGER_TRUSTED_PROXIES', '10.0.0.0/33', 'addresses and networks'],
  ['KEYLEDGER_TRUSTED_PROXIES', 'fd00::/129', 'addresses and networks'],
  ['KEYLEDGER_CLAIM_ROLES', 'two words', 'a claim'],
  ['KEYLEDGER_CLAIM_SUBJECT', 'two words', 'a claim'],
  ['KEYLEDGER_ROLE_OWNER', 'two words', 'a role as tokens name it'],
  ['KEYLEDGER_PUBLIC_URL', 'keys.example.com', 'an http or https URL without a path'],
  ['KEYLEDGER_PUBLIC_URL', 'https://keys.example.com/keys', 'an http or https URL without a path'],
  ['KEYLEDGER_PUBLIC_URL', 'https://keys.example.com/?', 'an http or https URL without a path'],
  ['KEYLEDGER_PUBLIC_URL', 'ftp://keys.example.com', 'an http or https URL without a path'],
  ['KEYLEDGER_SIGN_IN_AUDIENCE', 'a b', 'an audience'],
  ['KEYLEDGER_SIGN_IN_RESOURCE', 'keyledger', 'an absolute URI without a fragment'],
  ['KEYLEDGER_SIGN_IN_RESOURCE', 'https://keys.example.com/#a', 'an absolute URI without a fragment'],
  ['KEYLEDGER_SIGN_IN_SCOPE', 'profile', '`openid` among them'],
  ['KEYLEDGER_SIGN_IN_SCOPE', 'openid  profile', 'scopes with spaces between them'],
  ['KEYLEDGER_SIGN_IN_SCOPE', 'openidx', '`openid` among them'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', '`http/protobuf` or `http/json`'],
  ['OTEL_TRACES_EXPORTER', 'console', '`otlp` or `none`'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318', 'an http or https URL'],
  ['NODE_ENV', 'prod', '`production`, `development` or `test`'],
  ['NODE_ENV', 'production;', '`production`, `development` or `test`'],
  ['OTEL_SDK_DISABLED', 'yes', '`true` or `false`'],
  ['LOG_LEVEL', 'loud', 'one of trace, debug, info, warn, error, fatal, silent'],
])('refuses %s=%s, with its name, its value and what is allowed', (name, value, allowed) => {
  const [line = '', ...others] = faultsOf({ [name]: value });
  expect(others).toEqual([]);
  expect(line).toContain(`${name} is "${value}"; it must be `);
  expect(line).toContain(allowed);
});

it.each(['KEYLEDGER_LOG_KEY', 'KEYLEDGER_PSEUDONYM_KEY', 'KEYLEDGER_SESSION_KEY'])('hides the value of %s', (name) => {
  for (const value of ['hunter2', `${KEY}x`, 'A'.repeat(43).replace('A', '!')]) {
    const faults = faultsOf({ [name]: value });
    expect(faults).toEqual([expect.stringContaining(`${name} is (hidden); it must be 32 bytes in base64`)]);
    expect(faults.join()).not.toContain(value);
  }
});

it.each(['hunter2', 'a'.repeat(31), `${'a'.repeat(32)} b`, 'é'.repeat(40)])('hides the introspection token %s', (value) => {
  const faults = faultsOf({ KEYLEDGER_INTROSPECTION_TOKEN: value });
  expect(faults).toEqual([expect.stringContaining('KEYLEDGER_INTROSPECTION_TOKEN is (hidden); it must be at least 32')]);
  expect(faults.join()).not.toContain(value);
});

it.each([
  'esdb+cluster://admin:hunter2@host:2113',
  'esdb://admin:hunter2@host:2113 ?tls=false',
  'postgres://admin:hun/ter2@host',
  'postgres://admin:hun@ter2@host',
  'esdb:admin:hunter2@host',
  'admin:hunter2@host',
  'esdb://admin:hunter2@host?tls=maybe',
  '://admin:hunter2',
  'esdb@://admin:hunter2',
  'esdb://ad@min:hunter2:1',
])('hides the password in %s', (value) => {
  const [line] = faultsOf({ KEYLEDGER_STORE: value });
  expect(line).toMatch(/^KEYLEDGER_STORE is "(?:esdb:\/\/)?\(hidden\)"; it must be `sqlite:`/);
  expect(line).not.toMatch(/admin|hun|ter2/);
});

it.each([
  ['esdb://admin:hunter2@host:2113', 'esdb://(hidden)@host:2113'],
  ['esdb://admin:hunter2@esdb://admin:hunter2a:2113', 'esdb://(hidden)@(hidden)'],
  ['esdb://host:2113/esdb://admin:hunter2', 'esdb://(hidden)'],
  ['esdb://host/?esdb://admin:hunter2:2113', 'esdb://(hidden)'],
  ['x esdb://admin:hunter2', '(hidden)'],
  ['host:2113, esdb://admin:hunter2', '(hidden)'],
  ['host@esdb://admin:hunter2', '(hidden)@(hidden)'],
  ['admin:hunter2@host', '(hidden)@host'],
  ['https://host:99999/path?x=1', 'https://host:99999/path?x=1'],
  ['127.0.0.1:4000', '127.0.0.1:4000'],
])('hides the password in an address that is the value of another setting: %j', (value, visible) => {
  expect(faultsOf({ PORT: value })).toEqual([`PORT is "${visible}"; it must be a whole number from 0 to 65535`]);
});

it.each(['production', 'PRODUCTION', 'Production\r'])('refuses a page to try the API on where NODE_ENV is %j', (NODE_ENV) => {
  expect(faultsOf({ NODE_ENV, KEYLEDGER_GRAPHIQL: ' 1' })).toEqual([expect.stringContaining('KEYLEDGER_GRAPHIQL is 1')]);
});

it('names all faults at once', () => {
  const env = { PORT: 'http', KEYLEDGER_DEADLINE: '0', LOG_LEVEL: 'loud', KEYLEDGER_LOG_KEY: 'x', KEYLEDGER_ISSUER: 'i' };
  const names = faultsOf(env).map((line) => line.split(' ')[0]);
  expect(names).toEqual([
    'PORT',
    'KEYLEDGER_DEADLINE',
    'KEYLEDGER_LOG_KEY',
    'LOG_LEVEL',
    'KEYLEDGER_JWKS_URL',
    'KEYLEDGER_AUDIENCE',
  ]);
});

it.each<[env: Record<string, string>, faults: RegExp[]]>([
  [
    { KEYLEDGER_ROLE_OWNER: 'staff', KEYLEDGER_ROLE_ANALYST: ' staff' },
    [/ANALYST is "staff", and so is KEYLEDGER_ROLE_OWNER;/],
  ],
  [{ KEYLEDGER_ROLE_OWNER: 'keyledger:auditor' }, [/AUDITOR is "keyledger:auditor", and so is KEYLEDGER_ROLE_OWNER;/]],
  [
    { KEYLEDGER_ROLE_OWNER: 'x', KEYLEDGER_ROLE_OPERATOR: 'x', KEYLEDGER_ROLE_AUDITOR: 'x' },
    [/OPERATOR is "x", and so is KEYLEDGER_ROLE_OWNER;/, /AUDITOR is "x", and so is KEYLEDGER_ROLE_OWNER;/],
  ],
])('refuses one name for two roles: %j', (env, faults) => {
  expect(faultsOf(env)).toEqual(faults.map((fault) => expect.stringMatching(fault)));
});

it.each([',', 'one,', 'one,,two'])('refuses an audience without a name: %j', (value) => {
  expect(faultsOf({ ...PROVIDER, KEYLEDGER_AUDIENCE: value })).toEqual([
    expect.stringContaining(`KEYLEDGER_AUDIENCE is "${value}"; it must be the \`aud\` of the tokens`),
  ]);
});

it.each(Object.keys(PROVIDER))('refuses an identity provider without %s', (name) => {
  const { [name]: _, ...others } = { ...PROVIDER } as Record<string, string>;
  expect(faultsOf(others)).toEqual([expect.stringContaining(`${name} is missing`)]);
});

it('hides the secret of the client', () => {
  const faults = faultsOf({ ...CODE_FLOW, KEYLEDGER_CLIENT_SECRET: 'hüsh' });
  expect(faults).toEqual([expect.stringContaining('KEYLEDGER_CLIENT_SECRET is (hidden); it must be the secret')]);
});

it.each(Object.keys(CODE_FLOW))('refuses a client with a secret without %s', (name) => {
  const { [name]: _, ...others } = { ...CODE_FLOW, KEYLEDGER_CLIENT_SECRET: 'hush' } as Record<string, string>;
  expect(faultsOf(others)).toEqual([expect.stringContaining(`${name} is missing`)]);
});

it('names all that a client lacks at once', () => {
  const names = faultsOf({ KEYLEDGER_CLIENT_ID: 'dashboard' }).map((line) => line.split(' ')[0]);
  expect(names).toEqual([...Object.keys(PROVIDER), 'KEYLEDGER_PUBLIC_URL']);
});

it.each(['http://id.example/', 'http://127.0.0.1.example/', 'ada', 'urn:issuer'])('discovers nothing from %s', (issuer) => {
  const faults = faultsOf({ ...CODE_FLOW, KEYLEDGER_ISSUER: issuer });
  expect(faults).toEqual([expect.stringContaining(`KEYLEDGER_ISSUER is "${issuer}"`)]);
  expect(faults.join()).toContain('an https URL, or http on loopback');
});

it.each(['ftp://id.example/jwks', 'id.example/jwks', 'file:///etc/passwd'])('refuses keys from %s', (url) => {
  expect(faultsOf({ ...PROVIDER, KEYLEDGER_JWKS_URL: url })).toEqual([expect.stringContaining('an http or https URL')]);
});

it.each([
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['127.0.0.1.example.org', false],
  ['10.0.0.1', false],
])('%s is for this machine alone: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

function faultsOf(env: Record<string, string>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (!(error instanceof WrongSettings)) throw error;
    const [title, ...faults] = error.message.split('\n  ');
    expect(title).toBe('Settings are wrong:');
    return faults;
  }
  throw new Error('There is no fault.');
}

function codeFlow(change: Partial<Config['codeFlow']>): Config['codeFlow'] {
  const plain = { clientId: 'dashboard', clientSecret: undefined, scope: 'openid', audience: undefined, resource: undefined };
  return { ...plain, issuer: new URL('https://id.example/'), publicUrl: new URL(PUBLIC_URL), ...change };
}

function sqlite(file: string): Config['store'] {
  return { kind: 'sqlite', file: join(file) };
}

function eventstoredb(connectionString: string): Config['store'] {
  return { kind: 'eventstoredb', connectionString };
}

describe('a connection string', () => {
  it.each([
    'esdb://localhost',
    'esdb://localhost:2113?tls=false',
    'esdb://10.0.0.1:2113,10.0.0.2:2113,node-3:2113?tls=false&nodePreference=leader',
    'esdb+discover://admin:ch%40ngeit@cluster.example.com?tlsCAFile=%2Fetc%2Fca.pem&keepAliveInterval=10000',
    'esdb://admin:pass@host:2113/?connectionName=keyledger',
  ])('may be %s', (connectionString) => {
    expect(readConfig({ KEYLEDGER_STORE: connectionString }).store).toEqual({ kind: 'eventstoredb', connectionString });
  });

  it.each([
    'esdb://',
    'esdb://host:port',
    'esdb://host:2113?tls=maybe',
    'esdb://host:2113?throwOnAppendFailure=false',
    'esdb://host:2113?throw_on_append_failure=false',
    'esdb://host:2113?throw-on-append-failure=false',
    'esdb://user:geheim@host:2113?tlsVerifyCert=false',
    'esdb://user:geheim@host:2113?unknown=1',
    'esdb://user:geheim%@host:2113',
    'esdb://user:geheim',
    'esdb://host:2113?password=geheim',
  ])('may not be %s, and no password is told', (connectionString) => {
    expect(() => readConfig({ KEYLEDGER_STORE: connectionString })).toThrow(/KEYLEDGER_STORE/);
    expect(() => readConfig({ KEYLEDGER_STORE: connectionString })).not.toThrow(/geheim/);
  });
});
