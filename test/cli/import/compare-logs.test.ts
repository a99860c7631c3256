import { randomUUID } from 'node:crypto';
import { compareLogs, findHeld, LogsDiffer, rootAt } from '../../../src/cli/import/compare-logs.js';
import { EMPTY_ROOT } from '../../../src/domain/transparency/merkle-tree.js';
import { leafTextOf } from '../../../src/store/codec.js';
import type { EventStore, NewEvent } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { cleanUpLater } from '../../support/cleanup.js';
import { collect, newEvents } from '../../support/events.js';
import { definition } from '../../support/rfc6962.js';

type Entry = [account: string, version: number, event: NewEvent];

/** A log with these events, each at its version. */
async function logOf(entries: Entry[]): Promise<SqliteEventStore> {
  const store = new SqliteEventStore(':memory:');
  cleanUpLater(() => store.close());
  for (const [account, version, event] of entries) await store.append(`apiKeys-${account}`, version - 1, [event]);
  return store;
}

const events = newEvents(2500);
const entries = events.map((event, place): Entry => [place % 2 === 0 ? 'a' : 'b', (place >> 1) + 1, event]);
let source: SqliteEventStore;
beforeAll(async () => {
  source = await logOf(entries);
});

const both = [
  (source: EventStore, target: EventStore): Promise<unknown> => compareLogs('apiKeys', source, target.readAll('apiKeys')),
  (source: EventStore, target: EventStore): Promise<unknown> => findHeld('apiKeys', source, target),
];

/** The root by the definition in RFC 6962. */
async function rootOf(size: number): Promise<Buffer> {
  const leaves = (await collect(source.readAll('apiKeys'))).slice(0, size);
  return Buffer.from(definition(leaves.map((leaf) => Buffer.from(leafTextOf(leaf)))).root(size));
}

it.each([0, 1, 999, 1000, 1001, 2500])('takes a target with the first %i events for a beginning', async (size) => {
  const log = await logOf(entries.slice(0, size));
  const { source: whole, target } = await compareLogs('apiKeys', source, log.readAll('apiKeys'));
  expect([whole.size, target.size]).toEqual([2500, size]);
  expect(target.root()).toEqual(await rootOf(size));
  expect(whole.root()).toEqual(await rootOf(2500));
  const position = (await collect(source.readAll('apiKeys')))[size - 1]?.position ?? 0;
  expect(await findHeld('apiKeys', source, log)).toEqual({ size, position });
});

it.each<[what: string, change: (entry: Entry) => Entry, reason: RegExp]>([
  [
    'id',
    ([account, version, event]) => [account, version, { ...event, id: randomUUID() }],
    /and EventStoreDB version 3 of apiKeys-a/,
  ],
  [
    'type',
    ([account, version, event]) => [account, version, { ...event, type: 'KeyCreated' }],
    /\(KeyCreated, schema version 1/,
  ],
  [
    'schemaVersion',
    ([account, version, event]) => [account, version, { ...event, schemaVersion: 2 }],
    /KeyDeleted, schema version 2/,
  ],
  ['data', ([account, version, event]) => [account, version, { ...event, data: {} }], /other data or metadata/],
  [
    'metadata',
    ([account, version, { metadata, ...event }]) => [account, version, { ...event, metadata: { ...metadata, actor: 'x' } }],
    /other data or metadata/,
  ],
  [
    'stream',
    ([, , event]) => ['c', 1, event],
    /the source holds version 3 of apiKeys-a .*, and EventStoreDB version 1 of apiKeys-c/,
  ],
])('names the first event whose %s differs', async (_what, change, reason) => {
  const others = entries.slice(0, 20).map((entry, place) => (place === 4 ? change(entry) : entry));
  const target = await logOf(others.slice(0, 5));
  for (const compare of both) {
    const comparison = compare(source, target);
    await expect(comparison).rejects.toBeInstanceOf(LogsDiffer);
    await expect(comparison).rejects.toThrow(/^Event 5 of the category apiKeys differs: /);
    await expect(comparison).rejects.toThrow(reason);
  }
});

it('refuses a target that is longer than the source', async () => {
  const [shorter, longer] = [await logOf(entries.slice(0, 7)), await logOf(entries.slice(0, 8))];
  for (const compare of both)
    await expect(compare(shorter, longer)).rejects.toThrow(
      /^Event 8 of .* EventStoreDB holds version 4 of apiKeys-b .*, and the source has no more events/,
    );
});

it('knows the root at every size that the log has had', async () => {
  expect(await rootAt(source, 0)).toEqual(EMPTY_ROOT);
  for (const size of [1, 1000, 1001, 2500]) expect(await rootAt(source, size)).toEqual(await rootOf(size));
  expect(await rootAt(source, 2501)).toBeUndefined();
});
