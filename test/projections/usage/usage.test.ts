import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import { UsageLog } from '../../../src/commands/usage/usage-log.js';
import type { Counted, UsageEvent } from '../../../src/domain/usage/key-usage.js';
import { ProjectionRunner } from '../../../src/projections/engine/runner.js';
import { UsageProjection } from '../../../src/projections/usage/usage.js';
import Database from '../../../src/shared/sqlite.js';
import { encode } from '../../../src/store/codec.js';
import type { EventStore, RecordedEvent } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { countsStreamOf, TOTALS_STREAM } from '../../../src/store/streams.js';
import { cleanUpLater, temporaryDirectory } from '../../support/cleanup.js';
import { collect } from '../../support/events.js';
import { describeOwnEsdb, openEventStoreDb, ownServer } from '../../support/eventstoredb.js';
import { record } from '../../support/histories.js';
import { at, created, DAY, id, START } from '../../support/specification.js';
import { FIRST_DAY, recordUsage, totalled, used } from '../../support/usage-events.js';

const [A, B] = [id('a'), id('b')];

/** A projection of these events. Each has a writer of its own by default. */
function filled(...events: [event: UsageEvent, writer?: string][]): UsageProjection {
  const projection = new UsageProjection(new Database(':memory:'));
  projection.apply(events.map(([event, writer = 'a'], index) => recorded(index, event, writer)));
  return projection;
}

function recorded(index: number, usage: UsageEvent, writer = 'a'): RecordedEvent {
  const event = encode({ ...usage, at: at(START), actor: 'system:usage' }, 'none', `id-${index}`);
  const stream = usage.type === 'UsageTotalled' ? TOTALS_STREAM : countsStreamOf(usage.data.day, writer);
  return { ...event, stream, version: index + 1, position: index + 1 };
}

const SECOND_DAY = '2026-01-02';
const NOW = START + 9 * DAY;

it('counts by key and day what each stream says last, and adds up what several say', () => {
  const usage = filled(
    [
      used([
        [A, 3, 0, 0],
        [B, 5, 0, 0],
      ]),
    ],
    [used([[A, 4, 0, 9]])],
    [used([[A, 4, 0, 9]])],
    [used([[A, 7, 0, 5]]), 'b'],
    [used([[A, 1, 0, 0]], [], SECOND_DAY)],
    [used([[A, 2, 0, 0]], [], '2026-01-04')],
  );
  expect(usage.daily(A, FIRST_DAY, '2026-01-03')).toEqual([
    { day: FIRST_DAY, count: 11 },
    { day: SECOND_DAY, count: 1 },
  ]);
  expect(usage.daily(A, SECOND_DAY, '2026-12-31')).toEqual([
    { day: SECOND_DAY, count: 1 },
    { day: '2026-01-04', count: 2 },
  ]);
  expect(usage.daily(B, FIRST_DAY, '2026-12-31')).toEqual([{ day: FIRST_DAY, count: 5 }]);
});

it('says of no key that it was used in the future, where a clock that was ahead has dated a use', () => {
  const year = '2027-01-01';
  const usage = filled(
    [used([[A, 1, 0, 5]], [], SECOND_DAY)],
    [used([[A, 1, 0, 0]], [], year)],
    [used([[B, 1, 0, 0]], [], year)],
  );
  expect(usage.lastUsedAt(A, NOW)).toBe(Date.parse(SECOND_DAY) + DAY - 1);
  expect(usage.lastUsedAt(A, Date.parse(SECOND_DAY) + 7)).toBe(Date.parse(SECOND_DAY) + 7);
  expect(usage.lastUsedAt(B, NOW)).toBe(NOW);
  expect(usage.lastUsedAt(A, Date.parse(year))).toBe(Date.parse(year));
});

it('counts a total in the place of the streams for which it stands, whether these are there or gone', () => {
  const streams: [UsageEvent, string][] = [
    [
      used([
        [A, 3, 0, 0],
        [B, 5, 0, 0],
      ]),
      'a',
    ],
    [used([[A, 7, 0, 0]]), 'b'],
  ];
  const late: [UsageEvent, string] = [used([[A, 2, 0, 0]]), 'c'];
  const total: [UsageEvent] = [
    totalled(['a', 'b'], {
      uses: [
        [A, 10, 0, 0],
        [B, 5, 0, 0],
      ],
    }),
  ];
  for (const events of [
    [...streams, late, total],
    [late, total],
    [total, late],
    [...streams.slice(1), total, late],
  ]) {
    const usage = filled(...events);
    expect(usage.daily(A, FIRST_DAY, FIRST_DAY)).toEqual([{ day: FIRST_DAY, count: 12 }]);
    expect(usage.daily(B, FIRST_DAY, FIRST_DAY)).toEqual([{ day: FIRST_DAY, count: 5 }]);
  }
});

it('knows when a key was last used, also where an older record or total comes later', () => {
  const usage = filled(
    [used([[A, 1, 10, 30]])],
    [
      used([
        [A, 1, 10, 20],
        [B, 1, 5, 5],
      ]),
      'b',
    ],
    [totalled(['c'], { uses: [[A, 1, 1, 1]] })],
  );
  expect(usage.lastUsedAt(A, NOW)).toBe(START + 30);
  expect(usage.lastUsedAt(B, NOW)).toBe(START + 5);
  expect(usage.lastUsedAt(id('c'), NOW)).toBeUndefined();
});

it.each<[what: string, use: Counted]>([
  ['a count of nothing', [A, 0, 0, 0]],
  ['a key id that is none', ['kls_', 1, 0, 0]],
  ['a time of another day', [A, 1, 0, DAY]],
])('leaves out what is no use, tells of it, and counts what stands beside it: %s', (_what, use) => {
  const usage = filled();
  const [good, bad, better] = [used([[A, 2, 0, 0]]), used([use]), used([[A, 4, 0, 0]])].map((event, index) =>
    recorded(index, event),
  ) as [RecordedEvent, RecordedEvent, RecordedEvent];
  expect(usage.apply([good, bad, better])).toEqual([
    { event: expect.objectContaining({ id: 'id-1' }), reason: expect.stringContaining('cannot be read') },
  ]);
  expect(usage.daily(A, FIRST_DAY, FIRST_DAY)).toEqual([{ day: FIRST_DAY, count: 4 }]);
});

/** A runner over that store that has caught up, and all its warnings. */
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
  uses.record({ keyId, at: instant });
  await uses.flush();
}

/** Uses A on two days, drops the first of them, and expects the projection to continue, also after a restart. */
async function expectToOutlive(store: EventStore, drop: (stream: string) => Promise<unknown>): Promise<void> {
  const file = join(temporaryDirectory(), 'projections.db');
  for (const instant of [START, START + 1, START + DAY]) await use(store, A, instant);
  const first = await run(store, file);
  const [oldest] = await collect(store.readAll('apiKeyUsage'));
  await drop(oldest?.stream ?? '');
  await use(store, A, START + DAY + 1);
  while (first.usage.lastUsedAt(A, NOW) !== START + DAY + 1) await delay(25);
  await first.runner.stop();
  const second = await run(store, file);
  await use(store, A, START + 2 * DAY);
  while (second.usage.lastUsedAt(A, NOW) !== START + 2 * DAY) await delay(25);
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
    ])('%s', async (_how, drop) => {
      const server = await ownServer();
      const store = openEventStoreDb(server.connectionString);
      const operator = EventStoreDBClient.connectionString(server.connectionString);
      await expectToOutlive(store, (stream) => drop(operator, stream));
      await operator.dispose();
      await store.close();
      await server.kill();
    });
  });
});

it('is rebuilt, aloud, over another log', async () => {
  const file = join(temporaryDirectory(), 'projections.db');
  const [one, other] = [new SqliteEventStore(':memory:'), new SqliteEventStore(':memory:')];
  for (const [store, keyId] of [
    [one, A],
    [other, B],
  ] as const) {
    await record(store, 'acme', [created(keyId.slice(-1))]);
    await recordUsage(store, used([[keyId, 1, 0, 0]]));
  }
  await (await run(one, file)).runner.stop();
  const { usage, lines } = await run(other, file);
  expect(lines).toEqual([expect.stringContaining('they are rebuilt')]);
  while (usage.lastUsedAt(B, NOW) === undefined) await delay(25);
  expect(usage.lastUsedAt(A, NOW)).toBeUndefined();
});
