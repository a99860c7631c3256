import { type DeletionReason, keyIdIn, type PastKeyEvent } from '../keys/model.js';
import { KEY_LIMIT, requireNext } from '../keys/refusals.js';

/**
 * The figures that are counted for keys. The last ones count changes: keys that start and stop being active, accounts that reach and leave
 * the limit, and held keys that are disabled or no longer.
 */
export const FIGURES = [
  'created',
  'rotated',
  'deletedRequested',
  'deletedRotated',
  'deletedExpired',
  'deletedLeaked',
  'deletedRevoked',
  'disabled',
  'enabled',
  'activeChange',
  'atLimitChange',
  'disabledChange',
] as const;
export type Figure = (typeof FIGURES)[number];

/** A figure changes at an instant (milliseconds since 1970). A change in the future happens unless a later event cancels it. */
export interface Change {
  figure: Figure;
  at: number;
  by: number;
}

/** A key that was created and not deleted. Times are in milliseconds since 1970. */
export interface HeldKey {
  keyId: string;
  createdAt: number;
  /** When it expires; undefined if never. May be before `createdAt` if the clock that dated the creation was ahead. */
  endsAt?: number | undefined;
  /** Since when it is disabled; undefined if it is not. */
  disabledAt?: number | undefined;
}

/** The part of an account's state that its next event needs. */
export interface AccountActivity {
  version: number;
  held: readonly HeldKey[];
}

/** The number of held keys that expire at an instant, disabled ones aside, changes by one. */
export interface ExpiryChange {
  at: number;
  by: number;
}

/** The result of one event: the account's new state and the changes to the figures. */
export interface Evolved {
  next: AccountActivity;
  changes: Change[];
  expiries: ExpiryChange[];
}

/** The span in which an account is at its limit: from when, and until when all its keys hold their slots. */
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
  REVOKED: 'deletedRevoked',
} as const satisfies Record<DeletionReason, Figure>;

/**
 * Applies one event to the account. An expiry has no event of its own: it is counted in advance, at the instant at which it will happen,
 * and is cancelled if the key ends sooner. So the sum of all changes before an instant is what the events up to that instant say, by their
 * own dates. The keys that are held and have not expired are always right for the present, whatever the events' dates. A disabled key is
 * not active, and holds its slot. An event about a key that is not held counts nothing.
 * @throws StreamGap if the event is not the next of its stream
 */
export function evolveActivity(state: AccountActivity, event: PastKeyEvent): Evolved {
  requireNext(state.version, event);
  const at = Date.parse(event.at);
  const keyId = keyIdIn(event);
  const before = state.held.find((key) => key.keyId === keyId);
  const after = keyAfter(before, event, at);
  const held = before
    ? state.held.flatMap((key) => (key === before ? (after ?? []) : key))
    : [...state.held, ...(after ? [after] : [])];
  return {
    next: { version: event.version, held },
    changes: [
      ...(before || after ? countsOf(event, at) : []),
      ...lifeChanges(before, after, at),
      ...limitChanges(state.held, held, at),
      ...disabledChanges(before, after, at),
    ],
    expiries: [...expiryOf(before, -1), ...expiryOf(after, 1)],
  };
}

/** When a key stopped authenticating that was deleted at that instant. */
export function endOf({ endsAt = Number.POSITIVE_INFINITY }: Pick<HeldKey, 'endsAt'>, deletedAt: number): number {
  return Math.min(endsAt, deletedAt);
}

/** Undefined if the account is below its limit. */
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
    case 'KeyDisabled':
      return before && { ...before, disabledAt: at };
    case 'KeyEnabled':
      return before && { ...before, disabledAt: undefined };
    case 'KeyRenamed':
    case 'AccountFrozen':
    case 'AccountThawed':
      return before;
  }
}

function countsOf(event: PastKeyEvent, at: number): Change[] {
  switch (event.type) {
    case 'KeyCreated':
      return event.data.replaces === undefined ? [count('created', at)] : [count('created', at), count('rotated', at)];
    case 'KeyDeleted':
      return [count(DELETED[event.data.reason], at)];
    case 'KeyDisabled':
      return [count('disabled', at)];
    case 'KeyEnabled':
      return [count('enabled', at)];
    case 'KeyExpirySet':
    case 'KeyRenamed':
    case 'AccountFrozen':
    case 'AccountThawed':
      return [];
  }
}

/** A key is active from its creation to its expiry, or to its deletion, except while it is disabled. */
function lifeChanges(before: HeldKey | undefined, after: HeldKey | undefined, at: number): Change[] {
  const spanOf = (key: HeldKey | undefined) => (isEnabled(key) ? { until: key.endsAt } : undefined);
  return spanChanges('activeChange', spanOf(before), spanOf(after), at);
}

function limitChanges(before: readonly HeldKey[], after: readonly HeldKey[], at: number): Change[] {
  return spanChanges('atLimitChange', limitSpanOf(before), limitSpanOf(after), at);
}

function disabledChanges(before: HeldKey | undefined, after: HeldKey | undefined, at: number): Change[] {
  const by = Number(after?.disabledAt !== undefined) - Number(before?.disabledAt !== undefined);
  return by === 0 ? [] : [{ figure: 'disabledChange', at, by }];
}

function isEnabled(key: HeldKey | undefined): key is HeldKey {
  return key !== undefined && key.disabledAt === undefined;
}

type Span = Pick<LimitSpan, 'until'>;

/** A new span begins at `at`; a span that is gone ended at `at`. Nothing ends before the event that says so. */
function spanChanges(figure: Figure, before: Span | undefined, after: Span | undefined, at: number): Change[] {
  const is = after ? Math.max(after.until ?? Number.POSITIVE_INFINITY, at) : at;
  if (!before) return after ? [count(figure, at), ...ending(figure, is, -1)] : [];
  const was = before.until ?? Number.POSITIVE_INFINITY;
  return was <= at || was === is ? [] : [...ending(figure, was, 1), ...ending(figure, is, -1)];
}

function expiryOf(key: HeldKey | undefined, by: number): ExpiryChange[] {
  return isEnabled(key) && key.endsAt !== undefined ? [{ at: key.endsAt, by }] : [];
}

function count(figure: Figure, at: number): Change {
  return { figure, at, by: 1 };
}

/** Empty if it does not end. */
function ending(figure: Figure, at: number, by: number): Change[] {
  return Number.isFinite(at) ? [{ figure, at, by }] : [];
}
