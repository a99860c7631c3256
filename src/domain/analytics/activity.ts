import type { DeletionReason, PastKeyEvent } from '../keys/model.js';
import { KEY_LIMIT, StreamGap } from '../keys/refusals.js';

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

/** A key that was created and not deleted. Times are in milliseconds since 1970. */
export interface HeldKey {
  keyId: string;
  createdAt: number;
  /** When it expires; undefined: never. Before `createdAt` where the clock that dated its creation was ahead. */
  endsAt?: number | undefined;
}

/** What is known of an account, as far as its next event needs it. */
export interface AccountActivity {
  version: number;
  held: readonly HeldKey[];
}

/** That one held key more, or less, expires at an instant. */
export interface ExpiryChange {
  at: number;
  by: number;
}

/** What one further event makes of an account, and what that changes. */
export interface Evolved {
  next: AccountActivity;
  changes: Change[];
  expiries: ExpiryChange[];
}

/** From when on an account holds as many keys as it may, and until when all of them authenticate. */
export interface LimitSpan {
  since: number;
  until: number | undefined;
}

export const NO_ACTIVITY: AccountActivity = { version: 0, held: [] };

const DELETED = {
  REQUESTED: 'deletedRequested',
  ROTATED: 'deletedRotated',
  EXPIRED: 'deletedExpired',
  LEAKED: 'deletedLeaked',
} as const satisfies Record<DeletionReason, Figure>;

/**
 * The account after one further event. An expiry has no event of its own: it counts when it is set, at the instant at which it will
 * come, and is taken back where the key ends sooner. So the sum of all changes before an instant is what the events up to that instant
 * tell of it, as they are dated; and what is held and has not expired is right for the present, however they are dated.
 * @throws StreamGap when the event is not the next of its stream
 */
export function evolveActivity(state: AccountActivity, event: PastKeyEvent): Evolved {
  if (event.version !== state.version + 1) throw new StreamGap(state.version + 1, event.version);
  const at = Date.parse(event.at);
  const { keyId } = event.data;
  const before = state.held.find((key) => key.keyId === keyId);
  const after = keyAfter(before, event, at);
  const held = before
    ? state.held.flatMap((key) => (key === before ? (after ?? []) : key))
    : [...state.held, ...(after ? [after] : [])];
  return {
    next: { version: event.version, held },
    changes: [...countsOf(event, at), ...lifeChanges(before, after, at), ...limitChanges(state.held, held, at)],
    expiries: [...expiryOf(before, -1), ...expiryOf(after, 1)],
  };
}

/** When a key that was deleted at that instant ended to authenticate. */
export function endOf({ endsAt = Number.POSITIVE_INFINITY }: Pick<HeldKey, 'endsAt'>, deletedAt: number): number {
  return Math.min(endsAt, deletedAt);
}

/** Undefined where the account does not hold as many keys as it may. */
export function limitSpanOf(held: readonly HeldKey[]): LimitSpan | undefined {
  if (held.length < KEY_LIMIT) return undefined;
  const ends = held.flatMap(({ endsAt }) => endsAt ?? []);
  return {
    since: Math.max(...held.map(({ createdAt }) => createdAt)),
    until: ends.length === 0 ? undefined : Math.min(...ends),
  };
}

function keyAfter(before: HeldKey | undefined, event: PastKeyEvent, at: number): HeldKey | undefined {
  switch (event.type) {
    case 'KeyCreated': {
      const { keyId, expiresAt } = event.data;
      return { keyId, createdAt: at, endsAt: expiresAt === undefined ? undefined : Date.parse(expiresAt) };
    }
    case 'KeyDeleted':
      return undefined;
    case 'KeyExpirySet':
      return before && { ...before, endsAt: Date.parse(event.data.expiresAt) };
  }
}

function countsOf(event: PastKeyEvent, at: number): Change[] {
  switch (event.type) {
    case 'KeyCreated':
      return event.data.replaces === undefined ? [count('created', at)] : [count('created', at), count('rotated', at)];
    case 'KeyDeleted':
      return [count(DELETED[event.data.reason], at)];
    case 'KeyExpirySet':
      return [];
  }
}

/** A key is active from its creation to its expiry, or to its deletion. */
function lifeChanges(before: HeldKey | undefined, after: HeldKey | undefined, at: number): Change[] {
  const spanOf = (key: HeldKey | undefined) => key && { until: key.endsAt };
  return spanChanges('activeChange', spanOf(before), spanOf(after), at);
}

function limitChanges(before: readonly HeldKey[], after: readonly HeldKey[], at: number): Change[] {
  return spanChanges('atLimitChange', limitSpanOf(before), limitSpanOf(after), at);
}

type Span = Pick<LimitSpan, 'until'>;

/** What begins, begins at `at`, and what is no more ended then; nothing ends before the event that says so. */
function spanChanges(figure: Figure, before: Span | undefined, after: Span | undefined, at: number): Change[] {
  const is = after ? Math.max(after.until ?? Number.POSITIVE_INFINITY, at) : at;
  if (!before) return after ? [count(figure, at), ...ending(figure, is, -1)] : [];
  const was = before.until ?? Number.POSITIVE_INFINITY;
  return was <= at || was === is ? [] : [...ending(figure, was, 1), ...ending(figure, is, -1)];
}

function expiryOf(key: HeldKey | undefined, by: number): ExpiryChange[] {
  return key?.endsAt === undefined ? [] : [{ at: key.endsAt, by }];
}

function count(figure: Figure, at: number): Change {
  return { figure, at, by: 1 };
}

/** None where it does not end. */
function ending(figure: Figure, at: number, by: number): Change[] {
  return Number.isFinite(at) ? [{ figure, at, by }] : [];
}
