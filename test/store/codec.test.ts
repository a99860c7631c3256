import { readdirSync } from 'node:fs';
import type { HistoryRead, ReadFilter, ReadsRemoved } from '../../src/domain/audit/history-read.js';
import { decide, evolve } from '../../src/domain/keys/decide.js';
import { type KeyCommand, type KeyDeleted, type KeyEvent, NO_KEYS, type PastKeyEvent } from '../../src/domain/keys/model.js';
import { newKeyMaterial } from '../../src/domain/keys/secret.js';
import { canonicalJson } from '../../src/domain/transparency/canonical-json.js';
import type { OriginOpened } from '../../src/domain/transparency/log-origin.js';
import type { Counted, CountedQuarter, PastUsage, UsageEvent } from '../../src/domain/usage/key-usage.js';
import {
  decode,
  decodeOrigin,
  decodeRead,
  decodeReadOrRemoval,
  decodeUsage,
  encode,
  SCHEMA_VERSIONS,
  UnreadableEvent,
} from '../../src/store/codec.js';
import type { NewEvent } from '../../src/store/event-store.js';
import { fromEventStoreDb, toEventStoreDb } from '../../src/store/eventstoredb/eventstoredb-codec.js';
import { fromText } from '../../src/store/stored-json.js';
import { SAMPLES, sample } from '../support/golden-samples.js';

type Data<T extends KeyEvent['type']> = Required<Extract<KeyEvent, { type: T }>['data']>;

const REQUEST = { idempotencyKey: 'a request', inputHash: '0'.repeat(64) };

/** Every field that an event can have. A new field does not compile until it is here, and then needs a new schema version. */
const COMPLETE: { [T in KeyEvent['type']]: Data<T> } = {
  KeyCreated: {
    keyId: 'key_3yZe7mBqRkT0aVxWcD9uFp',
    name: 'a key',
    secretHash: '0'.repeat(64),
    hint: 'abcd',
    scopes: ['orders:read'],
    expiresAt: '2026-07-31T00:00:00.000Z',
    lifetime: 86_400_000,
    idempotencyKey: 'a request',
    inputHash: '0'.repeat(64),
    replaces: 'key_1aB2cD3eF4gH5iJ6kL7mN8',
  },
  KeyDeleted: { keyId: 'key_3yZe7mBqRkT0aVxWcD9uFp', reason: 'REVOKED', replacedBy: 'key_1aB2cD3eF4gH5iJ6kL7mN8', note: 'why' },
  KeyExpirySet: { keyId: 'key_3yZe7mBqRkT0aVxWcD9uFp', expiresAt: '2026-07-31T00:00:00.000Z' },
  KeyRenamed: { keyId: 'key_3yZe7mBqRkT0aVxWcD9uFp', name: 'a name', ...REQUEST },
  KeyDisabled: { keyId: 'key_3yZe7mBqRkT0aVxWcD9uFp', ...REQUEST },
  KeyEnabled: { keyId: 'key_3yZe7mBqRkT0aVxWcD9uFp', ...REQUEST },
  AccountFrozen: { note: 'why' },
  AccountThawed: { note: 'why' },
};

const COMPLETE_FILTER: Required<ReadFilter> = {
  account: 'acme',
  keyId: 'key_3yZe7mBqRkT0aVxWcD9uFp',
  type: 'KeyCreated',
  actor: 'tester',
  from: '2026-01-01T00:00:00.000Z',
  to: '2026-02-01T00:00:00.000Z',
  at: '2026-01-15T00:00:00.000Z',
};

const COMPLETE_READ: Required<HistoryRead['data']> = { what: 'events', filter: COMPLETE_FILTER, times: 1 };

const COMPLETE_REMOVAL: Required<ReadsRemoved['data']> = { before: '2026-01-01', records: 1 };

const DAY = '2026-01-01';
const USES: Counted[] = [['key_3yZe7mBqRkT0aVxWcD9uFp', 1, 0, 86_399_999]];
const REFUSALS: Counted[] = [['acme', 1, 0, 86_399_999]];
const QUARTERS: CountedQuarter[] = [
  [0, 1],
  [95, 2],
];

const COMPLETE_USAGE: { [T in UsageEvent['type']]: Required<Extract<UsageEvent, { type: T }>['data']> } = {
  KeysUsed: { day: DAY, uses: USES, quarters: QUARTERS },
  CreatesRefused: { day: DAY, refusals: REFUSALS, quarters: QUARTERS },
  UsageClosed: { day: DAY },
  UsageTotalled: {
    day: DAY,
    writers: ['5f4c2f0b0501'],
    uses: USES,
    refusals: REFUSALS,
    verifications: QUARTERS,
    createsRefused: QUARTERS,
  },
};

const COMPLETE_ORIGIN: Required<OriginOpened['data']> = {
  previous: { origin: 'keyledger/6a1f6c0e-54c5-4d7e-8d55-8f5f4c2f0b01', size: 1, root: Buffer.alloc(32).toString('base64') },
};

const TYPES = Object.keys(COMPLETE) as KeyEvent['type'][];
const names = samplesOf(TYPES);
const readNames = samplesOf(['HistoryRead']);
const removalNames = samplesOf(['ReadsRemoved']);
const USAGE_TYPES = Object.keys(COMPLETE_USAGE) as UsageEvent['type'][];
const usageNames = samplesOf(USAGE_TYPES);
const originNames = samplesOf(['OriginOpened']);

function samplesOf(types: (keyof typeof SCHEMA_VERSIONS)[]): string[] {
  return types.flatMap((type) => Array.from({ length: SCHEMA_VERSIONS[type] }, (_, index) => `${type}.${index + 1}.json`));
}

/** The paths of all values, with their kinds. Elements of a list share one path. */
function shapeOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((element) => shapeOf(element, `${path}[]`)))];
  if (typeof value !== 'object' || value === null) return [`${path}: ${typeof value}`];
  return Object.entries(value).flatMap(([key, inner]) => shapeOf(inner, `${path}.${key}`));
}

function stored(event: Parameters<typeof encode>[0]): NewEvent {
  return JSON.parse(JSON.stringify(encode(event, 'a request', '6a1f6c0e-54c5-4d7e-8d55-8f5f4c2f0b01')));
}

function newestSample(type: KeyEvent['type']): NewEvent {
  return sample(`${type}.${SCHEMA_VERSIONS[type]}.json`);
}

describe('golden samples', () => {
  it('exist for every type and schema version, and for nothing else', () => {
    expect(Object.keys(SCHEMA_VERSIONS).sort()).toEqual(
      [...TYPES, 'HistoryRead', 'ReadsRemoved', ...USAGE_TYPES, 'OriginOpened'].sort(),
    );
    expect(readdirSync(SAMPLES).sort()).toEqual(
      [...names, ...readNames, ...removalNames, ...usageNames, ...originNames].sort(),
    );
  });

  it.each(names)('%s decodes, and says what it said', (name) => {
    const { type, data, metadata } = sample(name);
    expect(decode(sample(name))).toEqual({ type, data, version: 4, at: metadata.at, actor: metadata.actor });
  });

  it.each(TYPES)('%s is written with all its fields as its newest sample shows it', (type) => {
    const event = { type, data: COMPLETE[type], version: 1, at: '2026-01-01T00:00:00.000Z', actor: 'tester' } as PastKeyEvent;
    const { position: _, stream: __, version: ___, ...golden } = sample(`${type}.${SCHEMA_VERSIONS[type]}.json`);
    expect(shapeOf(stored(event)).sort()).toEqual(shapeOf(golden).sort());
  });

  it.each(Object.entries({ ...COMPLETE, ...COMPLETE_USAGE, HistoryRead: COMPLETE_READ, OriginOpened: COMPLETE_ORIGIN }))(
    '%s is stored as canonical JSON, from which its leaf is made without sorting',
    (type, data) => {
      const event = { type, data, version: 1, at: '2026-01-01T00:00:00.000Z', actor: 'tester' } as PastKeyEvent;
      const { metadata, ...written } = encode(event, 'a request');
      expect(JSON.stringify(written.data)).toBe(canonicalJson(data));
      expect(JSON.stringify(metadata)).toBe(canonicalJson(metadata));
    },
  );

  it.each<[what: string, data: Omit<KeyDeleted['data'], 'keyId'>, schemaVersion: number]>([
    ["at an owner's request", { reason: 'REQUESTED' }, 1],
    ['by a rotation', { reason: 'ROTATED', replacedBy: 'key_1aB2cD3eF4gH5iJ6kL7mN8' }, 1],
    ['that is known to have no note', { reason: 'LEAKED', note: undefined }, 1],
    ['with a note', { reason: 'LEAKED', note: 'why' }, 2],
    ['by an operator', { reason: 'REVOKED' }, 2],
  ])('a deletion %s is written at the first schema version that can say it', (_what, data, schemaVersion) => {
    const event = { type: 'KeyDeleted' as const, data: { keyId: 'key_3yZe7mBqRkT0aVxWcD9uFp', ...data } };
    expect(stored({ ...event, version: 1, at: '2026-01-01T00:00:00.000Z', actor: 'tester' })).toMatchObject({ schemaVersion });
  });

  it.each(readNames)('%s decodes as a read, and is no event of keys', (name) => {
    const { type, data, metadata } = sample(name);
    for (const read of [decodeRead, decodeReadOrRemoval])
      expect(read(sample(name))).toEqual({ type, data, at: metadata.at, actor: metadata.actor });
    expect(() => decode(sample(name))).toThrow(UnreadableEvent);
    expect(() => decodeRead(sample('KeyDeleted.1.json'))).toThrow(UnreadableEvent);
  });

  it('HistoryRead is written with all its fields as its newest sample shows it', () => {
    const read = { type: 'HistoryRead' as const, data: COMPLETE_READ, at: '2026-01-01T00:00:00.000Z', actor: 'tester' };
    const { position: _, stream: __, version: ___, ...golden } = sample(`HistoryRead.${SCHEMA_VERSIONS.HistoryRead}.json`);
    expect(shapeOf(stored(read)).sort()).toEqual(shapeOf(golden).sort());
  });

  it.each(removalNames)('%s decodes as a removal, and is no read', (name) => {
    const { type, data, metadata } = sample(name);
    expect(decodeReadOrRemoval(sample(name))).toEqual({ type, data, at: metadata.at, actor: metadata.actor });
    for (const other of [decode, decodeRead, decodeUsage]) expect(() => other(sample(name))).toThrow(UnreadableEvent);
    expect(() => decodeReadOrRemoval(sample('KeyDeleted.1.json'))).toThrow(UnreadableEvent);
  });

  it('ReadsRemoved is written with all its fields as its newest sample shows it', () => {
    const removed = { type: 'ReadsRemoved' as const, data: COMPLETE_REMOVAL, at: '2026-01-01T00:00:00.000Z', actor: 'tester' };
    const { position: _, stream: __, version: ___, ...golden } = sample(`ReadsRemoved.${SCHEMA_VERSIONS.ReadsRemoved}.json`);
    expect(shapeOf(stored(removed)).sort()).toEqual(shapeOf(golden).sort());
  });

  it.each(usageNames)('%s decodes as usage, and is no event of keys and no read', (name) => {
    const { type, data, metadata } = sample(name);
    expect(decodeUsage(sample(name))).toEqual({ type, data, at: metadata.at, actor: metadata.actor });
    for (const other of [decode, decodeRead]) expect(() => other(sample(name))).toThrow(UnreadableEvent);
    expect(() => decodeUsage(sample('KeyDeleted.1.json'))).toThrow(UnreadableEvent);
  });

  it.each(USAGE_TYPES)('%s is written with all its fields as its newest sample shows it', (type) => {
    const usage = { type, data: COMPLETE_USAGE[type], at: '2026-01-01T00:00:00.000Z', actor: 'tester' } as PastUsage;
    const { position: _, stream: __, version: ___, ...golden } = sample(`${type}.${SCHEMA_VERSIONS[type]}.json`);
    expect(shapeOf(stored(usage)).sort()).toEqual(shapeOf(golden).sort());
  });

  it.each(originNames)('%s decodes as what became of the log, and is no event of keys', (name) => {
    const { id, type, data, metadata } = sample(name);
    expect(decodeOrigin(sample(name))).toEqual({ id, type, data, at: metadata.at, actor: metadata.actor });
    expect(() => decode(sample(name))).toThrow(UnreadableEvent);
    expect(() => decodeOrigin(sample('KeyDeleted.1.json'))).toThrow(UnreadableEvent);
  });

  it('OriginOpened is written with all its fields as its newest sample shows it', () => {
    const opened = { type: 'OriginOpened' as const, data: COMPLETE_ORIGIN, at: '2026-01-01T00:00:00.000Z', actor: 'tester' };
    const { position: _, stream: __, version: ___, ...golden } = sample(`OriginOpened.${SCHEMA_VERSIONS.OriginOpened}.json`);
    expect(shapeOf(stored(opened)).sort()).toEqual(shapeOf(golden).sort());
  });

  it('know every field that a command writes', () => {
    const now = Date.parse('2026-01-01T00:00:00.000Z');
    const [a, b, c] = [newKeyMaterial(), newKeyMaterial(), newKeyMaterial()].map(({ secret: _, ...key }) => key);
    if (!a || !b || !c) throw new Error('No keys.');
    const commands: KeyCommand[] = [
      { type: 'CreateKey', key: a, name: 'a', scopes: ['x'], expiresAt: '2026-02-01T00:00:00.000Z', idempotencyKey: 'r1' },
      { type: 'RotateKey', key: b, keyId: a.keyId, overlap: 0, idempotencyKey: 'r2' },
      { type: 'RotateKey', key: c, keyId: b.keyId, overlap: 60, idempotencyKey: 'r3' },
      { type: 'RenameKey', keyId: c.keyId, name: 'c', idempotencyKey: 'r4' },
      { type: 'DisableKey', keyId: c.keyId, idempotencyKey: 'r5' },
      { type: 'EnableKey', keyId: c.keyId, idempotencyKey: 'r6' },
      { type: 'FreezeAccount', note: 'why' },
      { type: 'ThawAccount', note: 'why' },
      { type: 'DeleteKey', keyId: c.keyId, reason: 'REQUESTED' },
      { type: 'RevokeKeys', note: 'why' },
    ];
    const seen = new Set<string>();
    let state = NO_KEYS;
    for (const command of commands) {
      for (const event of decide(state, command, now)) {
        const past = { ...event, version: state.version + 1, at: new Date(now).toISOString(), actor: 'tester' };
        expect(shapeOf(newestSample(event.type))).toEqual(expect.arrayContaining(shapeOf(stored(past))));
        seen.add(event.type);
        state = evolve(state, past);
      }
    }
    expect([...seen].sort()).toEqual(TYPES.sort());
  });

  it.each([...TYPES, 'HistoryRead', 'ReadsRemoved', ...USAGE_TYPES, 'OriginOpened'])(
    '%s comes back from both stores as it was written',
    (type) => {
      const event = sample(`${type}.1.json`);
      const { id, data, metadata, stream, version, position } = event;
      const written = toEventStoreDb(event);
      const read = { ...written, streamId: stream, revision: BigInt(version - 1), position: { commit: BigInt(position) } };
      expect(fromEventStoreDb(read)).toEqual(event);
      expect(fromText({ ...event, id, data: JSON.stringify(data), metadata: JSON.stringify(metadata) })).toEqual(event);
    },
  );
});
