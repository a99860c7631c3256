import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import { UsageLog } from '../../src/commands/usage-log.js';
import { ProjectionRunner } from '../../src/projections/runner.js';
import { UsageProjection } from '../../src/projections/usage.js';
import Database from '../../src/shared/sqlite.js';
import { encode, streamOf } from '../../src/store/codec.js';
import type { EventStore, RecordedEvent } from '../../src/store/event-store.js';
import { EventStoreDbEventStore } from '../../src/store/eventstoredb.js';
import { SqliteEventStore } from '../../src/store/sqlite.js';
import { describeOwnEsdb, ownServer } from '../support/eventstoredb.js';
import { at, DAY, id, START } from '../support/specification.js';
import { cleanUpLater, temporaryDirectory } from '../support/world.js';

const [A, B] = [id('a'), id('b')];

/** What was flushed, in this order: of each flush the key, how often it was used, and when last, after the start. */
function filled(...flushes: [keyId: string, count: number, elapsed: number][]): UsageProjection {
  const projection = new UsageProjection(new Database(':memory:'));
  projection.apply(
    flushes.map(([keyId, count, elapsed], index) => recorded(index, { keyId, count, lastUsedAt: at(START + elapsed) })),
  );
  return projection;
}

function recorded(index: number, use: { keyId: string; count: number; lastUsedAt: string }): RecordedEvent {
  const event = encode(
    { type: 'KeysUsed', data: { uses: [use] }, at: at(START), actor: 'system:usage' },
    'none',
    `id-${index}`,
  );
  return { ...event, stream: streamOf('apiKeyUsage', use.lastUsedAt.slice(0, 10)), version: 7, position: index + 1 };
}

it('adds up what was flushed, by key and day', () => {
  const usage = filled([A, 3, 0], [B, 5, 0], [A, 4, DAY - 1], [A, 1, DAY], [A, 2, 3 * DAY]);
  expect(usage.daily(A, '2026-01-01', '2026-01-03')).toEqual([
    { day: '2026-01-01', count: 7 },
    { day: '2026-01-02', count: 1 },
  ]);
  expect(usage.daily(A, '2026-01-02', '2026-12-31')).toEqual([
    { day: '2026-01-02', count: 1 },
    { day: '2026-01-04', count: 2 },
  ]);
  expect(usage.daily(B, '2026-01-01', '2026-12-31')).toEqual([{ day: '2026-01-01', count: 5 }]);
});

it('knows when a key was last used, also where an older flush comes later', () => {
  const usage = filled([A, 1, 10], [A, 1, 30], [A, 1, 20], [B, 1, 5]);
  expect(usage.lastUsedAt(A)).toBe(START + 30);
  expect(usage.lastUsedAt(B)).toBe(START + 5);
  expect(usage.lastUsedAt(id('c'))).toBeUndefined();
});

it.each([
  { keyId: A, count: 0, lastUsedAt: at(START) },
  { keyId: 'kls_', count: 1, lastUsedAt: at(START) },
  { keyId: A, count: 1, lastUsedAt: 'yesterday' },
])('leaves out what is no use, tells of it, and counts what stands beside it: %j', (use) => {
  const usage = filled();
  const good = { keyId: A, count: 2, lastUsedAt: at(START) };
  expect(usage.apply([recorded(1, good), recorded(2, use), recorded(3, good)])).toEqual([
    { event: expect.objectContaining({ id: 'id-2' }), reason: expect.stringContaining('cannot be read') },
  ]);
  expect(usage.daily(A, '2026-01-01', '2026-01-01')).toEqual([{ day: '2026-01-01', count: 4 }]);
});

/** A runner over that store, once it has caught up, and all that it warned of. */
async function run(store: EventStore, file: string) {
  const database = new Database(file);
  const usage = new UsageProjection(database);
  const lines: string[] = [];
  const write = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const log = { info() {}, warn: write, error: write } as never;
  const runner = new ProjectionRunner({ database, store, projection: usage, log });
  cleanUpLater(() => runner.stop());
  runner.start();
  await runner.caughtUp;
  return { usage, lines, runner };
}

async function use(store: EventStore, keyId: string, instant: number): Promise<void> {
  const log = { warn() {}, error() {} } as never;
  const uses = new UsageLog({ store, clock: () => instant, log });
  uses.note({ keyId, at: instant });
  await uses.stop();
}

/** Uses A on two days, has the first of them dropped, and expects the projection to go on, after a restart too. */
async function expectToOutlive(store: EventStore, drop: (stream: string) => Promise<unknown>): Promise<void> {
  const file = join(temporaryDirectory(), 'projections.db');
  for (const instant of [START, START + 1, START + DAY]) await use(store, A, instant);
  const first = await run(store, file);
  await drop(streamOf('apiKeyUsage', '2026-01-01'));
  await use(store, A, START + DAY + 1);
  while (first.usage.lastUsedAt(A) !== START + DAY + 1) await delay(5);
  await first.runner.stop();
  const second = await run(store, file);
  await use(store, A, START + 2 * DAY);
  while (second.usage.lastUsedAt(A) !== START + 2 * DAY) await delay(5);
  expect(second.usage.daily(A, '2026-01-01', '2026-01-31').map(({ count }) => count)).toEqual([2, 2, 1]);
  expect([...first.lines, ...second.lines]).toEqual([]);
  await second.runner.stop();

  const anew = await run(store, ':memory:');
  expect(anew.usage.daily(A, '2026-01-02', '2026-01-31').map(({ count }) => count)).toEqual([2, 1]);
  await anew.runner.stop();
}

describe('goes on, keeps what it counted, and is not rebuilt when an operator drops the stream of an old day', () => {
  it('on SQLite', async () => {
    const file = join(temporaryDirectory(), 'events.db');
    const store = new SqliteEventStore(file);
    const operator = new Database(file);
    await expectToOutlive(store, async (stream) => operator.prepare('DELETE FROM events WHERE stream = ?').run(stream));
    operator.close();
    await store.close();
  });

  describeOwnEsdb('on EventStoreDB', () => {
    it.each<[how: string, drop: (operator: EventStoreDBClient, stream: string) => Promise<unknown>]>([
      ['by deleting it', (operator, stream) => operator.deleteStream(stream)],
      ['by truncating it', (operator, stream) => operator.setStreamMetadata(stream, { truncateBefore: 1 })],
    ])(
      '%s',
      async (_how, drop) => {
        const server = await ownServer();
        const store = new EventStoreDbEventStore(server.connectionString);
        const operator = EventStoreDBClient.connectionString(server.connectionString);
        await expectToOutlive(store, (stream) => drop(operator, stream));
        await operator.dispose();
        await store.close();
        await server.kill();
      },
      120_000,
    );
  });
});

it('is rebuilt, aloud, where the last that it took in is not there', async () => {
  const file = join(temporaryDirectory(), 'projections.db');
  const [one, other] = [new SqliteEventStore(':memory:'), new SqliteEventStore(':memory:')];
  await use(one, A, START);
  await (await run(one, file)).runner.stop();
  await use(other, B, START);
  const { usage, lines } = await run(other, file);
  expect(lines).toEqual([expect.stringContaining('it is rebuilt')]);
  while (usage.lastUsedAt(B) === undefined) await delay(5);
  expect(usage.lastUsedAt(A)).toBeUndefined();
});
