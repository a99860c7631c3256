import { keepable } from '../../shared/clock.js';
import { inputHash } from './input-hash.js';
import {
  type AccountKeys,
  type CreateKey,
  isActive,
  type Key,
  type KeyCommand,
  type KeyCreated,
  type KeyDeleted,
  type KeyEvent,
  type PastKeyEvent,
  type RotateKey,
  type Timestamp,
} from './model.js';
import { ExpiryInThePast, KEY_LIMIT, KeyAlreadyCreated, KeyLimitReached, KeyNotFound, requireNext } from './refusals.js';

/**
 * Turns a command into events, or refuses it. `now` is the deciding process's own clock, in milliseconds since 1970, whatever the dates of
 * the stream's events.
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
 * Returns the state after one more event.
 * @throws StreamGap if the event is not the next of its stream
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

/** Returns the keys after one more event. Questions about the past need no more than that. */
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

/** The key that a `KeyCreated` event describes. */
function keyOf({ data, at, actor }: PastKeyEvent & KeyCreated): Key {
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

/** Deletes as many expired keys as needed to make room for one more, the longest expired first. */
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
  if (state.issued.has(key.keyId))
    throw new Error(`The key id ${key.keyId} was issued before. Check the source of random numbers.`);
}

function hashOf(command: CreateKey | RotateKey): string | undefined {
  return command.idempotencyKey === undefined ? undefined : inputHash(command);
}

function held(state: AccountKeys, keyId: string): Key {
  const key = state.keys.get(keyId);
  if (!key) throw new KeyNotFound();
  return key;
}

/** Clamps to the latest time that the log can express. */
function timestamp(time: number): Timestamp {
  return new Date(keepable(time)).toISOString();
}
