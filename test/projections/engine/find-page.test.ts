import fc from 'fast-check';
import { type Page, type PlaceInTime, selectPage, selectPageOfTime } from '../../../src/projections/engine/page.js';
import { endOfSearch, findPage, findPageOfTime, positionRange } from '../../../src/projections/engine/search.js';
import Database from '../../../src/shared/sqlite.js';

interface Row {
  position: number;
  at: number;
  color: string;
  size: string;
}

const TABLE = { table: 'things', columns: 'position, at, color, size' };
const rows = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 5 }),
    color: fc.constantFrom('red', 'blue'),
    size: fc.constantFrom('s', 'm', 'l'),
  }),
  { maxLength: 60, size: 'max' },
);
const filter = fc.record(
  { color: fc.constantFrom('red', 'blue', 'none'), size: fc.constantFrom('s', 'm', 'l', 'none') },
  { requiredKeys: [] },
);
const atOnce = fc.integer({ min: 1, max: 7 });
const limit = fc.integer({ min: 1, max: 10 });

function tableOf(things: Omit<Row, 'position'>[]): Database.Database {
  const database = new Database(':memory:');
  database.exec(`
    CREATE TABLE things (position INTEGER PRIMARY KEY, at INTEGER NOT NULL, color TEXT NOT NULL, size TEXT NOT NULL) STRICT;
    CREATE INDEX things_at ON things (at);
    CREATE INDEX things_color ON things (color);
    CREATE INDEX things_color_at ON things (color, at);
    CREATE INDEX things_size ON things (size);
    CREATE INDEX things_size_at ON things (size, at);
  `);
  const insert = database.prepare('INSERT INTO things VALUES (?, ?, ?, ?)');
  for (const [index, { at, color, size }] of things.entries()) insert.run(3 * (index + 1), at, color, size);
  return database;
}

/** The given place, if any, as an option of a page. */
const place = <T>(given: fc.Arbitrary<T>) => fc.option(given, { nil: undefined });
const position = fc.integer({ min: 0, max: 190 });

it('finds, a few rows at a time, what a select finds at once: in the order of positions', async () => {
  const page: fc.Arbitrary<Page> = fc.record({
    after: place(position),
    before: place(position),
    limit,
    backward: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(rows, filter, page, atOnce, async (rows, equal, page, atOnce) => {
      const database = tableOf(rows);
      expect(await findPage<Row>({ database, ...TABLE, equal }, page, atOnce)).toEqual(
        selectPage<Row>({ database, ...TABLE, equal }, page),
      );
      database.close();
    }),
  );
});

it('finds, a few rows at a time, what a select finds at once: in the order of times', async () => {
  const inTime = fc.record({ at: fc.integer({ min: 0, max: 5 }), position });
  const page: fc.Arbitrary<Page<PlaceInTime>> = fc.record({
    after: place(inTime),
    before: place(inTime),
    limit,
    backward: fc.boolean(),
  });
  const range = fc.record({ from: fc.integer({ min: 0, max: 4 }), to: fc.integer({ min: 2, max: 6 }) }, { requiredKeys: [] });
  await fc.assert(
    fc.asyncProperty(rows, filter, range, page, atOnce, async (rows, equal, range, page, atOnce) => {
      const database = tableOf(rows);
      const found = await findPageOfTime<Row>({ database, ...TABLE, equal }, range, page, atOnce);
      expect(found).toEqual(selectPageOfTime<Row>({ database, ...TABLE, equal }, range, page));
      database.close();
    }),
  );
});

it('knows, a few rows at a time, between which positions the rows of a time stand', async () => {
  const range = fc.record({ from: fc.integer({ min: 0, max: 5 }), to: fc.integer({ min: 1, max: 6 }) }, { requiredKeys: [] });
  await fc.assert(
    fc.asyncProperty(rows, filter, range, atOnce, async (rows, { color }, range, atOnce) => {
      const database = tableOf(rows);
      const all = { limit: Number.MAX_SAFE_INTEGER };
      const stand = selectPageOfTime<Row>({ database, ...TABLE, equal: { color } }, range, all).map(({ position }) => position);
      const expected = stand.length === 0 ? undefined : { first: Math.min(...stand), last: Math.max(...stand) };
      expect(await positionRange({ database, ...TABLE, equal: { color } }, range, atOnce)).toEqual(expected);
      database.close();
    }),
  );
});

it('lets other work run while it looks at many rows', async () => {
  const database = tableOf(Array.from({ length: 100 }, () => ({ at: 1, color: 'red', size: 's' })));
  const range = { from: 0, to: 2 };
  for (const find of [
    () => findPage({ database, ...TABLE, equal: { color: 'red', size: 'l' } }, { limit: 1 }, 10),
    () => findPageOfTime({ database, ...TABLE, equal: { color: 'red', size: 'l' } }, range, { limit: 1 }, 10),
    () => positionRange({ database, ...TABLE, equal: { color: 'red' } }, range, 10),
  ]) {
    let turns = 0;
    let isFound = false;
    const found = find().then(() => {
      isFound = true;
    });
    while (!isFound) {
      turns += 1;
      await new Promise(setImmediate);
    }
    await found;
    expect(turns).toBeGreaterThanOrEqual(9);
  }
  database.close();
});

it('ends a search in one go only where several columns are given and more rows match the first', () => {
  const database = tableOf(Array.from({ length: 10 }, () => ({ at: 1, color: 'red', size: 's' })));
  expect(endOfSearch({ database, ...TABLE, equal: { color: 'red', size: 'l' } }, { after: 3 }, 4)).toEqual({
    last: 15,
    beyond: 18,
  });
  expect(endOfSearch({ database, ...TABLE, equal: { color: 'red', size: 'l' } }, { after: 3 }, 9)).toBeUndefined();
  expect(endOfSearch({ database, ...TABLE, equal: { color: 'red' } }, { after: 3 }, 4)).toBeUndefined();
  expect(endOfSearch({ database, ...TABLE, equal: {} }, { after: 3 }, 4)).toBeUndefined();
  database.close();
});
