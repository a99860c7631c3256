import type { AuthFailure } from '@pothos/plugin-scope-auth';
import type { Role, Viewer } from '../../auth/viewer.js';

/** The roles that have each scope. A field names the scope that it needs. */
const ROLES = {
  /** May change the keys of its own account. */
  owner: ['owner'],
  /** May see keys: an owner sees those of its own account; an operator and an auditor see all. */
  keyReader: ['owner', 'operator', 'auditor'],
  /** May see history: an owner sees that of its own account; an auditor sees all. */
  historyReader: ['owner', 'auditor'],
  /** May see and end the keys of all accounts. */
  operator: ['operator'],
  /** May see the history of all accounts, and who read it. */
  auditor: ['auditor'],
  /** May see analytics. */
  analyst: ['analyst'],
} satisfies Record<string, Role[]>;

export type Scopes = Record<keyof typeof ROLES, boolean>;

export function scopesOf({ roles }: Viewer): Scopes {
  const has = (scope: keyof Scopes) => ROLES[scope].some((role) => roles.has(role));
  return {
    owner: has('owner'),
    keyReader: has('keyReader'),
    historyReader: has('historyReader'),
    operator: has('operator'),
    auditor: has('auditor'),
    analyst: has('analyst'),
  };
}

/** The roles with which a refused field can be selected. */
export function rolesFor(failure: AuthFailure): string[] {
  if ('failures' in failure) return failure.failures.flatMap(rolesFor);
  return 'scope' in failure ? (new Map<string, string[]>(Object.entries(ROLES)).get(failure.scope) ?? []) : [];
}
