import { join } from 'node:path';
import { environment, type Settings } from './settings/environment.js';
import { type GivenSettings, gatherSettings, trimmed } from './settings/gathered.js';
import { ROLE_NAMES } from './settings/identity.js';
import { unknownSettings as unknownNames } from './settings/names.js';
import { parseUrl } from './settings/parsers.js';
import { shown } from './settings/shown.js';
import type { StoreLocation } from './store/open.js';

const PROVIDER = ['KEYLEDGER_JWKS_URL', 'KEYLEDGER_ISSUER', 'KEYLEDGER_AUDIENCE'];

/** In milliseconds. Longer than a load balancer usually takes to notice. */
const PRODUCTION_DRAIN = 5000;

export interface Config {
  port: number;
  host: string;
  dataDirectory: string;
  store: StoreLocation;
  /** Undefined if the local issuer is used. */
  identityProvider: { jwksUrl: URL; issuer: string; audiences: string[] } | undefined;
  /** The claims and roles of tokens. No two roles have the same name. */
  claims: {
    subject: string;
    account: string;
    roles: string;
    roleNames: Record<'owner' | 'operator' | 'auditor' | 'analyst', string>;
  };
  /** The origin at which browsers reach this server. If undefined, it is the one that they request. */
  publicUrl: URL | undefined;
  /** The origins of other servers whose pages may use the GraphQL API, as browsers write them. */
  allowedOrigins: string[];
  /** Sign-in with the identity provider; undefined if it is switched off. */
  codeFlow:
    | {
        issuer: URL;
        clientId: string;
        clientSecret: string | undefined;
        scope: string;
        audience: string | undefined;
        resource: string | undefined;
        publicUrl: URL;
      }
    | undefined;
  /** The key that seals what renews sessions. If undefined, it is in the data directory, or there is none. */
  sessionKey: Buffer | undefined;
  /** Milliseconds. */
  deadline: number;
  /** How long a process continues to verify keys when its store does not answer, in milliseconds. */
  staleness: number;
  /** How much clocks may differ before that is a fault, in milliseconds. */
  clockTolerance: number;
  /** How long access records are kept, in milliseconds; undefined means forever. */
  readsRetention: number | undefined;
  /** How long a stopping process still answers while load balancers stop sending requests, in milliseconds. */
  drain: number;
  /** The bearer token of services that introspect; undefined if none may. */
  introspectionToken: string | undefined;
  /** How many refused credentials a client may send in a minute; undefined means any number. */
  failuresPerMinute: number | undefined;
  /** How many changes an account may request in a minute; undefined means any number. */
  mutationsPerMinute: number | undefined;
  /** The proxies whose `X-Forwarded-For` is trusted. */
  trustedProxies: string[];
  /** The seed of the key that signs checkpoints. If undefined, it is in the data directory, or there is none. */
  logKey: Buffer | undefined;
  /** The key for pseudonyms in analytics. If undefined, it is in the data directory, or there is none. */
  pseudonymKey: Buffer | undefined;
  /** True if `/graphiql` shows a page for trying the API. */
  graphiql: boolean;
  logLevel: Settings['LOG_LEVEL'];
  production: boolean;
  /** Undefined if there are no traces. The SDK reads the other OTEL_* variables. */
  tracing: { protocol: 'http/protobuf' | 'http/json' } | undefined;
}

/** Settings are wrong. The message names all of them. */
export class WrongSettings extends Error {}

/**
 * Reads every setting from the environment, and from the files that it names. Surrounding white space is ignored; an empty setting is not
 * set.
 * @throws WrongSettings
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const gathered = gatherSettings(env);
  const { values: given } = gathered;
  const parsed = environment.safeParse(given);
  const faults = [...gathered.faults];
  if (!parsed.success)
    faults.push(...parsed.error.issues.map(({ path: [name], message }) => fault(String(name), gathered, message)));
  faults.push(
    ...missing(given).map(
      (name) => `${name} is missing: set KEYLEDGER_JWKS_URL, KEYLEDGER_ISSUER and KEYLEDGER_AUDIENCE together`,
    ),
    ...codeFlowFaults(given),
    ...graphiqlFaults(given),
    ...roleFaults(given),
  );
  if (!parsed.success || faults.length > 0) throw new WrongSettings(['Settings are wrong:', ...faults].join('\n  '));
  return configOf(parsed.data);
}

/** Finds names that look like settings but have no meaning here. They are not misspelt, but somebody may rely on them. */
export function unknownSettings(env: Record<string, string | undefined>): string[] {
  return unknownNames(Object.keys(trimmed(env)));
}

/** The values of variables that libraries read from the environment themselves, as `readConfig` understands them. */
export function librarySettings(env: Record<string, string | undefined>): Record<string, string> {
  const theirs = Object.entries(trimmed(env)).filter(([name]) => name.startsWith('OTEL_') || name === 'NODE_ENV');
  return Object.fromEntries(theirs.map(([name, value]) => [name, name === 'NODE_ENV' ? value.toLowerCase() : value]));
}

/** True if the address is reachable only from this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function configOf(settings: Settings): Config {
  const { KEYLEDGER_DATA: dataDirectory, KEYLEDGER_STORE: store } = settings;
  const { KEYLEDGER_JWKS_URL: jwksUrl, KEYLEDGER_ISSUER: issuer, KEYLEDGER_AUDIENCE: audiences } = settings;
  return {
    port: settings.PORT,
    host: settings.HOST,
    dataDirectory,
    store: store.kind === 'sqlite' ? { kind: 'sqlite', file: join(dataDirectory, store.file) } : store,
    identityProvider: jwksUrl && issuer && audiences ? { jwksUrl, issuer, audiences } : undefined,
    claims: claimsOf(settings),
    publicUrl: settings.KEYLEDGER_PUBLIC_URL,
    allowedOrigins: settings.KEYLEDGER_ALLOWED_ORIGINS,
    codeFlow: codeFlowOf(settings),
    sessionKey: settings.KEYLEDGER_SESSION_KEY,
    deadline: settings.KEYLEDGER_DEADLINE,
    staleness: settings.KEYLEDGER_STALENESS,
    clockTolerance: settings.KEYLEDGER_CLOCK_TOLERANCE,
    readsRetention: settings.KEYLEDGER_READS_RETENTION,
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

function claimsOf(settings: Settings): Config['claims'] {
  return {
    subject: settings.KEYLEDGER_CLAIM_SUBJECT,
    account: settings.KEYLEDGER_CLAIM_ACCOUNT,
    roles: settings.KEYLEDGER_CLAIM_ROLES,
    roleNames: {
      owner: settings.KEYLEDGER_ROLE_OWNER,
      operator: settings.KEYLEDGER_ROLE_OPERATOR,
      auditor: settings.KEYLEDGER_ROLE_AUDITOR,
      analyst: settings.KEYLEDGER_ROLE_ANALYST,
    },
  };
}

function codeFlowOf(settings: Settings): Config['codeFlow'] {
  const { KEYLEDGER_CLIENT_ID: clientId, KEYLEDGER_PUBLIC_URL: publicUrl, KEYLEDGER_ISSUER: issuer } = settings;
  if (clientId === undefined || !publicUrl || issuer === undefined) return undefined;
  const { KEYLEDGER_CLIENT_SECRET: clientSecret, KEYLEDGER_SIGN_IN_SCOPE: scope } = settings;
  const { KEYLEDGER_SIGN_IN_AUDIENCE: audience, KEYLEDGER_SIGN_IN_RESOURCE: resource } = settings;
  return { issuer: new URL(issuer), clientId, clientSecret, scope, audience, resource, publicUrl };
}

/** Traces are wanted if the standard variables give an address or switch them on. */
function tracingOf(settings: Settings): Config['tracing'] {
  const { OTEL_TRACES_EXPORTER: exporter, OTEL_SDK_DISABLED: disabled } = settings;
  const endpoint = settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? settings.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (disabled === 'true' || exporter === 'none' || (!endpoint && !exporter)) return undefined;
  const protocol = settings.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? settings.OTEL_EXPORTER_OTLP_PROTOCOL;
  return { protocol: protocol ?? 'http/protobuf' };
}

function fault(name: string, { values, files }: GivenSettings, allowed: string): string {
  const file = files.get(name);
  const value = file === undefined ? shown(name, values[name] ?? '') : `(hidden), from ${shown('file', file)}`;
  return `${name} is ${value}; it must be ${allowed}`;
}

/** If one of the three settings of an identity provider is set, the ones that are missing. */
function missing(given: Record<string, string | undefined>): string[] {
  const absent = absentOf(PROVIDER, given);
  return absent.length < PROVIDER.length ? absent : [];
}

function absentOf(names: string[], given: Record<string, string | undefined>): string[] {
  return names.filter((name) => given[name] === undefined);
}

/** What sign-in with the identity provider lacks, if it is switched on. Values that are wrong by themselves are reported elsewhere. */
function codeFlowFaults(given: Record<string, string | undefined>): string[] {
  const { KEYLEDGER_CLIENT_ID: clientId, KEYLEDGER_CLIENT_SECRET: clientSecret, KEYLEDGER_ISSUER: issuer } = given;
  if (clientId === undefined) {
    return clientSecret === undefined ? [] : ['KEYLEDGER_CLIENT_ID is missing: KEYLEDGER_CLIENT_SECRET needs it'];
  }
  const reported = missing(given);
  const absent = absentOf([...PROVIDER, 'KEYLEDGER_PUBLIC_URL'], given).filter((name) => !reported.includes(name));
  const faults = absent.map((name) => `${name} is missing: KEYLEDGER_CLIENT_ID needs it`);
  if (issuer === undefined || isSafeIssuer(issuer)) return faults;
  return [
    ...faults,
    `KEYLEDGER_ISSUER is ${shown('KEYLEDGER_ISSUER', issuer)}; with KEYLEDGER_CLIENT_ID it must be an https URL, or http on loopback`,
  ];
}

/** Pairs of roles with the same name: a holder of that name would have both roles. */
function roleFaults(given: Record<string, string | undefined>): string[] {
  const named = Object.entries(ROLE_NAMES).map(([setting, { def }]) => ({ setting, name: given[setting] ?? def.defaultValue }));
  return named.flatMap(({ setting, name }, index) => {
    const other = named.slice(0, index).find((earlier) => earlier.name === name);
    return other ? [`${setting} is ${shown(setting, name)}, and so is ${other.setting}; give each role a name of its own`] : [];
  });
}

/** In production the schema is hidden, and GraphiQL is useless without it. */
function graphiqlFaults({ NODE_ENV: mode, KEYLEDGER_GRAPHIQL: wanted }: Record<string, string | undefined>): string[] {
  return mode?.toLowerCase() === 'production' && wanted === '1'
    ? ['KEYLEDGER_GRAPHIQL is 1 and NODE_ENV is production; GraphiQL is for development only: remove KEYLEDGER_GRAPHIQL']
    : [];
}

/** Anyone between us and the issuer could substitute their own keys and endpoints. */
function isSafeIssuer(text: string): boolean {
  const url = parseUrl(text);
  return url !== undefined && (url.protocol === 'https:' || isLoopback(url.hostname.replace(/^\[(.*)\]$/, '$1')));
}
