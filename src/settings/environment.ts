import { resolve } from 'node:path';
import { z } from 'zod';
import { DATA_FILE } from '../shared/data-files.js';
import { SIGN_IN, TOKENS } from './identity.js';
import {
  matching,
  oneOf,
  parseBound,
  parseDurationWithin,
  parseHost,
  parseNetworks,
  parseOrigin,
  parseOrigins,
  parsePort,
  parseRate,
  parseRetention,
  parseStore,
  parseUrl,
} from './parsers.js';
import { KEY, setting } from './setting.js';

/** Settings that are never shown. */
export const SECRETS = [
  'KEYLEDGER_LOG_KEY',
  'KEYLEDGER_PSEUDONYM_KEY',
  'KEYLEDGER_INTROSPECTION_TOKEN',
  'KEYLEDGER_CLIENT_SECRET',
  'KEYLEDGER_SESSION_KEY',
];

/** Settings that may be in a file, which `…_FILE` names: secrets, and the connection string, which may contain a password. */
export const FROM_FILES = [...SECRETS, 'KEYLEDGER_STORE'];

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const RATE = setting('a whole number from 1 to 1000000', parseRate).optional();

/** The values are OpenTelemetry's. gRPC would need another exporter. Collectors usually accept HTTP too, on port 4318. */
const OTLP_PROTOCOL = setting(
  '`http/protobuf` or `http/json`; gRPC is not supported',
  oneOf('http/protobuf', 'http/json'),
).optional();

/** Every setting: its form (without surrounding white space), its default, its purpose, and the commands that read it. */
export const environment = z.object({
  PORT: setting('a whole number from 0 to 65535', parsePort).prefault('4000').meta({
    description: 'The TCP port. With `0` the system chooses a free port, and the log names it.',
    readBy: '`serve`, `sign-in-link`',
  }),
  HOST: setting('an address or a host name', parseHost).prefault('127.0.0.1').meta({
    description:
      'The address to listen on. The default accepts connections from this machine only. Use `0.0.0.0` to accept connections from anywhere, behind a proxy with TLS.',
    readBy: '`serve`, `sign-in-link`',
  }),
  KEYLEDGER_DATA: setting('a directory', (path) => resolve(path))
    .prefault('./data')
    .meta({
      description:
        'The data directory: the only place where Keyledger writes. It is created with mode 0700 if it is missing. See [Files](files.md).',
      readBy: 'every command except `schema` and `verify-log`',
    }),
  KEYLEDGER_STORE: setting(
    '`sqlite:`, `sqlite:FILE` (in the data directory, and not one of its other files), `esdb://…` or `esdb+discover://…` (its options: tls, tlsCAFile, userCertFile, userKeyFile, connectionName, nodePreference and the times)',
    parseStore,
  )
    .prefault('sqlite:')
    .meta({
      description: 'Where the events are stored: an SQLite file in the data directory, or an EventStoreDB server or cluster.',
      readBy:
        '`serve`, `asof`, `export`, `replay`, `demo`, `import`, `log-key`, `backup`, `restore`, `recover`, `revoke`, `token`, `sign-in-link`',
    }),
  ...TOKENS,
  KEYLEDGER_PUBLIC_URL: setting('an http or https URL without a path, such as `https://keys.example.com`', parseOrigin)
    .optional()
    .meta({
      description:
        'The origin at which browsers reach the server. With https, cookies are sent over https only. The `type` of a problem begins with it. Set it if a proxy is in front.',
      readBy: '`serve`, `sign-in-link`',
    }),
  KEYLEDGER_ALLOWED_ORIGINS: setting(
    'origins with commas between them, such as `https://app.example.com, http://localhost:5173`, without a path and without `*`',
    parseOrigins,
  )
    .prefault('')
    .meta({
      description:
        'The origins of other servers whose pages may use `/graphql` (CORS). They send a bearer token; the cookie of the dashboard does not count for them. Off by default.',
      readBy: '`serve`',
    }),
  ...SIGN_IN,
  KEYLEDGER_DEADLINE: setting('a duration from 1s to 5m, such as `15s`', parseBound).prefault('15s').meta({
    description: 'The maximum time for a mutation. It also bounds reads after a mutation, and reads with `minVersion`.',
    readBy: '`serve`',
  }),
  KEYLEDGER_STALENESS: setting('a duration from 1s to 5m, such as `10s`', parseBound).prefault('10s').meta({
    description:
      'How long a process continues to verify keys when its store does not answer. After that it answers 503 with `STALE`. A key that another machine deletes is refused here within this time.',
    readBy: '`serve`, `revoke`',
  }),
  KEYLEDGER_CLOCK_TOLERANCE: setting('a duration from 1s to 5m, such as `30s`', parseBound).prefault('30s').meta({
    description:
      'How far clocks may differ. On EventStoreDB, changes are refused with `CLOCK_SKEW` if the difference is greater. An event that is dated further in the future is logged as a warning.',
    readBy: '`serve`',
  }),
  KEYLEDGER_READS_RETENTION: setting('a duration from 1d to 36500d, such as `365d`', parseRetention).optional().meta({
    description:
      'How long access records are kept. The records of a day are removed when all of them are older. Without it, they are kept forever. Set it for every process.',
    readBy: '`serve`',
  }),
  KEYLEDGER_DRAIN: setting('a duration of at most 5m, such as `5s`', (text) => parseDurationWithin(text, 0))
    .optional()
    .meta({
      description:
        'How long a process still answers requests after SIGTERM, while `/readyz` answers 503. In this time, load balancers stop sending requests. The default is `5s` in production, else `0s`.',
      readBy: '`serve`',
    }),
  KEYLEDGER_INTROSPECTION_TOKEN: setting(
    'at least 32 characters of a bearer token (RFC 6750), as `openssl rand -base64 32` prints them',
    matching(/^[A-Za-z0-9._~+/-]{32,}=*$/),
  )
    .optional()
    .meta({
      description: 'The bearer token that services send to `POST /v1/introspect`. Without it, introspection is off.',
      readBy: '`serve`',
    }),
  KEYLEDGER_FAILURES_PER_MINUTE: RATE.meta({
    description:
      'How many refused credentials one client address may send to a process in a minute. For IPv6 a /64 network counts as one address. Further bad credentials get 429. Valid credentials are always accepted. Off by default.',
    readBy: '`serve`',
  }),
  KEYLEDGER_MUTATIONS_PER_MINUTE: RATE.meta({
    description:
      'How many mutations one account may send to a process in a minute. Further mutations get `RATE_LIMITED`. Off by default.',
    readBy: '`serve`',
  }),
  KEYLEDGER_TRUSTED_PROXIES: setting(
    'addresses and networks with commas between them, such as `127.0.0.1, 10.0.0.0/8`',
    parseNetworks,
  )
    .prefault('')
    .meta({
      description:
        'The proxies whose `X-Forwarded-For` is trusted. Addresses in that header may have ports and brackets, and may be IPv4 addresses mapped into IPv6.',
      readBy: '`serve`',
    }),
  KEYLEDGER_LOG_KEY: KEY.meta({
    description: `The key that signs checkpoints of the log. Set the same key on every machine. Without it, \`${DATA_FILE.logKey}\` in the data directory is used on SQLite; on EventStoreDB nothing is signed.`,
    readBy: '`serve`, `export`, `log-key`, `import`, `backup`',
  }),
  KEYLEDGER_PSEUDONYM_KEY: KEY.meta({
    description: `The key for the pseudonyms in analytics. Set the same key on every machine. Without it, \`${DATA_FILE.pseudonymKey}\` in the data directory is used on SQLite; on EventStoreDB there are no analytics.`,
    readBy: '`serve`, `replay`, `import`, `backup`',
  }),
  KEYLEDGER_GRAPHIQL: setting('`1` or `0`', oneOf('1', '0')).prefault('0').meta({
    description: 'With `1`, there is a page for trying the API at `/graphiql`. The setting is refused in production.',
    readBy: '`serve`',
  }),
  LOG_LEVEL: setting(`one of ${LOG_LEVELS.join(', ')}`, oneOf(...LOG_LEVELS))
    .prefault('info')
    .meta({
      description:
        'The least severe level that is logged. `debug` writes a line for each request. Lines are JSON, on standard error.',
      readBy: '`serve`, `demo`',
    }),
  NODE_ENV: setting('`production`, `development` or `test`', oneOf('production', 'development', 'test'))
    .optional()
    .meta({
      description:
        '`production` hides the GraphQL schema (introspection and suggestions), refuses `KEYLEDGER_GRAPHIQL`, sets a default for `KEYLEDGER_DRAIN`, and prints no token and no link at the start.',
      readBy: '`serve`',
    }),
  OTEL_SDK_DISABLED: setting('`true` or `false`', oneOf('true', 'false'))
    .optional()
    .meta({ description: '`true` switches traces off.', readBy: '`serve`' }),
  OTEL_TRACES_EXPORTER: setting('`otlp` or `none`', oneOf('otlp', 'none')).optional().meta({
    description: '`otlp` switches traces on; `none` switches them off. Without it, traces are on if an endpoint is set.',
    readBy: '`serve`',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting('an http or https URL', parseUrl)
    .optional()
    .meta({ description: 'The OpenTelemetry collector, as a base URL. `/v1/traces` is appended.', readBy: '`serve`' }),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: setting('an http or https URL', parseUrl).optional().meta({
    description: 'The address for traces, used unchanged. It takes precedence over `OTEL_EXPORTER_OTLP_ENDPOINT`.',
    readBy: '`serve`',
  }),
  OTEL_EXPORTER_OTLP_PROTOCOL: OTLP_PROTOCOL.meta({
    description: 'How traces are sent. The default is `http/protobuf`.',
    readBy: '`serve`',
  }),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: OTLP_PROTOCOL.meta({
    description: 'How traces are sent. It takes precedence over `OTEL_EXPORTER_OTLP_PROTOCOL`.',
    readBy: '`serve`',
  }),
});

/** The parsed settings. */
export type Settings = z.output<typeof environment>;
