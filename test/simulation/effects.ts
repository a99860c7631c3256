import { EXPIRY_ACTOR, type KeyDeleted, LEAK_REPORT_ACTOR, type PastKeyEvent } from '../../src/domain/keys/model.js';
import { CLIENT } from './plan.js';
import type { Request } from './requests.js';

/** True if the request asks for that event, and the event names who has caused it. */
export function isEffectOf({ operation: { kind }, keyId }: Request, event: PastKeyEvent): boolean {
  if (event.actor !== actorOf(event)) return false;
  switch (event.type) {
    case 'KeyCreated':
      return event.data.replaces === undefined ? kind === 'create' : kind === 'rotate' && event.data.replaces === keyId;
    case 'KeyDeleted':
      return isDeletionOf(kind, keyId, event);
    case 'KeyExpirySet':
      return kind === 'rotate' && event.data.keyId === keyId;
    case 'KeyRenamed':
      return kind === 'rename' && event.data.keyId === keyId;
    case 'KeyDisabled':
      return kind === 'disable' && event.data.keyId === keyId;
    case 'KeyEnabled':
      return kind === 'enable' && event.data.keyId === keyId;
    case 'AccountFrozen':
      return kind === 'freeze';
    case 'AccountThawed':
      return kind === 'thaw';
  }
}

function isDeletionOf(kind: string, keyId: string | undefined, { data }: KeyDeleted): boolean {
  switch (data.reason) {
    case 'REQUESTED':
      return kind === 'delete' && data.keyId === keyId;
    case 'ROTATED':
      return kind === 'rotate' && data.keyId === keyId;
    case 'LEAKED':
      return kind === 'report' && data.keyId === keyId;
    case 'REVOKED':
      return kind === 'revoke';
    case 'EXPIRED':
      return kind === 'create' || kind === 'rotate';
  }
}

function actorOf(event: PastKeyEvent): string {
  if (event.type !== 'KeyDeleted') return CLIENT;
  if (event.data.reason === 'EXPIRED') return EXPIRY_ACTOR;
  return event.data.reason === 'LEAKED' ? LEAK_REPORT_ACTOR : CLIENT;
}
