import { randomUUID } from 'node:crypto';
import type { KeyEvent } from '../../src/domain/keys.js';
import { encode, streamOf } from '../../src/store/codec.js';
import type { EventStore } from '../../src/store/event-store.js';
import { at, START } from './specification.js';

/** Appends the events to the account's stream, a millisecond apart, without asking whether they make sense. */
export async function record(store: EventStore, account: string, events: KeyEvent[], version = 0): Promise<number> {
  const envelopes = events.map((event, index) => {
    const place = version + index + 1;
    return encode({ ...event, version: place, at: at(START + place), actor: 'owner' }, randomUUID(), 'none');
  });
  return store.append(streamOf('apiKeys', account), version, envelopes);
}
