import type { DeletionReason, PastKeyEvent } from './keys.js';
import { KEY_LIMIT, StreamGap } from './refusals.js';

/** What is counted of keys. The last two are changes of a number: a key begins and ends to be active, an account to be at the limit. */
export const FIGURES = [
  'created',
  'rotated',
  'deletedRequested',
  'deletedRotated',
  'deletedExpired',
  'deletedLeaked',
  'activeChange',
  'atLimitChange',
] as const;
export type Figure = (typeof FIGURES)[number];

/** That a figure changes at an instant (milliseconds since 1970): in the past, or in the future unless something happens before. */
export interface Change {
  figure: Figure;
  at: number;
  by: number;
}

/** A key that was created and not deleted. */
export interface ActiveKey {
  keyId: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  /** When it stops to authenticate, in milliseconds since 1970; undefined: never. */
  endsAt?: number | undefined;
}

/** What is known of an account, as far as its next event needs it. */
export interface AccountActivity {
  version: number;
  held: readonly ActiveKey[];
  /** Since when it has had as many active keys as it may, and until when it will have; undefined where it has not. */
  limit?: { since: number; until?: number | undefined } | undefined;
}

export const NO_ACTIVITY: AccountActivity = { version: 0, held: [] };

const DELETED = {
  REQUESTED: 'deletedRequested',
  ROTATED: 'deletedRotated',
  EXPIRED: 'deletedExpired',
  LEAKED: 'deletedLeaked',
} as const satisfies Record<DeletionReason, Figure>;

/**
 * The account after one further event, and what that changes. An expiry has no event of its own: it counts when it is set, at the
 * instant at which it will come, and is taken back where the key ends sooner. So the sum of all changes before an instant is right
 * for every instant up to the present.
 * @throws StreamGap when the event is not the next of its stream
 */
export function evolveActivity(state: AccountActivity, event: PastKeyEvent): { next: AccountActivity; changes: Change[] } {
  if (event.version !== state.version + 1) throw new StreamGap(state.version + 1, event.version);
  const at = Date.parse(event.at);
  const { held, changes } = evolveHeld(state.held, event, at);
  const limit = limitOf(held, at, state.limit);
  return { next: { version: event.version, held, limit }, changes: [...changes, ...limitChanges(state.limit, limit, at)] };
}

function evolveHeld(held: readonly ActiveKey[], event: PastKeyEvent, at: number): { held: ActiveKey[]; changes: Change[] } {
  const { keyId } = event.data;
  const others = held.filter((key) => key.keyId !== keyId);
  const before = held.find((key) => key.keyId === keyId);
  switch (event.type) {
    case 'KeyCreated': {
      const endsAt = event.data.expiresAt === undefined ? undefined : Date.parse(event.data.expiresAt);
      const counted = event.data.replaces === undefined ? [count('created', at)] : [count('created', at), count('rotated', at)];
      const changes = [...counted, count('activeChange', at), ...end('activeChange', endsAt)];
      return { held: [...others, { keyId, createdAt: at, endsAt }], changes };
    }
    case 'KeyDeleted': {
      const changes = [count(DELETED[event.data.reason], at), ...(before && !hasEnded(before, at) ? movedEnd(before, at) : [])];
      return { held: others, changes };
    }
    case 'KeyExpirySet': {
      if (!before || hasEnded(before, at)) return { held: [...held], changes: [] };
      const endsAt = Date.parse(event.data.expiresAt);
      const after = { ...before, endsAt };
      return { held: held.map((key) => (key === before ? after : key)), changes: movedEnd(before, endsAt) };
    }
  }
}

function movedEnd({ endsAt: before }: ActiveKey, after: number): Change[] {
  return [...end('activeChange', before, 1), ...end('activeChange', after)];
}

/** Whether the key's time was over at that instant: what comes later does not change when it ended. */
export function hasEnded({ endsAt }: Pick<ActiveKey, 'endsAt'>, at: number): boolean {
  return endsAt !== undefined && endsAt <= at;
}

function limitOf(held: readonly ActiveKey[], at: number, before: AccountActivity['limit']): AccountActivity['limit'] {
  const ends = held.map(({ endsAt = Number.POSITIVE_INFINITY }) => endsAt).filter((endsAt) => endsAt > at);
  if (ends.length < KEY_LIMIT) return undefined;
  const until = Math.min(...ends);
  const since = isAtLimit(before, at) ? before.since : at;
  return { since, until: Number.isFinite(until) ? until : undefined };
}

function limitChanges(before: AccountActivity['limit'], after: AccountActivity['limit'], at: number): Change[] {
  const was = isAtLimit(before, at);
  const takenBack = was ? end('atLimitChange', before.until, 1) : [];
  if (!after) return was ? [...takenBack, ...end('atLimitChange', at)] : [];
  const begin = was ? [] : [count('atLimitChange', at)];
  return [...takenBack, ...begin, ...end('atLimitChange', after.until)];
}

function isAtLimit(limit: AccountActivity['limit'], at: number): limit is NonNullable<AccountActivity['limit']> {
  return limit !== undefined && (limit.until === undefined || limit.until > at);
}

function count(figure: Figure, at: number): Change {
  return { figure, at, by: 1 };
}

/** None where there is no end. */
function end(figure: Figure, at: number | undefined, by = -1): Change[] {
  return at === undefined ? [] : [{ figure, at, by }];
}
