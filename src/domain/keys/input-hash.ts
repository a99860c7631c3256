import { hash } from 'node:crypto';
import { canonicalJson } from '../transparency/canonical-json.js';
import type { ChangeKey, CreateKey, RotateKey } from './model.js';

/** A command that may have an idempotency key. */
export type Repeatable = CreateKey | RotateKey | ChangeKey;

/**
 * Hashes a command's input: SHA-256 (64 hexadecimal digits) of the canonical JSON (RFC 8785) of its type and input, without the
 * idempotency key and the new key's material. The order of scopes does not matter.
 */
export function inputHash(command: Repeatable): string {
  return hash('sha256', canonicalJson(inputOf(command)), 'hex');
}

function inputOf(command: Repeatable): object {
  switch (command.type) {
    case 'CreateKey': {
      const { type, name, scopes, expiresAt } = command;
      return { type, name, scopes: [...scopes].sort(), expiresAt };
    }
    case 'RotateKey': {
      const { type, keyId, overlap } = command;
      return { type, keyId, overlap };
    }
    case 'RenameKey': {
      const { type, keyId, name } = command;
      return { type, keyId, name };
    }
    case 'DisableKey':
    case 'EnableKey': {
      const { type, keyId } = command;
      return { type, keyId };
    }
  }
}

/** The idempotency key and the hash of the input, as the command's event keeps them. */
export function requestOf(command: Repeatable): { idempotencyKey?: string; inputHash?: string } {
  const { idempotencyKey } = command;
  return idempotencyKey === undefined ? {} : { idempotencyKey, inputHash: inputHash(command) };
}
