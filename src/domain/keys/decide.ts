import { keepable } from '../../shared/clock.js';
import { change, held } from './change.js';
import { evolveFrozen, freeze, refuseFrozen, revoke } from './freeze.js';
import { inputHash, requestOf } from './input-hash.js';
import {
  type AccountKeys,
  type CreateKey,
  hasExpired,
  type Key,
  type KeyCommand,
  type KeyCreated,
  type KeyDeleted,
  type KeyEvent,
  type Made,
  type PastKeyEvent,
  type RotateKey,
  type Timestamp,
} from './model.js';
import { ExpiryInThePast, KEY_LIMIT, KeyAlreadyCreated, KeyIsDisabled, KeyLimitReached, requireNext } from './refusals.js';

/**
 * Turns a command into events, or refuses it. There is no event if there is nothing to change. `now` is the deciding process's own clock,
 * in milliseconds since 1970, whatever the dates of the stream's events.
 * @throws KeyAlreadyCreated, ExpiryInThePast, KeyNotFound, KeyLimitReached, KeyIsDisabled, IdempotencyKeyUsed, AccountIsFrozen,
 *   AccountNotFound; Error if the id of the new key was issued before
 */
export function decide(state: AccountKeys, command: KeyCommand, now: number): KeyEvent[] {
  switch (command.type) {
    case 'CreateKey': {
      refuseRepetition(state, command);
      refuseFrozen(state);
      if (command.expiresAt !== undefined && Date.parse(command.expiresAt) <= now) throw new ExpiryInThePast();
      const { type: _, key, idempotencyKey: __, ...rest } = command;
      const lifetime = command.expiresAt === undefined ? undefined : Date.parse(command.expiresAt) - now;
      return [...makeRoom(state, now), { type: 'KeyCreated', data: { ...key, ...rest, lifetime, ...requestOf(command) } }];
    }
    case 'RotateKey': {
      refuseRepetition(state, command);
      return rotate(state, command, now);
    }
    case 'DeleteKey': {
      const { keyId, reason, note } = command;
      held(state, keyId);
      return [{ type: 'KeyDeleted', data: { keyId, reason, note } }];
    }
    case 'RevokeKeys':
      return revoke(state, command);
    case 'FreezeAccount':
    case 'ThawAccount':
      return freeze(state, command);
    case 'RenameKey':
    case 'DisableKey':
    case 'EnableKey':
      return change(state, command);
  }
}

/**
 * Returns the state after one more event.
 * @throws StreamGap if the event is not the next of its stream
 */
export function evolve(state: AccountKeys, event: PastKeyEvent): AccountKeys {
  requireNext(state.version, event);
  const request = requestIn(event);
  return {
    version: event.version,
    at: Date.parse(event.at),
    keys: evolveKeys(state.keys, event),
    frozenAt: evolveFrozen(state.frozenAt, event),
    issued: event.type === 'KeyCreated' ? new Set(state.issued).add(event.data.keyId) : state.issued,
    made: request ? new Map(state.made).set(request.idempotencyKey, request) : state.made,
  };
}

/** The request with an idempotency key that the event was written for; undefined if it had none. */
export function requestIn(event: KeyEvent): (Made & { idempotencyKey: string }) | undefined {
  if (!('idempotencyKey' in event.data)) return undefined;
  const { keyId, idempotencyKey, inputHash = '' } = event.data;
  return idempotencyKey === undefined ? undefined : { idempotencyKey, keyId, inputHash };
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
      return changed(next, keyId, { expiresAt: Date.parse(expiresAt) });
    }
    case 'KeyRenamed': {
      const { keyId, name } = event.data;
      return changed(next, keyId, { name });
    }
    case 'KeyDisabled':
      return changed(next, event.data.keyId, { disabledAt: Date.parse(event.at) });
    case 'KeyEnabled':
      return changed(next, event.data.keyId, { disabledAt: undefined });
    case 'AccountFrozen':
    case 'AccountThawed':
      return keys;
  }
}

/** Changes the key in the map, if it is there. */
function changed(keys: Map<string, Key>, keyId: string, to: Partial<Key>): Map<string, Key> {
  const key = keys.get(keyId);
  return key ? keys.set(keyId, { ...key, ...to }) : keys;
}

/** The key that a `KeyCreated` event describes. */
function keyOf({ data, at, actor }: PastKeyEvent & KeyCreated): Key {
  const { keyId, name, hint, scopes, lifetime, replaces } = data;
  const key = { keyId, name, hint, scopes, createdAt: Date.parse(at), createdBy: actor, replaces };
  return data.expiresAt === undefined ? key : { ...key, expiresAt: Date.parse(data.expiresAt), lifetime };
}

function rotate(state: AccountKeys, command: RotateKey, now: number): KeyEvent[] {
  const { key, keyId, overlap } = command;
  const old = held(state, keyId);
  refuseFrozen(state);
  if (old.disabledAt !== undefined) throw new KeyIsDisabled();
  const created: KeyCreated = {
    type: 'KeyCreated',
    data: {
      ...key,
      name: old.name,
      scopes: old.scopes,
      expiresAt: old.lifetime === undefined ? undefined : timestamp(now + old.lifetime),
      lifetime: old.lifetime,
      ...requestOf(command),
      replaces: keyId,
    },
  };
  if (overlap === 0 || hasExpired(old, now)) {
    return [{ type: 'KeyDeleted', data: { keyId, reason: 'ROTATED', replacedBy: key.keyId } }, created];
  }
  const end = Math.min(now + overlap * 1000, old.expiresAt ?? Number.POSITIVE_INFINITY);
  return [...makeRoom(state, now), created, { type: 'KeyExpirySet', data: { keyId, expiresAt: timestamp(end) } }];
}

/** Deletes as many expired keys as needed to make room for one more, the longest expired first. */
function makeRoom(state: AccountKeys, now: number): KeyDeleted[] {
  const needed = state.keys.size + 1 - KEY_LIMIT;
  const expired = [...state.keys.values()]
    .filter((key) => hasExpired(key, now))
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

/** Clamps to the latest time that the log can express. */
function timestamp(time: number): Timestamp {
  return new Date(keepable(time)).toISOString();
}
