import { randomUUID } from 'node:crypto';
import type { KeyEvent } from '../../src/domain/keys.js';
import { newKeyMaterial } from '../../src/domain/secret.js';
import { encode, streamOf } from '../../src/store/codec.js';
import type { EventStore, NewEvent } from '../../src/store/event-store.js';
import { at, START } from './specification.js';

/** Appends the events to the account's stream, a millisecond apart, without asking whether they make sense. */
export async function record(store: EventStore, account: string, events: KeyEvent[], version = 0): Promise<number> {
  const envelopes = events.map((event, index) => {
    const place = version + index + 1;
    return encode({ ...event, version: place, at: at(START + place), actor: 'owner' }, randomUUID(), 'none');
  });
  return store.append(streamOf('apiKeys', account), version, envelopes);
}

/** An account's events as they could have come about, without end: two creations, then a deletion and a creation in turn. */
export function* eventsOfAccount(): Generator<NewEvent, never> {
  const held: string[] = [];
  for (let version = 1; ; version += 1) {
    const oldest = held.length === 2 ? held.shift() : undefined;
    const event =
      oldest === undefined ? creation(held) : ({ type: 'KeyDeleted', data: { keyId: oldest, reason: 'REQUESTED' } } as const);
    yield encode({ ...event, version, at: new Date().toISOString(), actor: 'owner' }, randomUUID(), 'none');
  }
}

function creation(held: string[]): KeyEvent {
  const { keyId, secretHash, hint } = newKeyMaterial();
  held.push(keyId);
  return { type: 'KeyCreated', data: { keyId, name: 'a key', secretHash, hint, scopes: ['read'] } };
}
