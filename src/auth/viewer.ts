import { IDENTIFIER } from '../domain/keys/identifier.js';
import { LAST_INSTANT } from '../shared/instants.js';
import { Unauthenticated } from './errors.js';

/**
 * owner: its account's keys and history. operator: everybody's keys, to see and to end them. auditor: all history, nothing else.
 * analyst: analytics only, no names.
 */
export const ROLES = ['owner', 'operator', 'auditor', 'analyst'] as const;
export type Role = (typeof ROLES)[number];

/** How much the clock of a token's issuer may differ from ours, in milliseconds. */
export const LEEWAY = 5000;

/** The authenticated caller. */
export interface Viewer {
  subject: string;
  account: string | undefined;
  roles: ReadonlySet<Role>;
  /** When the token expires, in milliseconds since 1970. */
  expiresAt: number;
  /** When the token is no longer accepted, a moment after it expires, in milliseconds since 1970. */
  acceptedUntil: number;
}

/** The claims that hold the account and the roles: a name, or a path with dots such as `realm_access.roles`. */
export interface ClaimNames {
  account: string;
  roles: string;
}

/** @throws Unauthenticated if the claims do not identify a caller */
export function viewerOf(claims: Record<string, unknown>, names: ClaimNames): Viewer {
  const { sub } = claims;
  const roles = rolesIn(claimAt(claims, names.roles));
  const account = claimAt(claims, names.account);
  const exp = secondsIn(claims, 'exp');
  if (exp === undefined) throw new Unauthenticated('The token never expires: the claim exp is missing.');
  for (const name of ['nbf', 'iat']) secondsIn(claims, name);
  if (!isIdentifier(sub)) throw new Unauthenticated(`The claim sub must match ${IDENTIFIER.source}.`);
  if (account !== undefined && !isIdentifier(account)) {
    throw new Unauthenticated(`The claim ${names.account} must match ${IDENTIFIER.source}.`);
  }
  if (account === undefined && roles.has('owner')) {
    throw new Unauthenticated(`The claim ${names.account} is missing; the role owner needs it.`);
  }
  const expiresAt = Math.floor(exp * 1000);
  return { subject: sub, account, roles, expiresAt, acceptedUntil: expiresAt + LEEWAY };
}

/**
 * A claim that is a time: seconds since 1970, possibly with a fraction (RFC 7519, section 2). A value in milliseconds would be out of
 * range.
 */
function secondsIn(claims: Record<string, unknown>, name: string): number | undefined {
  const seconds = claims[name];
  if (seconds === undefined) return undefined;
  if (typeof seconds === 'number' && seconds >= 0 && seconds * 1000 <= LAST_INSTANT) return seconds;
  throw new Unauthenticated(`The claim ${name} must be a number of seconds since 1970, before the year 10000.`);
}

function rolesIn(claim: unknown): Set<Role> {
  const listed: unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
  return new Set(ROLES.filter((role) => listed.includes(role)));
}

function claimAt(claims: Record<string, unknown>, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path.split('.').reduce<unknown>((value, name) => {
    return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  }, claims);
}

function isIdentifier(value: unknown): value is string {
  return typeof value === 'string' && IDENTIFIER.test(value);
}
