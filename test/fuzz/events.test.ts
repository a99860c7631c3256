import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { evolve } from '../../src/domain/keys/decide.js';
import { NO_KEYS } from '../../src/domain/keys/model.js';
import {
  createdKeyIn,
  decode,
  decodeOrigin,
  decodeReadOrRemoval,
  decodeUsage,
  leafTextOf,
  provenanceOf,
  UnreadableEvent,
} from '../../src/store/codec.js';
import type { NewEvent, RecordedEvent } from '../../src/store/event-store.js';
import { fromEventStoreDb } from '../../src/store/eventstoredb/eventstoredb-codec.js';
import { fromText, storedText } from '../../src/store/stored-json.js';
import { anyText, edited } from '../support/edited.js';
import { fuzz } from '../support/fuzz.js';

const SAMPLES = join(import.meta.dirname, '../../schema/events');

const samples = readdirSync(SAMPLES).map((name): NewEvent => JSON.parse(readFileSync(join(SAMPLES, name), 'utf8')));

const schemaVersion = fc.oneof(fc.constantFrom(1, 2), fc.integer(), fc.double());
const json = fc.oneof(
  fc.jsonValue().map((value) => JSON.stringify(value)),
  anyText,
);

/** The text of a sample, edited or another one, and its type and schema version, sometimes of another event. */
const texts = fc.oneof(
  ...samples.map((sample) =>
    fc.record({
      type: fc.oneof({ arbitrary: fc.constant(sample.type), weight: 8 }, { arbitrary: anyText, weight: 1 }),
      schemaVersion: fc.oneof(
        { arbitrary: fc.constant(sample.schemaVersion), weight: 8 },
        { arbitrary: schemaVersion, weight: 1 },
      ),
      data: fc.oneof({ arbitrary: edited(JSON.stringify(sample.data)), weight: 4 }, { arbitrary: json, weight: 1 }),
      metadata: fc.oneof(
        { arbitrary: fc.constant(JSON.stringify(sample.metadata)), weight: 4 },
        { arbitrary: edited(JSON.stringify(sample.metadata)), weight: 1 },
        { arbitrary: json, weight: 1 },
      ),
    }),
  ),
);

/** Everything that reads an event, each of which either succeeds or says that the event is unreadable. */
const READERS = [
  (event: RecordedEvent) => void evolve(NO_KEYS, decode(event)),
  decodeReadOrRemoval,
  decodeUsage,
  decodeOrigin,
  leafTextOf,
  createdKeyIn,
  provenanceOf,
];

function check(event: RecordedEvent): void {
  for (const read of READERS) {
    try {
      read(event);
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error;
    }
  }
}

fuzz('an event whose stored text is anything is read or said to be unreadable', texts, (text) => {
  const event = fromText({ stream: 'apiKeys-acme', version: 1, position: 1, id: 'an event', ...text });
  expect(storedText(event)).toEqual({ data: text.data, metadata: text.metadata });
  check(event);
});

/** What the client makes of stored bytes: the value of JSON, or the bytes. */
const anything = fc.oneof(fc.jsonValue(), fc.uint8Array());

fuzz('an event that EventStoreDB holds is read or said to be unreadable', fc.tuple(texts, anything, anything), (given) => {
  const [{ type }, data, metadata] = given;
  const position = { commit: 1n, prepare: 1n };
  check(fromEventStoreDb({ streamId: 'apiKeys-acme', revision: 0n, position, id: 'an event', type, data, metadata }));
});
