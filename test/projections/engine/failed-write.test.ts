import { Pseudonyms } from '../../../src/domain/analytics/pseudonyms.js';
import { activityProjections, auditProjections, keysProjections } from '../../../src/projections/all-projections.js';
import { digestOf } from '../../../src/projections/engine/digest.js';
import { PositionTable } from '../../../src/projections/engine/position.js';
import type { Projection } from '../../../src/projections/engine/projection.js';
import { ProjectionRunner } from '../../../src/projections/engine/runner.js';
import Database from '../../../src/shared/sqlite.js';
import type { Category, FollowedPage } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { collect } from '../../support/events.js';
import { StoreDouble } from '../../support/store-doubles.js';
import { strike } from '../../support/struck-writes.js';
import { recordTouchingHistory } from '../../support/touching-history.js';

const silent = { info() {}, warn() {}, error() {} };

/** How many events share a transaction. */
const PAGE = 3;

/** How many runs share a round. */
const AT_ONCE = 25;

/** A store that yields a few events at a time, so that a history takes several transactions. */
class SmallPages extends StoreDouble {
  override async *follow(category: Category, after: number, signal: AbortSignal): AsyncGenerator<FollowedPage> {
    const events = await collect(this.store.readAll(category, after));
    for (let start = 0; start < events.length; start += PAGE) {
      yield { events: events.slice(start, start + PAGE), provenAt: performance.now() };
    }
    while (!signal.aborted) {
      yield { events: [], provenAt: performance.now() };
      await new Promise(setImmediate);
    }
  }
}

type Projections = (database: Database.Database) => Record<string, Projection>;

const files: Projections[] = [
  keysProjections,
  auditProjections,
  (database) => activityProjections(database, new Pseudonyms(Buffer.alloc(32))),
];

/** Every projection, each alone. */
const projections = files.flatMap((all) =>
  Object.keys(all(new Database(':memory:'))).map((name) => ({
    name,
    make: (database: Database.Database) => all(database)[name] as Projection,
  })),
);

describe.each(projections)('$name', ({ make }) => {
  const store = new SmallPages(new SqliteEventStore(':memory:'));
  beforeAll(() => recordTouchingHistory(store));
  afterAll(() => store.close());

  /** Projects the history and makes that write fail, counted from 1; 0 for none. */
  async function run(failing: number) {
    const database = new Database(':memory:');
    const projection = make(database);
    new PositionTable(database);
    const count = strike(database, failing);
    const runner = new ProjectionRunner({ database, store, projection, log: silent });
    const events = await collect(store.readAll(projection.category));
    runner.start();
    while (runner.status().position !== events.at(-1)?.position) await new Promise(setImmediate);
    await runner.stop();
    return { digest: digestOf(database, projection.name), hasFailed: failing > 0 && count.written >= failing };
  }

  it('holds what the log makes, whichever write failed once', async () => {
    const database = new Database(':memory:');
    const fold = make(database);
    fold.apply(await collect(store.readAll(fold.category)));
    const expected = digestOf(database, fold.name);
    const untouched = await run(0);
    expect(untouched).toEqual({ digest: expected, hasFailed: false });
    // How many writes there are depends on how fast the machine is: a turn ends when its time is over.
    let [failed, isAnyLeft] = [0, true];
    while (isAnyLeft) {
      const writes = Array.from({ length: AT_ONCE }, (_, index) => failed + index + 1);
      const runs = await Promise.all(writes.map(run));
      expect(writes.filter((_, index) => runs[index]?.digest !== expected)).toEqual([]);
      failed += runs.filter(({ hasFailed }) => hasFailed).length;
      isAnyLeft = runs.every(({ hasFailed }) => hasFailed);
    }
    expect(failed).toBeGreaterThan(2 * PAGE);
  });
});
