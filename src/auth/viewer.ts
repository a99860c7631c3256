import { IDENTIFIER } from '../domain/keys/identifier.js';
import { LAST_INSTANT } from '../shared/instants.js';
import { Unauthenticated } from './errors.js';
import { malformedTime } from './token-fault.js';

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

/** What tokens mean: the claims that hold subject, account and roles, each a name or a path with dots, and what the roles are called. */
export interface ClaimMapping {
  subject: string;
  account: string;
  roles: string;
  /** Each role's name in tokens. No two are alike. */
  roleNames: Readonly<Record<Role, string>>;
}

/** @throws Unauthenticated if the claims do not identify a caller */
export function viewerOf(claims: Record<string, unknown>, mapping: ClaimMapping): Viewer {
  const roles = rolesIn(claimAt(claims, mapping.roles), mapping.roleNames);
  const exp = secondsIn(claims, 'exp');
  if (exp === undefined) throw new Unauthenticated('The token never expires: the claim exp is missing.');
  for (const name of ['nbf', 'iat']) secondsIn(claims, name);
  const subject = identifierAt(claims, mapping.subject, 'KEYLEDGER_CLAIM_SUBJECT');
  if (subject === undefined) throw new Unauthenticated(`The claim ${mapping.subject} is missing.`);
  const account = identifierAt(claims, mapping.account, 'KEYLEDGER_CLAIM_ACCOUNT');
  if (account === undefined && roles.has('owner')) {
    throw new Unauthenticated(`The claim ${mapping.account} is missing; the role owner needs it.`);
  }
  const expiresAt = Math.floor(exp * 1000);
  return { subject, account, roles, expiresAt, acceptedUntil: expiresAt + LEEWAY };
}

/**
 * A claim that is a time: seconds since 1970, possibly with a fraction (RFC 7519, section 2). A value in milliseconds would be out of
 * range.
 */
function secondsIn(claims: Record<string, unknown>, name: string): number | undefined {
  const seconds = claims[name];
  if (seconds === undefined) return undefined;
  if (typeof seconds === 'number' && seconds >= 0 && seconds * 1000 <= LAST_INSTANT) return seconds;
  throw new Unauthenticated(malformedTime(name));
}

function rolesIn(claim: unknown, names: ClaimMapping['roleNames']): Set<Role> {
  const listed = listedIn(claim);
  return new Set(ROLES.filter((role) => listed.includes(names[role])));
}

/** A list, a text with spaces, or an object with an object for each role: `{"ROLE": {"ORGANISATION": "DOMAIN"}}`, as Zitadel writes it. */
function listedIn(claim: unknown): unknown[] {
  if (typeof claim === 'string') return claim.split(' ');
  if (Array.isArray(claim)) return claim;
  if (!isObject(claim)) return [];
  return Object.entries(claim).flatMap(([name, value]) => (isObject(value) ? name : []));
}

function claimAt(claims: Record<string, unknown>, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path.split('.').reduce<unknown>((value, name) => {
    return isObject(value) ? Reflect.get(value, name) : undefined;
  }, claims);
}

/** Undefined if the claim is missing. The message does not repeat the value: it may be personal data. */
function identifierAt(claims: Record<string, unknown>, name: string, setting: string): string | undefined {
  const value = claimAt(claims, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw new Unauthenticated(`The claim ${name} must be a text.`);
  if (IDENTIFIER.test(value)) return value;
  if (!value.includes('@')) throw new Unauthenticated(`The claim ${name} must match ${IDENTIFIER.source}.`);
  throw new Unauthenticated(
    `The claim ${name} looks like an e-mail address, and the log, which is kept forever, holds none. Set ${setting} to a claim with an identifier that never changes, such as uid (Okta) or oid (Entra ID).`,
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
