import { hash } from 'node:crypto';
import { canonicalJson } from '../transparency/canonical-json.js';
import type { CreateKey, RotateKey } from './model.js';

/**
 * What a command asks for, as 64 hexadecimal digits: SHA-256 over the canonical JSON (RFC 8785) of its type and its input, without
 * the idempotency key and the new key's material. The order of scopes does not count.
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
