import { hash } from 'node:crypto';
import { canonicalJson } from '../transparency/canonical-json.js';
import type { CreateKey, RotateKey } from './model.js';

/**
 * Hashes a command's input: SHA-256 (64 hexadecimal digits) of the canonical JSON (RFC 8785) of its type and input, without the
 * idempotency key and the new key's material. The order of scopes does not matter.
 */
export function inputHash(command: CreateKey | RotateKey): string {
  return hash('sha256', canonicalJson(inputOf(command)), 'hex');
}

function inputOf(command: CreateKey | RotateKey): object {
  switch (command.type) {
    case 'CreateKey': {
      const { type, name, scopes, expiresAt } = command;
      return { type, name, scopes: [...scopes].sort(), ...(expiresAt !== undefined && { expiresAt }) };
    }
    case 'RotateKey': {
      const { type, keyId, overlap } = command;
      return { type, keyId, overlap };
    }
  }
}
