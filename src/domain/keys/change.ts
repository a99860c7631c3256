import { refuseFrozen } from './freeze.js';
import { type Repeatable, requestOf } from './input-hash.js';
import type { AccountKeys, ChangeKey, Key, KeyEvent } from './model.js';
import { IdempotencyKeyUsed, KeyNotFound } from './refusals.js';

/**
 * Decides a change of a key that stays. No event if there is nothing to change: the key is so already, or the same request was made before.
 * @throws KeyNotFound, IdempotencyKeyUsed, AccountIsFrozen
 */
export function change(state: AccountKeys, command: ChangeKey): KeyEvent[] {
  const key = held(state, command.keyId);
  if (wasMade(state, command) || isSo(key, command)) return [];
  if (command.type === 'EnableKey') refuseFrozen(state);
  return [eventOf(command)];
}

/** @throws KeyNotFound */
export function held(state: AccountKeys, keyId: string): Key {
  const key = state.keys.get(keyId);
  if (!key) throw new KeyNotFound();
  return key;
}

/** @throws IdempotencyKeyUsed if the idempotency key was used for something else */
function wasMade({ made }: AccountKeys, command: Repeatable): boolean {
  const { idempotencyKey, inputHash } = requestOf(command);
  const earlier = idempotencyKey === undefined ? undefined : made.get(idempotencyKey);
  if (earlier && earlier.inputHash !== inputHash) throw new IdempotencyKeyUsed();
  return earlier !== undefined;
}

function isSo(key: Key, command: ChangeKey): boolean {
  switch (command.type) {
    case 'RenameKey':
      return key.name === command.name;
    case 'DisableKey':
      return key.disabledAt !== undefined;
    case 'EnableKey':
      return key.disabledAt === undefined;
  }
}

function eventOf(command: ChangeKey): KeyEvent {
  const data = { keyId: command.keyId, ...requestOf(command) };
  switch (command.type) {
    case 'RenameKey':
      return { type: 'KeyRenamed', data: { ...data, name: command.name } };
    case 'DisableKey':
      return { type: 'KeyDisabled', data };
    case 'EnableKey':
      return { type: 'KeyEnabled', data };
  }
}
