import { isIP } from 'node:net';
import { DAY } from '../domain/usage/key-usage.js';
import { DATA_FILE, mayNameLog } from '../shared/data-files.js';
import { parseDuration } from '../shared/duration.js';
import type { StoreLocation } from '../store/open.js';

/** `esdb://user:password@host:port,host:port/?option=value&…`; the password is percent-encoded. */
const CONNECTION_STRING =
  /^esdb(?:\+discover)?:\/\/(?:[^\s:@/]+:[^\s@/]+@)?[\w.-]+(?::\d{1,5})?(?:,[\w.-]+(?::\d{1,5})?)*\/?(?:\?(\S*))?$/;

/**
 * The options that are allowed for the EventStoreDB client. Excludes options that it would print, and options that hide a refused append.
 */
const CONNECTION_OPTION =
  /^(?:tls=(?:true|false)|(?:tlsCAFile|userCertFile|userKeyFile|connectionName)=[^&]+|nodePreference=\w+|(?:defaultDeadline|discoveryInterval|gossipTimeout|maxDiscoverAttempts|keepAliveInterval|keepAliveTimeout)=-?\d+)$/i;

export function matching(pattern: RegExp) {
  return (text: string) => (pattern.test(text) ? text : undefined);
}

export function oneOf<const T extends string>(...allowed: T[]) {
  return (text: string) => allowed.find((value) => value === text.toLowerCase());
}

/** Host names and IPv6 addresses are not case-sensitive. */
export function parseHost(text: string): string | undefined {
  return /^[A-Za-z0-9.:_-]+$/.test(text) ? text.toLowerCase() : undefined;
}

export function parsePort(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65535 ? Number(text) : undefined;
}

export function parseStore(text: string): StoreLocation | undefined {
  const [, file] = /^sqlite:([A-Za-z0-9._-]*)$/i.exec(text) ?? [];
  if (file !== undefined) return mayNameLog(file) ? { kind: 'sqlite', file: file || DATA_FILE.log } : undefined;
  // The client accepts the scheme, and `true` and `false`, only in lower case.
  const connectionString = text.replaceAll(/^[a-z+]+:|(?<=[?&])tls=[a-z]+(?=&|$)/gi, (part) => part.toLowerCase());
  const [isWellFormed, query] = CONNECTION_STRING.exec(connectionString) ?? [];
  const options = query?.split('&') ?? [];
  if (!isWellFormed || !options.every((option) => CONNECTION_OPTION.test(option))) return undefined;
  return isPercentEncoded(connectionString) ? { kind: 'eventstoredb', connectionString } : undefined;
}

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

export function parseUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && ['http:', 'https:'].includes(url.protocol) ? url : undefined;
}

export function parseOrigin(text: string): URL | undefined {
  const url = parseUrl(text);
  return url?.href === `${url?.origin}/` ? url : undefined;
}

/** Origins as browsers write them: lower case, without a default port. */
export function parseOrigins(text: string): string[] | undefined {
  const origins = text.split(',').flatMap((entry) => entry.trim() || []);
  const parsed = origins.flatMap((origin) => parseOrigin(origin)?.origin ?? []);
  return parsed.length === origins.length && !text.includes('*') ? parsed : undefined;
}

/** Unchanged, since providers compare it as a text. */
export function parseResource(text: string): string | undefined {
  return /^[\x21\x22\x24-\x7e]+$/.test(text) && URL.canParse(text) ? text : undefined;
}

/** Parses to milliseconds: from a second to five minutes. */
export function parseBound(text: string): number | undefined {
  return parseDurationWithin(text, 1000);
}

/** Parses to milliseconds: at least `least`, at most five minutes. */
export function parseDurationWithin(text: string, least: number): number | undefined {
  const duration = parseDuration(text);
  return duration !== undefined && duration >= least && duration <= 300_000 ? duration : undefined;
}

/** Parses to milliseconds: from a day to 36,500 days. */
export function parseRetention(text: string): number | undefined {
  const duration = parseDuration(text);
  return duration !== undefined && duration >= DAY && duration <= 36_500 * DAY ? duration : undefined;
}

/** A number of times in a minute. */
export function parseRate(text: string): number | undefined {
  const rate = Number(text);
  return /^\d{1,7}$/.test(text) && rate >= 1 && rate <= 1_000_000 ? rate : undefined;
}

/** Texts with commas between them, at least one. */
export function parseAudiences(text: string): string[] | undefined {
  const audiences = text.split(',').map((audience) => audience.trim());
  return audiences.every((audience) => audience !== '') ? audiences : undefined;
}

export function parseNetworks(text: string): string[] | undefined {
  const networks = text.split(',').flatMap((entry) => entry.trim() || []);
  return networks.every(isNetwork) ? networks : undefined;
}

/** True for an address, or for a network in the notation of RFC 4632, but not for all addresses. */
function isNetwork(text: string): boolean {
  const [, address = '', length] = /^([^/%]+)(?:\/([1-9]\d{0,2}))?$/.exec(text) ?? [];
  return isIP(address) > 0 && Number(length ?? 1) <= (isIP(address) === 4 ? 32 : 128);
}
