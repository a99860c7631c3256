import { IDENTIFIER } from '../domain/identifier.js';
import { Unauthenticated } from './errors.js';

/** owner: its account's keys. auditor: all history, nothing else. analyst: analytics only, no names. */
export const ROLES = ['owner', 'auditor', 'analyst'] as const;
export type Role = (typeof ROLES)[number];

/** By how much the clock of whoever issues tokens may differ from ours, in milliseconds. */
export const LEEWAY = 5000;

/** Who asks. */
export interface Viewer {
  subject: string;
  account: string | undefined;
  roles: ReadonlySet<Role>;
  /** When the token ends, in milliseconds since 1970. */
  expiresAt: number;
  /** Until when the token is accepted, a moment longer, in milliseconds since 1970. */
  acceptedUntil: number;
}

/** The claims that hold account and roles: a name, or a path with dots such as `realm_access.roles`. */
export interface ClaimNames {
  account: string;
  roles: string;
}

/** @throws Unauthenticated when the claims do not say who asks */
export function viewerOf(claims: Record<string, unknown>, names: ClaimNames): Viewer {
  const { sub, exp } = claims;
  const roles = rolesIn(claimAt(claims, names.roles));
  const account = claimAt(claims, names.account);
  if (typeof exp !== 'number') throw new Unauthenticated('The token never expires: the claim exp is missing.');
  if (!isIdentifier(sub)) throw new Unauthenticated(`The claim sub must match ${IDENTIFIER.source}.`);
  if (account !== undefined && !isIdentifier(account)) {
    throw new Unauthenticated(`The claim ${names.account} must match ${IDENTIFIER.source}.`);
  }
  if (account === undefined && roles.has('owner')) {
    throw new Unauthenticated(`The claim ${names.account} is missing; the role owner needs it.`);
  }
  return { subject: sub, account, roles, expiresAt: exp * 1000, acceptedUntil: exp * 1000 + LEEWAY };
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
