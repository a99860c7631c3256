import type { KeyEvent } from '../../src/domain/keys/model.js';
import { newKeyMaterial } from '../../src/domain/keys/secret.js';
import { encode } from '../../src/store/codec.js';
import type { EventStore, NewEvent } from '../../src/store/event-store.js';
import { streamOf } from '../../src/store/streams.js';
import { at, START } from './specification.js';

/** Appends the events to the account's stream, a millisecond apart, without checking whether they make sense. */
export async function record(store: EventStore, account: string, events: KeyEvent[], version = 0): Promise<number> {
  const envelopes = events.map((event, index) => {
    const place = version + index + 1;
    return encode({ ...event, version: place, at: at(START + place), actor: 'owner' }, 'none');
  });
  return store.append(streamOf('apiKeys', account), version, envelopes);
}

/** A plausible, endless sequence of an account's events: two creations, then a deletion and a creation in turn. */
export function* eventsOfAccount(): Generator<NewEvent, never> {
  const held: string[] = [];
  for (let version = 1; ; version += 1) {
    const event = { ...next(held, version), version, at: new Date().toISOString(), actor: 'owner' };
    yield encode(event, 'none');
  }
}

/**
 * Appends an event for each place, of the account named there. Keys come and go, and no two have the same id. The store must keep appends
 * in the order in which they are made, as SQLite does.
 */
export async function recordPlaces(store: EventStore, places: readonly string[]): Promise<void> {
  const accounts = new Map<string, { version: number; held: string[] }>();
  await Promise.all(
    places.map((account, place) => {
      const { version, held } = accounts.get(account) ?? { version: 0, held: [] };
      const event = next(held, place);
      accounts.set(account, { version: version + 1, held });
      const past = { ...event, version: version + 1, at: at(START + place), actor: `subject-${account}` };
      return store.append(streamOf('apiKeys', account), version, [encode(past, `request-${place}`)]);
    }),
  );
}

/** Deletes the older of two keys, or creates one. */
function next(held: string[], place: number): KeyEvent {
  const oldest = held.length === 2 ? held.shift() : undefined;
  if (oldest !== undefined) return { type: 'KeyDeleted', data: { keyId: oldest, reason: 'REQUESTED' } };
  const { secret: _, ...material } = newKeyMaterial();
  held.push(material.keyId);
  return {
    type: 'KeyCreated',
    data: {
      ...material,
      name: `Schlüssel „${place}” 🔑`,
      scopes: ['read'],
      idempotencyKey: `${place}`,
      inputHash: 'ab'.repeat(32),
    },
  };
}
