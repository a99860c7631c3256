import { decide, evolve } from '../../src/domain/keys/decide.js';
import { inputHash, requestOf } from '../../src/domain/keys/input-hash.js';
import {
  type AccountKeys,
  type ChangeKey,
  type KeyCommand,
  type KeyCreated,
  type KeyDeleted,
  type KeyDisabled,
  type KeyEnabled,
  type KeyEvent,
  type KeyExpirySet,
  type KeyRenamed,
  NO_KEYS,
  type PastKeyEvent,
  type RotateKey,
} from '../../src/domain/keys/model.js';

/** The instant at which the history of a specification begins. */
export const START = Date.parse('2026-01-01T00:00:00.000Z');
export const SECOND = 1000;
export const DAY = 86_400 * SECOND;

export function at(time: number): string {
  return new Date(time).toISOString();
}

/** In a specification a key's id is a letter: `a` is `key_aaaaaaaaaaaaaaaaaaaaaa`. */
export function id(letter: string): string {
  return `key_${letter.repeat(22)}`;
}

/** The recorded part of new key material. */
export function material(letter: string) {
  return { keyId: id(letter), secretHash: letter.charCodeAt(0).toString(16).repeat(32), hint: letter.repeat(4) };
}

/** Defaults: the lifetime counts from the beginning, and the hash is that of a creation with this data. */
export function created(letter: string, data: Partial<KeyCreated['data']> = {}): KeyCreated {
  const given = { ...material(letter), name: `key ${letter}`, scopes: [], ...data };
  const { expiresAt, idempotencyKey } = given;
  const lifetime = expiresAt === undefined ? undefined : Date.parse(expiresAt) - START;
  const hash = idempotencyKey === undefined ? undefined : inputHash({ type: 'CreateKey', key: material(letter), ...given });
  return {
    type: 'KeyCreated',
    data: { ...(lifetime !== undefined && { lifetime }), ...(hash !== undefined && { inputHash: hash }), ...given },
  };
}

export function deleted(letter: string, data: Partial<KeyDeleted['data']> = {}): KeyDeleted {
  return { type: 'KeyDeleted', data: { keyId: id(letter), reason: 'REQUESTED', ...data } };
}

export function expirySet(letter: string, expiresAt: number): KeyExpirySet {
  return { type: 'KeyExpirySet', data: { keyId: id(letter), expiresAt: at(expiresAt) } };
}

export function create(letter: string, options: { idempotencyKey?: string; expiresAt?: number } = {}): KeyCommand {
  const { idempotencyKey, expiresAt } = options;
  return {
    type: 'CreateKey',
    key: material(letter),
    name: `key ${letter}`,
    scopes: [],
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(expiresAt !== undefined && { expiresAt: at(expiresAt) }),
  };
}

export function rotate(letter: string, to: string, options: { overlap?: number; idempotencyKey?: string } = {}): RotateKey {
  return { type: 'RotateKey', keyId: id(letter), key: material(to), overlap: 0, ...options };
}

export function rename(letter: string, name: string, idempotencyKey?: string): ChangeKey {
  return { type: 'RenameKey', keyId: id(letter), name, ...(idempotencyKey !== undefined && { idempotencyKey }) };
}

export function disable(letter: string, idempotencyKey?: string): ChangeKey {
  return { type: 'DisableKey', keyId: id(letter), ...(idempotencyKey !== undefined && { idempotencyKey }) };
}

export function enable(letter: string, idempotencyKey?: string): ChangeKey {
  return { type: 'EnableKey', keyId: id(letter), ...(idempotencyKey !== undefined && { idempotencyKey }) };
}

export function renamed(letter: string, name: string, idempotencyKey?: string): KeyRenamed {
  return { type: 'KeyRenamed', data: { keyId: id(letter), name, ...requestOf(rename(letter, name, idempotencyKey)) } };
}

export function disabled(letter: string, idempotencyKey?: string): KeyDisabled {
  return { type: 'KeyDisabled', data: { keyId: id(letter), ...requestOf(disable(letter, idempotencyKey)) } };
}

export function enabled(letter: string, idempotencyKey?: string): KeyEnabled {
  return { type: 'KeyEnabled', data: { keyId: id(letter), ...requestOf(enable(letter, idempotencyKey)) } };
}

export function frozen(note?: string): KeyEvent {
  return { type: 'AccountFrozen', data: { ...(note !== undefined && { note }) } };
}

export function thawed(note?: string): KeyEvent {
  return { type: 'AccountThawed', data: { ...(note !== undefined && { note }) } };
}

export const freeze: KeyCommand = { type: 'FreezeAccount' };
export const thaw: KeyCommand = { type: 'ThawAccount' };

/** Without letters: all keys of the account. */
export function revoke(letters?: string, note?: string): KeyCommand {
  return {
    type: 'RevokeKeys',
    keyIds: letters === undefined ? undefined : [...letters].map(id),
    ...(note !== undefined && { note }),
  };
}

export function remove(letter: string, reason: 'REQUESTED' | 'LEAKED' = 'REQUESTED'): KeyCommand {
  return { type: 'DeleteKey', keyId: id(letter), reason };
}

/** When the event of that version happened in a stream whose events are a second apart, in milliseconds since 1970. */
export const timeOfVersion = (version: number) => START + SECOND * (version - 1);

/** The event as that of this version in such a stream. */
export function pastEvent(event: KeyEvent, version: number): PastKeyEvent {
  return { ...event, version, at: at(timeOfVersion(version)), actor: 'owner' };
}

/** The state after these events, which are a millisecond apart from the start on. */
export function fold(events: KeyEvent[], from: AccountKeys = NO_KEYS, time = START): AccountKeys {
  return events.reduce((state, event) => {
    const version = state.version + 1;
    return evolve(state, { ...event, version, at: at(time + version - 1), actor: 'owner' });
  }, from);
}

/** Reads: given events, when a command comes (by default a day later), then these events or that refusal. */
export function given(...events: KeyEvent[]) {
  const state = fold(events);
  return {
    when: (command: KeyCommand, now = START + DAY) => ({
      // biome-ignore lint/suspicious/noThenProperty: given, when, then; nothing here is awaited
      then: (...expected: KeyEvent[]) => expect(decide(state, command, now)).toEqual(expected),
      thenRefused: (refusal: new (...args: never[]) => Error) => expect(() => decide(state, command, now)).toThrow(refusal),
    }),
  };
}
