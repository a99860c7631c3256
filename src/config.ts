import { join } from 'node:path';
import { environment, parseUrl, type Settings } from './environment.js';
import type { StoreLocation } from './store/open.js';

const SECRETS = ['KEYLEDGER_LOG_KEY', 'KEYLEDGER_PSEUDONYM_KEY', 'KEYLEDGER_INTROSPECTION_TOKEN', 'KEYLEDGER_CLIENT_SECRET'];
const PROVIDER = ['KEYLEDGER_JWKS_URL', 'KEYLEDGER_ISSUER', 'KEYLEDGER_AUDIENCE'];
/** User name and password in a connection string, whatever they hold; also where the string is not well formed. */
const CREDENTIALS = /^([\w+]+:\/\/)?.*@/s;

/** Longer than a load balancer takes to notice, as a rule; in milliseconds. */
const PRODUCTION_DRAIN = 5000;

export interface Config {
  port: number;
  host: string;
  dataDirectory: string;
  store: StoreLocation;
  /** Undefined: the local issuer serves. */
  identityProvider: { jwksUrl: URL; issuer: string; audience: string } | undefined;
  claims: { account: string; roles: string };
  /** The origin at which browsers reach this server; undefined: it is the one they ask. */
  publicUrl: URL | undefined;
  /** How people sign in with the identity provider; undefined: they cannot. */
  codeFlow: { issuer: URL; clientId: string; clientSecret: string | undefined; scope: string; publicUrl: URL } | undefined;
  /** Milliseconds. */
  deadline: number;
  /** For how long a process that does not hear from its store goes on verifying, in milliseconds. */
  staleness: number;
  /** By how much clocks may differ before that is a fault, in milliseconds. */
  clockTolerance: number;
  /** For how long a process that is told to stop goes on answering while load balancers turn away from it, in milliseconds. */
  drain: number;
  /** What services give that introspect; undefined: none can. */
  introspectionToken: string | undefined;
  /** How many refused credentials a client may send in a minute; undefined: any number. */
  failuresPerMinute: number | undefined;
  /** How many changes an account may ask for in a minute; undefined: any number. */
  mutationsPerMinute: number | undefined;
  /** Who may say for whom it asks, in `X-Forwarded-For`. */
  trustedProxies: string[];
  /** The seed of the key that signs checkpoints; undefined: it lies in the data directory, or there is none. */
  logKey: Buffer | undefined;
  /** What the analysts' pseudonyms are made with; undefined: likewise. */
  pseudonymKey: Buffer | undefined;
  /** Whether `/graphiql` shows a page to try the API on. */
  graphiql: boolean;
  logLevel: Settings['LOG_LEVEL'];
  production: boolean;
  /** Undefined: no traces. The rest of the OTEL_* variables is read by the SDK. */
  tracing: { protocol: 'http/protobuf' | 'http/json' } | undefined;
}

/** Settings are wrong; the message names all of them. */
export class WrongSettings extends Error {}

/**
 * Reads every setting from the environment; an empty one counts as not set.
 * @throws WrongSettings
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  const faults = parsed.success
    ? []
    : parsed.error.issues.map(({ path: [name], message }) => fault(String(name), given, message));
  faults.push(
    ...missing(given).map(
      (name) => `${name} must be set too: KEYLEDGER_JWKS_URL, KEYLEDGER_ISSUER and KEYLEDGER_AUDIENCE belong together`,
    ),
    ...codeFlowFaults(given),
    ...graphiqlFaults(given),
  );
  if (!parsed.success || faults.length > 0) throw new WrongSettings(['Settings are wrong:', ...faults].join('\n  '));
  return configOf(parsed.data);
}

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function configOf(settings: Settings): Config {
  const { KEYLEDGER_DATA: dataDirectory, KEYLEDGER_STORE: store } = settings;
  const { KEYLEDGER_JWKS_URL: jwksUrl, KEYLEDGER_ISSUER: issuer, KEYLEDGER_AUDIENCE: audience } = settings;
  return {
    port: settings.PORT,
    host: settings.HOST,
    dataDirectory,
    store: store.kind === 'sqlite' ? { kind: 'sqlite', file: join(dataDirectory, store.file) } : store,
    identityProvider: jwksUrl && issuer && audience ? { jwksUrl, issuer, audience } : undefined,
    claims: { account: settings.KEYLEDGER_CLAIM_ACCOUNT, roles: settings.KEYLEDGER_CLAIM_ROLES },
    publicUrl: settings.KEYLEDGER_PUBLIC_URL,
    codeFlow: codeFlowOf(settings),
    deadline: settings.KEYLEDGER_DEADLINE,
    staleness: settings.KEYLEDGER_STALENESS,
    clockTolerance: settings.KEYLEDGER_CLOCK_TOLERANCE,
    drain: settings.KEYLEDGER_DRAIN ?? (settings.NODE_ENV === 'production' ? PRODUCTION_DRAIN : 0),
    introspectionToken: settings.KEYLEDGER_INTROSPECTION_TOKEN,
    failuresPerMinute: settings.KEYLEDGER_FAILURES_PER_MINUTE,
    mutationsPerMinute: settings.KEYLEDGER_MUTATIONS_PER_MINUTE,
    trustedProxies: settings.KEYLEDGER_TRUSTED_PROXIES,
    logKey: settings.KEYLEDGER_LOG_KEY,
    pseudonymKey: settings.KEYLEDGER_PSEUDONYM_KEY,
    graphiql: settings.KEYLEDGER_GRAPHIQL === '1',
    logLevel: settings.LOG_LEVEL,
    production: settings.NODE_ENV === 'production',
    tracing: tracingOf(settings),
  };
}

function codeFlowOf(settings: Settings): Config['codeFlow'] {
  const { KEYLEDGER_CLIENT_ID: clientId, KEYLEDGER_PUBLIC_URL: publicUrl, KEYLEDGER_ISSUER: issuer } = settings;
  if (clientId === undefined || !publicUrl || issuer === undefined) return undefined;
  const { KEYLEDGER_CLIENT_SECRET: clientSecret, KEYLEDGER_SIGN_IN_SCOPE: scope } = settings;
  return { issuer: new URL(issuer), clientId, clientSecret, scope, publicUrl };
}

/** Traces are wanted where the standard variables say where to, or that there shall be some. */
function tracingOf(settings: Settings): Config['tracing'] {
  const { OTEL_TRACES_EXPORTER: exporter, OTEL_SDK_DISABLED: disabled } = settings;
  const endpoint = settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? settings.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (disabled?.toLowerCase() === 'true' || exporter === 'none' || (!endpoint && !exporter)) return undefined;
  const protocol = settings.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? settings.OTEL_EXPORTER_OTLP_PROTOCOL;
  return { protocol: protocol ?? 'http/protobuf' };
}

function fault(name: string, given: Record<string, string | undefined>, allowed: string): string {
  const value = SECRETS.includes(name) ? '(hidden)' : `"${given[name]?.replace(CREDENTIALS, '$1(hidden)@')}"`;
  return `${name} is ${value}; it must be ${allowed}`;
}

/** Of the three settings of an identity provider, those that are missing where there is one of them. */
function missing(given: Record<string, string | undefined>): string[] {
  const absent = absentOf(PROVIDER, given);
  return absent.length < PROVIDER.length ? absent : [];
}

function absentOf(names: string[], given: Record<string, string | undefined>): string[] {
  return names.filter((name) => given[name] === undefined);
}

/** What signing in with the identity provider lacks, where it is switched on; whatever is wrong in itself is told elsewhere. */
function codeFlowFaults(given: Record<string, string | undefined>): string[] {
  const { KEYLEDGER_CLIENT_ID: clientId, KEYLEDGER_CLIENT_SECRET: clientSecret, KEYLEDGER_ISSUER: issuer } = given;
  if (clientId === undefined) {
    return clientSecret === undefined ? [] : ['KEYLEDGER_CLIENT_ID must be set too: KEYLEDGER_CLIENT_SECRET belongs to it'];
  }
  const told = missing(given);
  const absent = absentOf([...PROVIDER, 'KEYLEDGER_PUBLIC_URL'], given).filter((name) => !told.includes(name));
  const faults = absent.map((name) => `${name} must be set too: KEYLEDGER_CLIENT_ID needs it`);
  if (issuer === undefined || isSafeIssuer(issuer)) return faults;
  return [...faults, `KEYLEDGER_ISSUER is "${issuer}"; with KEYLEDGER_CLIENT_ID it must be an https URL, or http on loopback`];
}

/** In production the schema is hidden, and without it GraphiQL is of no use. */
function graphiqlFaults({ NODE_ENV: mode, KEYLEDGER_GRAPHIQL: wanted }: Record<string, string | undefined>): string[] {
  return mode === 'production' && wanted === '1'
    ? ['KEYLEDGER_GRAPHIQL is 1; it is for development, and NODE_ENV is production']
    : [];
}

/** Whoever stands between us and the issuer could name the keys and endpoints of his choice. */
function isSafeIssuer(text: string): boolean {
  const url = parseUrl(text);
  return url !== undefined && (url.protocol === 'https:' || isLoopback(url.hostname.replace(/^\[(.*)\]$/, '$1')));
}
