import fc from 'fast-check';
import { digestOf } from '../../../src/projections/engine/digest.js';
import Database from '../../../src/shared/sqlite.js';
import { rounds } from '../../support/long.js';

const TABLE = 'CREATE TABLE demo_1 (id INTEGER PRIMARY KEY, a ANY, b ANY) STRICT;';

function digest(sql: string, values: unknown[] = []): string {
  const database = new Database(':memory:');
  database.exec(TABLE);
  if (values.length > 0) database.prepare(sql).run(...values);
  else database.exec(sql);
  return digestOf(database, 'demo_1');
}

function digestOfRow(a: unknown, b: unknown): string {
  return digest('INSERT INTO demo_1 VALUES (1, ?, ?)', [a, b]);
}

describe('the digest of a projection', () => {
  it.each<[values: string, one: unknown[], other: unknown[]]>([
    ['NULL and the text', [null, 'x'], ['NULL', 'x']],
    ['nothing and no text', [null, 'x'], ['', 'x']],
    ['a number and its text', [12n, 'x'], ['12', 'x']],
    ['a number and a text with the same bytes', [12n, 'x'], ['\x12', 'x']],
    ['a whole number and a real one', [1n, 'x'], [1, 'x']],
    ['a text and its bytes', ['ab', 'x'], [Buffer.from('ab'), 'x']],
    ['bytes and how they are written', [Buffer.from('ab'), 'x'], ["X'6162'", 'x']],
    ['texts that are the same up to a NUL', ['ab\0c', 'x'], ['ab\0d', 'x']],
    ['a text and one that ends in a NUL', ['ab', 'x'], ['ab\0', 'x']],
    ['quotes', ["'", 'x'], ["''", 'x']],
    ['what moved to the next column', ['a,', 'b'], ['a', ',b']],
    ['what moved there with its quotes', ["a','b", 'c'], ['a', "b','c"]],
    ['what was exchanged', ['a', 'b'], ['b', 'a']],
    ['numbers that run together', [1n, 23n], [12n, 3n]],
    ['line breaks', ['a\n', 'b'], ['a', '\nb']],
    ['accents that look alike', ['\u00e9', 'x'], ['e\u0301', 'x']],
  ])('tells apart %s', (_values, [a, b], [c, d]) => {
    expect(digestOfRow(a, b)).not.toBe(digestOfRow(c, d));
  });

  it('is the same for the same values alone', () => {
    const value = fc.oneof(
      fc.constant(null),
      fc.bigInt({ min: -9n, max: 99n }),
      fc.string({ maxLength: 2, unit: fc.constantFrom('0', "'", ',', 'X', '\0') }),
    );
    const row = fc.tuple(value, value);
    fc.assert(
      fc.property(row, row, (one, other) => {
        const same = one.every((value, index) => value === other[index]);
        expect(digestOfRow(...one) === digestOfRow(...other)).toBe(same);
      }),
      { numRuns: rounds(100, 500) },
    );
  });

  it('does not depend on the order in which the rows came', () => {
    const table = 'CREATE TABLE demo_1_x (a TEXT, b TEXT, PRIMARY KEY (b, a)) STRICT;';
    const rows = ["('a', 'b')", "('c', 'b')", "('d', 'a')"];
    const orders = [rows, rows.toReversed()].map((some) => `${table} INSERT INTO demo_1_x VALUES ${some.join(', ')}`);
    expect(new Set(orders.map((sql) => digest(sql))).size).toBe(1);
  });

  it('tells apart one row and two, and a row in one table and in another', () => {
    const two = 'CREATE TABLE demo_1_x (id INTEGER PRIMARY KEY) STRICT; CREATE TABLE demo_1_y (id INTEGER PRIMARY KEY) STRICT;';
    const digests = ['', 'INSERT INTO demo_1_x VALUES (1)', 'INSERT INTO demo_1_y VALUES (1)'].map((sql) => digest(two + sql));
    expect(new Set([...digests, digest('')]).size).toBe(4);
    const names = ['demo_1_x (a INTEGER PRIMARY KEY)', 'demo_1_x (b INTEGER PRIMARY KEY)', 'demo_1_y (a INTEGER PRIMARY KEY)'];
    expect(new Set(names.map((name) => digest(`CREATE TABLE ${name} STRICT`))).size).toBe(3);
  });

  it('is over the tables that bear its name, and no others', () => {
    const others = ['demo_10', 'demo_1x', 'demo', 'positions_1', 'a_demo_1'].map(
      (name) => `CREATE TABLE ${name} (id INTEGER PRIMARY KEY);`,
    );
    expect(digest(others.join(''))).toBe(digest(''));
    expect(digest('CREATE TABLE demo_1_more (id INTEGER PRIMARY KEY)')).not.toBe(digest(''));
  });
});
