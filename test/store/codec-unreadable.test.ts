import { NotJson } from '../../src/domain/transparency/canonical-json.js';
import { MAX_DEPTH } from '../../src/shared/nesting.js';
import { sizeOfEvent } from '../../src/store/batch.js';
import { decode, decodeUsage, leafTextOf, SCHEMA_VERSIONS, UnreadableEvent } from '../../src/store/codec.js';
import type { RecordedEvent } from '../../src/store/event-store.js';
import { fromEventStoreDb, toEventStoreDb } from '../../src/store/eventstoredb/eventstoredb-codec.js';
import { fromText, storedText } from '../../src/store/stored-json.js';
import { upcast } from '../../src/store/upcasters.js';
import { sample } from '../support/golden-samples.js';
import { nested } from '../support/nested.js';

describe('what cannot be read is refused by stream and version', () => {
  const event = sample('KeyCreated.1.json');

  it.each<[type: string, schemaVersion: number]>([
    ['KeyMoved', 1],
    ['constructor', 1],
    ['KeyCreated', SCHEMA_VERSIONS.KeyCreated + 1],
    ['KeyCreated', 0],
    ['KeyDeleted', 0.5],
    ['KeyDeleted', 1.5],
  ])('%s of schema version %p, which is unknown', (type, schemaVersion) => {
    const reason = 'its type or schema version is unknown';
    expect(() => decode({ ...event, type, schemaVersion })).toThrow(
      new UnreadableEvent(`Version 4 of stream apiKeys-acme (${type}, schema version ${schemaVersion})`, reason),
    );
  });

  it.each<[string, object]>([
    ['a missing field', { data: { ...event.data, keyId: undefined } }],
    ['a field too many', { data: { ...event.data, secret: 'kls_' } }],
    ['a hash that is none', { data: { ...event.data, secretHash: 'x' } }],
    ['a key id that is none', { data: { ...event.data, keyId: 'key_1' } }],
    ['an expiry without a lifetime', { data: { ...event.data, lifetime: undefined } }],
    ['an idempotency key without the hash of its input', { data: { ...event.data, inputHash: undefined } }],
    ['a time without milliseconds', { data: { ...event.data, expiresAt: '2026-07-31T00:00:00Z' } }],
    ['data that is nothing', { data: null }],
    ['metadata without an actor', { metadata: { at: event.metadata.at, correlationId: 'c' } }],
    ['metadata with a field too many', { metadata: { ...event.metadata, email: 'a@example.com' } }],
  ])('%s', (_fault, change) => {
    const damaged = { ...event, ...change };
    expect(() => decode(damaged)).toThrow(UnreadableEvent);
    expect(() => decode(damaged)).toThrow(/^Version 4 of stream apiKeys-acme .*cannot be read/);
  });

  it.each<[string, object]>([
    ['a day that is none', { day: '2026-02-30' }],
    ['a count of nothing', { uses: [['key_3yZe7mBqRkT0aVxWcD9uFp', 0, 0, 0]] }],
    ['a time that is not on the day', { uses: [['key_3yZe7mBqRkT0aVxWcD9uFp', 1, 0, 86_400_000]] }],
    ['a time before the day', { uses: [['key_3yZe7mBqRkT0aVxWcD9uFp', 1, -1, 0]] }],
    ['a quarter too many', { quarters: [[96, 1]] }],
    ['a key id that is none', { uses: [['kls_', 1, 0, 0]] }],
  ])('usage with %s', (_fault, change) => {
    const sound = sample('KeysUsed.1.json');
    expect(() => decodeUsage({ ...sound, data: { ...sound.data, ...change } })).toThrow(UnreadableEvent);
  });

  const recordedBy = (change: object) =>
    fromEventStoreDb({
      ...toEventStoreDb(event),
      streamId: event.stream,
      revision: 3n,
      position: { commit: 99n },
      ...change,
    });

  const refusals: [string, (event: RecordedEvent) => unknown][] = [
    ['decode', decode],
    ['leafTextOf', leafTextOf],
  ];

  it.each([
    ['torn data', '{"keyId":', '{}'],
    ['torn metadata', '{}', '{"at":'],
    ['data that is a text', '"secret"', '{}'],
    ['data that is a list', '[]', '{}'],
    ['data that is nothing', 'null', '{}'],
  ])('%s in SQLite, and nothing of it is lost', (_fault, data, metadata) => {
    const read = fromText({ ...event, data, metadata });
    expect(read).toMatchObject({ version: 4, position: event.position, id: event.id, damage: { data, metadata } });
    for (const [, refuse] of refusals) {
      expect(() => refuse(read)).toThrow(UnreadableEvent);
      expect(() => refuse(read)).toThrow(
        /^Version 4 of stream apiKeys-acme .*cannot be read: its (meta)?data is not a JSON object/,
      );
    }
  });

  const deep: [part: string, data: string, metadata: string][] = [
    ['data', `{"keyId":"key","a":${nested(100_000)}}`, '{"actor":"a"}'],
    ['metadata', '{"keyId":"key"}', `{"actor":"a","a":${nested(MAX_DEPTH)}}`],
  ];

  it.each(deep)('%s that is nested too deeply in SQLite, and nothing of it is lost', (part, data, metadata) => {
    const read = fromText({ ...event, data, metadata });
    const reason = `its ${part} is nested more than ${MAX_DEPTH} levels deep`;
    expect(read).toMatchObject({ damage: { reason, data, metadata } });
    expectRefused(read);
  });

  it.each(deep)('%s that is nested too deeply in EventStoreDB', (part, data, metadata) => {
    const { schemaVersion } = event;
    const read = recordedBy({ data: JSON.parse(data), metadata: { schemaVersion, ...JSON.parse(metadata) } });
    expect(read).toMatchObject({ damage: { reason: `its ${part} is nested more than ${MAX_DEPTH} levels deep` } });
    expectRefused(read);
  });

  /** It is refused, the rest of it can be used, and all of it can be kept and shown. */
  function expectRefused(read: RecordedEvent): void {
    for (const [, refuse] of refusals) expect(() => refuse(read)).toThrow(/^Version 4 of stream apiKeys-acme .*cannot be read/);
    expect(JSON.parse(JSON.stringify(read))).toMatchObject({ data: { keyId: 'key' }, metadata: { actor: 'a' } });
    expect(fromText({ ...read, ...storedText(read) }).damage).toBeDefined();
    expect(sizeOfEvent(read)).toBeGreaterThan(0);
  }

  it.each<[string, object]>([
    ['binary data', { data: new Uint8Array(3), metadata: new Uint8Array(3) }],
    ['torn data', { data: '{"keyId":' }],
    ['no metadata', { metadata: undefined }],
    ['no schema version', { metadata: event.metadata }],
    ['a list as data', { data: [] }],
  ])('%s in EventStoreDB', (_fault, change) => {
    const read = recordedBy(change);
    expect(read).toMatchObject({ version: 4, position: 99, id: event.id });
    for (const [, refuse] of refusals) {
      expect(() => refuse(read)).toThrow(UnreadableEvent);
      expect(() => refuse(read)).toThrow(/^Version 4 of stream apiKeys-acme .*cannot be read/);
    }
    const { damage } = read;
    expect(fromText({ ...read, data: damage?.data ?? '', metadata: damage?.metadata ?? '' }).damage).toBeDefined();
  });

  it('what has no canonical form has no leaf, and is told of without what it says', () => {
    const half = { ...event, data: { name: 'half a pair: \ud800' } };
    const { message } = new UnreadableEvent(
      'Version 4 of stream apiKeys-acme (KeyCreated, schema version 1)',
      'it has no canonical form (RFC 8785)',
    );
    expect(() => leafTextOf(half)).toThrow(UnreadableEvent);
    expect(() => leafTextOf(half)).toThrow(expect.objectContaining({ message, cause: expect.any(NotJson) }));
  });

  it('but not what fails for another reason, such as too little memory', () => {
    const failure = new RangeError('no memory');
    const failing = {
      get name() {
        throw failure;
      },
    };
    expect(() => leafTextOf({ ...event, data: failing })).toThrow(failure);
  });
});

describe('upcasting', () => {
  const table = {
    KeyDeleted: {
      1: (data: object) => ({ ...data, second: true }),
      2: (data: object) => ({ ...data, third: Reflect.get(data, 'second') }),
    },
  };
  const event = { ...sample('KeyDeleted.1.json'), data: { first: true } };

  it('leads through every schema version, in order, and leaves what is stored alone', () => {
    expect(upcast(event, 3, table)).toEqual({ first: true, second: true, third: true });
    expect(upcast({ ...event, schemaVersion: 2, data: { second: 2 } }, 3, table)).toEqual({ second: 2, third: 2 });
    expect(upcast({ ...event, schemaVersion: 3 }, 3, table)).toEqual({ first: true });
    expect(event.data).toEqual({ first: true });
  });

  it('refuses a schema version from which no step leads on', () => {
    expect(() => upcast(event, 4, table)).toThrow('There is no upcaster from schema version 3 of KeyDeleted.');
  });
});
