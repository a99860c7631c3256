import { keepable } from '../../shared/clock.js';
import { inputHash } from './input-hash.js';
import { ExpiryInThePast, KEY_LIMIT, KeyAlreadyCreated, KeyLimitReached, KeyNotFound, requireNext } from './refusals.js';

/** The actor of a deletion that makes room where an expired key stood. */
export const EXPIRY_ACTOR = 'system:expiry';

/** The actor of a deletion that whoever found the secret has asked for. */
export const LEAK_REPORT_ACTOR = 'anonymous:leak-report';

/** A moment as the log keeps it: RFC 3339 in UTC with milliseconds, so that it sorts as text. */
export type Timestamp = string;

export type DeletionReason = 'REQUESTED' | 'ROTATED' | 'EXPIRED' | 'LEAKED';

export interface KeyCreated {
  type: 'KeyCreated';
  data: {
    keyId: string;
    name: string;
    secretHash: string;
    hint: string;
    scopes: string[];
    expiresAt?: Timestamp | undefined;
    /** How long the key was made to live, in milliseconds; there where `expiresAt` is. */
    lifetime?: number | undefined;
    idempotencyKey?: string | undefined;
    /** What was asked for under the idempotency key, as `inputHash` gives it; there where that key is. */
    inputHash?: string | undefined;
    replaces?: string | undefined;
  };
}

export interface KeyDeleted {
  type: 'KeyDeleted';
  data: { keyId: string; reason: DeletionReason; replacedBy?: string | undefined };
}

export interface KeyExpirySet {
  type: 'KeyExpirySet';
  data: { keyId: string; expiresAt: Timestamp };
}

export type KeyEvent = KeyCreated | KeyDeleted | KeyExpirySet;

/** An event with its place in its account's stream (from 1), its time and who caused it. */
export type PastKeyEvent = KeyEvent & { version: number; at: Timestamp; actor: string };

/** The parts of new key material that an event may hold. */
export interface NewKey {
  keyId: string;
  secretHash: string;
  hint: string;
}

export interface CreateKey {
  type: 'CreateKey';
  key: NewKey;
  name: string;
  scopes: string[];
  expiresAt?: Timestamp | undefined;
  idempotencyKey?: string | undefined;
}

export interface RotateKey {
  type: 'RotateKey';
  key: NewKey;
  keyId: string;
  /** Seconds for which the old key still works. */
  overlap: number;
  idempotencyKey?: string | undefined;
}

export interface DeleteKey {
  type: 'DeleteKey';
  keyId: string;
  reason: 'REQUESTED' | 'LEAKED';
}

export type KeyCommand = CreateKey | RotateKey | DeleteKey;

/** A key that was created and not deleted. Times are in milliseconds since 1970. */
export interface Key {
  keyId: string;
  name: string;
  hint: string;
  scopes: string[];
  createdAt: number;
  createdBy: string;
  expiresAt?: number | undefined;
  /** How long the key was made to live, in milliseconds; a successor lives as long. */
  lifetime?: number | undefined;
  replaces?: string | undefined;
}

/** What the events of one account's stream amount to. */
export interface AccountKeys {
  /** How many events were folded. */
  version: number;
  /** The time of the last event, in milliseconds since 1970. */
  at: number;
  keys: ReadonlyMap<string, Key>;
  /** Every key id ever issued. A state read from a projection need only know those that the command names. */
  issued: ReadonlySet<string>;
  /** What each idempotency key made. A state read from a projection need only know the command's own. */
  made: ReadonlyMap<string, Made>;
}

/** The key that an idempotency key made, and the hash of what was asked for then. */
export interface Made {
  keyId: string;
  inputHash: string;
}

export const NO_KEYS: AccountKeys = { version: 0, at: 0, keys: new Map(), issued: new Set(), made: new Map() };

/** Whether the key authenticates at that instant (milliseconds since 1970). */
export function isActive(key: Pick<Key, 'expiresAt'>, now: number): boolean {
  return key.expiresAt === undefined || now < key.expiresAt;
}

/** The account's keys that authenticate at that instant. */
export function activeKeys({ keys }: Pick<AccountKeys, 'keys'>, now: number): Key[] {
  return [...keys.values()].filter((key) => isActive(key, now));
}

/**
 * Turns a command into events, or refuses it. `now` is the clock of whoever decides, in milliseconds since 1970, whatever the
 * stream's events say of theirs.
 * @throws KeyAlreadyCreated, ExpiryInThePast, KeyNotFound, KeyLimitReached
 */
export function decide(state: AccountKeys, command: KeyCommand, now: number): KeyEvent[] {
  switch (command.type) {
    case 'CreateKey': {
      refuseRepetition(state, command);
      if (command.expiresAt !== undefined && Date.parse(command.expiresAt) <= now) throw new ExpiryInThePast();
      const { type: _, key, ...rest } = command;
      const lifetime = command.expiresAt === undefined ? undefined : Date.parse(command.expiresAt) - now;
      return [...makeRoom(state, now), { type: 'KeyCreated', data: { ...key, ...rest, lifetime, inputHash: hashOf(command) } }];
    }
    case 'RotateKey': {
      refuseRepetition(state, command);
      return rotate(state, command, now);
    }
    case 'DeleteKey': {
      const { keyId, reason } = command;
      held(state, keyId);
      return [{ type: 'KeyDeleted', data: { keyId, reason } }];
    }
  }
}

/**
 * The state after one further event.
 * @throws StreamGap when the event is not the next of its stream
 */
export function evolve(state: AccountKeys, event: PastKeyEvent): AccountKeys {
  requireNext(state.version, event);
  const next = { ...state, version: event.version, at: Date.parse(event.at), keys: evolveKeys(state.keys, event) };
  if (event.type !== 'KeyCreated') return next;
  const { keyId, idempotencyKey, inputHash: hash = '' } = event.data;
  return {
    ...next,
    issued: new Set(state.issued).add(keyId),
    made: idempotencyKey === undefined ? state.made : new Map(state.made).set(idempotencyKey, { keyId, inputHash: hash }),
  };
}

/** The keys after one further event; all that a question about the past needs. */
export function evolveKeys(keys: ReadonlyMap<string, Key>, event: PastKeyEvent): ReadonlyMap<string, Key> {
  const next = new Map(keys);
  switch (event.type) {
    case 'KeyCreated':
      return next.set(event.data.keyId, keyOf(event));
    case 'KeyDeleted':
      next.delete(event.data.keyId);
      return next;
    case 'KeyExpirySet': {
      const { keyId, expiresAt } = event.data;
      const key = next.get(keyId);
      return key ? next.set(keyId, { ...key, expiresAt: Date.parse(expiresAt) }) : next;
    }
  }
}

/** The key that its creation describes. */
export function keyOf({ data, at, actor }: PastKeyEvent & KeyCreated): Key {
  const { keyId, name, hint, scopes, lifetime, replaces } = data;
  const key = { keyId, name, hint, scopes, createdAt: Date.parse(at), createdBy: actor, replaces };
  return data.expiresAt === undefined ? key : { ...key, expiresAt: Date.parse(data.expiresAt), lifetime };
}

function rotate(state: AccountKeys, command: RotateKey, now: number): KeyEvent[] {
  const { key, keyId, overlap, idempotencyKey } = command;
  const old = held(state, keyId);
  const created: KeyCreated = {
    type: 'KeyCreated',
    data: {
      ...key,
      name: old.name,
      scopes: old.scopes,
      expiresAt: old.lifetime === undefined ? undefined : timestamp(now + old.lifetime),
      lifetime: old.lifetime,
      idempotencyKey,
      inputHash: hashOf(command),
      replaces: keyId,
    },
  };
  if (overlap === 0 || !isActive(old, now)) {
    return [{ type: 'KeyDeleted', data: { keyId, reason: 'ROTATED', replacedBy: key.keyId } }, created];
  }
  const end = Math.min(now + overlap * 1000, old.expiresAt ?? Number.POSITIVE_INFINITY);
  return [...makeRoom(state, now), created, { type: 'KeyExpirySet', data: { keyId, expiresAt: timestamp(end) } }];
}

/** Deletes as many expired keys as one more key needs, the longest expired first. */
function makeRoom(state: AccountKeys, now: number): KeyDeleted[] {
  const needed = state.keys.size + 1 - KEY_LIMIT;
  const expired = [...state.keys.values()]
    .filter((key) => !isActive(key, now))
    .sort((a, b) => (a.expiresAt ?? 0) - (b.expiresAt ?? 0));
  if (expired.length < needed) throw new KeyLimitReached();
  return expired.slice(0, Math.max(0, needed)).map(({ keyId }) => ({ type: 'KeyDeleted', data: { keyId, reason: 'EXPIRED' } }));
}

function refuseRepetition(state: AccountKeys, command: CreateKey | RotateKey): void {
  const { key, idempotencyKey } = command;
  const earlier = idempotencyKey === undefined ? undefined : state.made.get(idempotencyKey);
  if (earlier) {
    const sameInput = earlier.inputHash === inputHash(command);
    throw new KeyAlreadyCreated(earlier.keyId, state.keys.get(earlier.keyId), sameInput, state.version);
  }
  if (state.issued.has(key.keyId)) throw new Error(`The key id ${key.keyId} was issued before: is the random source broken?`);
}

function hashOf(command: CreateKey | RotateKey): string | undefined {
  return command.idempotencyKey === undefined ? undefined : inputHash(command);
}

function held(state: AccountKeys, keyId: string): Key {
  const key = state.keys.get(keyId);
  if (!key) throw new KeyNotFound();
  return key;
}

/** What would end later than the log can say ends then. */
function timestamp(time: number): Timestamp {
  return new Date(keepable(time)).toISOString();
}
