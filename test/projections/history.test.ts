import Database from 'better-sqlite3';
import fc from 'fast-check';
import { type HistoryFilter, HistoryProjection } from '../../src/projections/history.js';
import type { RecordedEvent } from '../../src/store/event-store.js';
import { at, created, deleted, id, START } from '../support/specification.js';

interface Entry {
  account: string;
  letter: string;
  deletion: boolean;
  actor: string;
  /** Milliseconds since the entry before; negative where another machine's clock is behind. */
  elapsed: number;
}

const entry: fc.Arbitrary<Entry> = fc.record({
  account: fc.constantFrom('one', 'two'),
  letter: fc.constantFrom('a', 'b', 'c'),
  deletion: fc.boolean(),
  actor: fc.constantFrom('alice', 'bob'),
  elapsed: fc.integer({ min: -5, max: 20 }),
});

/** A log as a store gives it: positions with gaps, versions that count for each stream. */
function logOf(entries: Entry[]): RecordedEvent[] {
  const versions = new Map<string, number>();
  let time = START;
  return entries.map(({ account, letter, deletion, actor, elapsed }, index) => {
    time += elapsed;
    const version = (versions.get(account) ?? 0) + 1;
    versions.set(account, version);
    const { type, data } = deletion ? deleted(letter) : created(letter);
    const metadata = { at: at(time), actor, correlationId: 'none' };
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
    from: fc.integer({ min: START - 50, max: START + 300 }),
    to: fc.integer({ min: START - 50, max: START + 300 }),
  },
  { requiredKeys: [] },
);

/** What the filter means, event by event. */
function matching(log: RecordedEvent[], wanted: HistoryFilter): RecordedEvent[] {
  let clock = 0;
  return log.filter(({ stream, type, data, metadata }) => {
    clock = Math.max(clock, Date.parse(metadata.at));
    const keyId = Reflect.get(data, 'keyId');
    const equal =
      (wanted.account ?? stream.slice(8)) === stream.slice(8) &&
      (wanted.keyId ?? keyId) === keyId &&
      (wanted.type ?? type) === type &&
      (wanted.actor ?? metadata.actor) === metadata.actor;
    return equal && clock >= (wanted.from ?? 0) && clock < (wanted.to ?? Number.POSITIVE_INFINITY);
  });
}

it('finds exactly the events that match, in commit order, whatever the filter', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 40 }), filter, (entries, wanted) => {
      const log = logOf(entries);
      expect(filled(log).page(wanted, { limit: 100 })).toMatchObject(matching(log, wanted));
    }),
    { numRuns: 500 },
  );
});

it('gives the same events page by page, forward and backward', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 40 }), filter, fc.integer({ min: 1, max: 7 }), (entries, wanted, limit) => {
      const history = filled(logOf(entries));
      const forward: RecordedEvent[] = [];
      for (
        let page = history.page(wanted, { limit });
        page.length > 0;
        page = history.page(wanted, { limit, after: forward.at(-1)?.position })
      ) {
        forward.push(...page);
      }
      const backward: RecordedEvent[] = [];
      for (
        let page = history.page(wanted, { limit, backward: true });
        page.length > 0;
        page = history.page(wanted, { limit, backward: true, before: backward.at(-1)?.position })
      ) {
        backward.push(...page);
      }
      expect(forward).toEqual(history.page(wanted, { limit: 100 }));
      expect(backward.reverse()).toEqual(forward);
    }),
    { numRuns: 200 },
  );
});

it('reads no more rows for a page at the end than for one at the start', () => {
  const database = new Database(':memory:');
  new HistoryProjection(database);
  const plan = (sql: string) => JSON.stringify(database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all());
  const page = (where: string) =>
    plan(`SELECT data FROM history_2 WHERE ${where} position > 5 AND position < 9 ORDER BY position LIMIT 10`);
  expect(page('')).toMatch(/SEARCH history_2 USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/);
  for (const [column, index] of Object.entries({ account: 'account', keyId: 'key', type: 'type', actor: 'actor' })) {
    const found = page(`${column} = 'x' AND`);
    expect(found).toContain(`history_2_${index} (${column}=? AND position>? AND position<?)`);
    expect(found).not.toMatch(/TEMP B-TREE/);
  }
});

it.each<[HistoryFilter, string]>([
  [{ type: 'KeyDeleted', account: 'one' }, 'history_2_account'],
  [{ type: 'KeyDeleted', actor: 'alice', account: 'one', keyId: id('a') }, 'history_2_key'],
  [{ type: 'KeyDeleted', actor: 'alice' }, 'history_2_actor'],
])('looks for %j where there are the fewest events to look through', (wanted, index) => {
  const statements: string[] = [];
  const database = new Database(':memory:', { verbose: (sql) => statements.push(String(sql)) });
  new HistoryProjection(database).page(wanted, { limit: 10 });
  const plan = JSON.stringify(database.prepare(`EXPLAIN QUERY PLAN ${statements.at(-1)}`).all());
  expect(plan).toContain(`${index} (`);
  expect(plan).not.toMatch(/SCAN|TEMP B-TREE/);
});
