import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NewEvent, RecordedEvent } from '../../src/store/event-store.js';

/** The folder of the golden samples: one of each event type and schema version. */
export const SAMPLES = join(import.meta.dirname, '../../schema/events');

/** The sample of that file, as the fourth event of the account `acme`. */
export function sample(name: string): RecordedEvent {
  const event: NewEvent = JSON.parse(readFileSync(join(SAMPLES, name), 'utf8'));
  return { ...event, stream: 'apiKeys-acme', version: 4, position: 99 };
}
