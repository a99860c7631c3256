import { join } from 'node:path';
import fc from 'fast-check';
import { type HistoryFilter, HistoryProjection } from '../../../src/projections/audit/history.js';
import type { HistoryEvent } from '../../../src/projections/audit/history-event.js';
import type { Page, PlaceInTime, TimeRange } from '../../../src/projections/engine/page.js';
import Database from '../../../src/shared/sqlite.js';
import { type RecordedEvent, timeOf } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { collect, newEvents } from '../../support/events.js';
import { rounds } from '../../support/long.js';
import { at, created, deleted, id, START } from '../../support/specification.js';

interface Entry {
  account: string;
  letter: string;
  deletion: boolean;
  actor: string;
  /** Milliseconds from the start. Machines' clocks differ by up to a year. */
  time: number;
}

const YEAR = 365 * 86_400_000;
const time = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(-YEAR, YEAR, YEAR + 1));

const entry: fc.Arbitrary<Entry> = fc.record({
  account: fc.constantFrom('one', 'two'),
  letter: fc.constantFrom('a', 'b', 'c'),
  deletion: fc.boolean(),
  actor: fc.constantFrom('alice', 'bob'),
  time,
});

/** A log as a store returns it: positions with gaps, and versions that count within each stream. */
function logOf(entries: Entry[]): RecordedEvent[] {
  const versions = new Map<string, number>();
  return entries.map(({ account, letter, deletion, actor, time }, index) => {
    const version = (versions.get(account) ?? 0) + 1;
    versions.set(account, version);
    const { type, data } = deletion ? deleted(letter) : created(letter);
    const metadata = { at: at(START + time), actor, correlationId: 'none' };
    return {
      stream: `apiKeys-${account}`,
      version,
      position: 7 * (index + 1),
      id: `id-${index}`,
      type,
      schemaVersion: 1,
      data,
      metadata,
    };
  });
}

function filled(log: RecordedEvent[]): HistoryProjection {
  const history = new HistoryProjection(new Database(':memory:'));
  history.apply(log.slice(0, 3));
  history.apply(log.slice(3));
  return history;
}

const filter: fc.Arbitrary<HistoryFilter> = fc.record(
  {
    account: fc.constantFrom('one', 'two', 'nobody'),
    keyId: fc.constantFrom(id('a'), id('b')),
    type: fc.constantFrom('KeyCreated', 'KeyDeleted'),
    actor: fc.constantFrom('alice', 'bob'),
  },
  { requiredKeys: [] },
);

const instant = time.map((time) => START + time);
const range: fc.Arbitrary<TimeRange> = fc.record({ from: instant, to: instant }, { requiredKeys: [] });

/** The filter's meaning, event by event. */
function matching(log: RecordedEvent[], wanted: HistoryFilter, { from, to }: TimeRange = {}): RecordedEvent[] {
  return log.filter((event) => {
    const { stream, type, data, metadata } = event;
    const keyId = Reflect.get(data, 'keyId');
    return (
      (wanted.account ?? stream.slice(8)) === stream.slice(8) &&
      (wanted.keyId ?? keyId) === keyId &&
      (wanted.type ?? type) === type &&
      (wanted.actor ?? metadata.actor) === metadata.actor &&
      timeOf(event) >= (from ?? Number.NEGATIVE_INFINITY) &&
      timeOf(event) < (to ?? Number.POSITIVE_INFINITY)
    );
  });
}

/** Everything, page by page, in the order of the pages. */
function allPages<Place>(read: (page: Page<Place>) => HistoryEvent[], placeOf: (event: HistoryEvent) => Place, limit: number) {
  const [forward, backward]: [HistoryEvent[], HistoryEvent[]] = [[], []];
  const next = (seen: HistoryEvent[]) => {
    const last = seen.at(-1);
    return last && placeOf(last);
  };
  for (let page = read({ limit }); page.length > 0; page = read({ limit, after: next(forward) })) forward.push(...page);
  for (
    let page = read({ limit, backward: true });
    page.length > 0;
    page = read({ limit, backward: true, before: next(backward) })
  ) {
    backward.push(...page);
  }
  return { forward, backward };
}

const log = fc.array(entry, { maxLength: 40, size: 'max' }).map(logOf);
const limit = fc.integer({ min: 1, max: 7 });

it('finds exactly the events that match, in commit order, page by page, both ways', () => {
  fc.assert(
    fc.property(log, filter, limit, (log, wanted, limit) => {
      const history = filled(log);
      const { forward, backward } = allPages<number>(
        (page) => history.page(wanted, page),
        ({ position }) => position,
        limit,
      );
      expect(forward).toMatchObject(matching(log, wanted));
      expect(backward.reverse()).toEqual(forward);
    }),
    { numRuns: rounds(60, 300) },
  );
});

it('finds exactly the events of a time, each by its own, in the order of times and then of commits, both ways', () => {
  fc.assert(
    fc.property(log, filter, range, limit, (log, wanted, range, limit) => {
      const history = filled(log);
      const { forward, backward } = allPages<PlaceInTime>(
        (page) => history.pageOfTime(wanted, range, page),
        ({ at, position }) => ({ at, position }),
        limit,
      );
      const expected = matching(log, wanted, range).sort((a, b) => timeOf(a) - timeOf(b) || a.position - b.position);
      expect(forward).toMatchObject(expected);
      expect(backward.reverse()).toEqual(forward);
    }),
    { numRuns: rounds(100, 500) },
  );
});

it('gives what lies between two places in time, whatever range they are of', () => {
  fc.assert(
    fc.property(log, range, instant, instant, fc.nat(300), fc.nat(300), (log, range, after, before, low, high) => {
      const places = { after: { at: after, position: low }, before: { at: before, position: high } };
      const compare = (event: RecordedEvent, at: number, position: number) => timeOf(event) - at || event.position - position;
      const expected = matching(log, {}, range)
        .filter((event) => compare(event, after, low) > 0 && compare(event, before, high) < 0)
        .sort((a, b) => timeOf(a) - timeOf(b) || a.position - b.position);
      expect(filled(log).pageOfTime({}, range, { ...places, limit: 100 })).toMatchObject(expected);
    }),
    { numRuns: rounds(60, 300) },
  );
});

it('knows between which positions the events of a time stand, and leaves none out', async () => {
  await fc.assert(
    fc.asyncProperty(log, filter, range, async (log, wanted, range) => {
      const span = await filled(log).positionRange(wanted, range);
      for (const { position } of matching(log, wanted, range)) {
        expect(position).toBeGreaterThanOrEqual(span?.first ?? Number.POSITIVE_INFINITY);
        expect(position).toBeLessThanOrEqual(span?.last ?? 0);
      }
      if (span) expect(log.map(({ position }) => position)).toEqual(expect.arrayContaining([span.first, span.last]));
    }),
  );
});

/** A history that records its statements and their query plans. */
function planned() {
  const statements: string[] = [];
  const database = new Database(':memory:', { verbose: (sql) => statements.push(String(sql)) });
  const history = new HistoryProjection(database);
  return {
    history,
    /** The query plans of these queries. */
    plans(ask: () => unknown): string[] {
      const before = statements.length;
      ask();
      return statements.slice(before).map((sql) => JSON.stringify(database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all()));
    },
  };
}

const WANTED: [HistoryFilter, column: string][] = [
  [{ account: 'one' }, 'account'],
  [{ keyId: id('a') }, 'keyId'],
  [{ type: 'KeyDeleted' }, 'type'],
  [{ actor: 'alice' }, 'actor'],
  [{ type: 'KeyDeleted', account: 'one' }, 'account'],
  [{ type: 'KeyDeleted', actor: 'alice', account: 'one', keyId: id('a') }, 'keyId'],
  [{ type: 'KeyDeleted', actor: 'alice' }, 'actor'],
];

describe.each([{ backward: false }, { backward: true }])('reads no more rows than it gives, %j:', (direction) => {
  const { history, plans } = planned();

  it('a page of everything', () => {
    const [plan] = plans(() => history.page({}, { limit: 10, ...direction }));
    expect(plan).toContain('SEARCH history_5 USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)');
  });

  it.each(WANTED)('a page by %j, where the fewest events are to be looked through', (wanted, column) => {
    const [plan] = plans(() => history.page(wanted, { limit: 10, ...direction }));
    expect(plan).toContain(`history_5_${column} (${column}=? AND rowid>? AND rowid<?)`);
    expect(plan).not.toMatch(/SCAN|TEMP B-TREE/);
  });

  const place = { at: START, position: 7 };
  it.each<[HistoryFilter, string]>([[{}, ''], ...WANTED])('a page of a time by %j', (wanted, column) => {
    const range = { from: START - 1, to: START + 1 };
    const read = plans(() => history.pageOfTime(wanted, range, { after: place, limit: 10, ...direction }));
    const prefix = column === '' ? ['at', ''] : [`${column}_at`, `${column}=? AND `];
    const ways = ['at=? AND rowid>? AND rowid<?', 'at>? AND at<?'].map((way) => `history_5_${prefix[0]} (${prefix[1]}${way})`);
    expect(read).toHaveLength(3);
    for (const plan of read) expect(ways.some((way) => plan.includes(way))).toBe(true);
    expect(read.join()).not.toMatch(/SCAN|TEMP B-TREE/);
  });

  it.each<[HistoryFilter, string]>([[{}, ''], ...WANTED])('where the events of a time stand, by %j', (wanted, column) => {
    const [plan] = plans(() => history.positionRange(wanted, { from: START, to: START + 1 }));
    expect(plan).toContain(`USING COVERING INDEX history_5_${column === '' ? 'at' : `${column}_at`} (`);
  });
});

it('keeps the text of an event as it is stored, and never gives it to a copy with other content', async () => {
  const file = join(temporaryDirectory(), 'events.db');
  const store = new SqliteEventStore(file);
  await store.append('apiKeys-one', 0, newEvents(2));
  const operator = new Database(file);
  operator.exec(`UPDATE events SET data = replace(data, ':', ' : '), metadata = replace(metadata, ',', ', ')`);
  const stored = operator.prepare('SELECT data, metadata FROM events ORDER BY position').all();
  operator.close();
  const database = new Database(':memory:');
  const history = new HistoryProjection(database);
  const [first, second] = await collect(store.readAll('apiKeys'));
  if (!first || !second) throw new Error('There are two.');
  history.apply([first, { ...second, data: { changed: true } }]);
  const kept = database.prepare(`SELECT data, metadata FROM ${history.name} ORDER BY position`).all();
  expect(kept).toEqual([stored[0], { data: '{"changed":true}', metadata: JSON.stringify(second.metadata) }]);
  await store.close();
});
