import { randomUUID } from 'node:crypto';
import { type KeyMaterial, newKeyMaterial } from '../../../src/domain/keys/secret.js';
import { encode } from '../../../src/store/codec.js';
import type { NewEvent } from '../../../src/store/event-store.js';

const AT = new Date().toISOString();
const CORRELATION = randomUUID();

/** A `KeyCreated` event as it is appended. `version` is its place in the stream. */
export function creation(
  version = 1,
  { secret: _, ...key }: KeyMaterial = newKeyMaterial(),
  at = AT,
  scopes = ['read'],
): NewEvent {
  const data = { ...key, name: 'bench', scopes };
  return encode({ type: 'KeyCreated', version, at, actor: 'bench', data }, CORRELATION);
}

/** A `KeyDeleted` event for that key as it is appended. */
export function deletion(version: number, keyId: string, at = AT): NewEvent {
  const data = { keyId, reason: 'REQUESTED' } as const;
  return encode({ type: 'KeyDeleted', version, at, actor: 'bench', data }, CORRELATION);
}
