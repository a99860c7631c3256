import type { Database, Statement } from 'better-sqlite3';

/** A table of sums: by its key's columns, which come first, how much each of the figures amounts to. */
export interface SumColumns {
  table: string;
  keys: readonly string[];
  figures: readonly string[];
}

/** A table of sums, to which each batch of events adds what it makes up in a tally of its own. */
export class SumTable {
  readonly #figures: ReadonlyMap<string, number>;
  readonly #add;

  constructor(database: Database, { table, keys, figures }: SumColumns) {
    this.#figures = new Map(figures.map((figure, index) => [figure, index]));
    const places = [...keys, ...figures].map(() => '?').join(', ');
    const sums = figures.map((figure) => `${figure} = ${figure} + excluded.${figure}`).join(', ');
    this.#add = database.prepare(`INSERT INTO ${table} VALUES (${places}) ON CONFLICT DO UPDATE SET ${sums}`);
  }

  /** An empty tally. It belongs to one batch: where that fails, its sums are forgotten with it. */
  tally(): Tally {
    return new Tally(this.#figures, this.#add);
  }
}

/** Adds up what a batch of events changes, so that each row is written once a batch. Every row that is named is there, also with zeros. */
export class Tally {
  readonly #figures: ReadonlyMap<string, number>;
  readonly #add: Statement;
  readonly #rows = new Map<string | number, { key: (string | number)[]; sums: number[] }>();

  constructor(figures: ReadonlyMap<string, number>, add: Statement) {
    this.#figures = figures;
    this.#add = add;
  }

  add(key: (string | number)[], figure: string, by: number): void {
    this.addTo(this.row(key), figure, by);
  }

  /** What was added to that row so far, for `addTo`: to find it takes longer than to add. */
  row(key: (string | number)[]): number[] {
    const name = key.length === 1 ? (key[0] ?? '') : key.join();
    const known = this.#rows.get(name);
    if (known) return known.sums;
    const sums = new Array<number>(this.#figures.size).fill(0);
    this.#rows.set(name, { key, sums });
    return sums;
  }

  addTo(row: number[], figure: string, by: number): void {
    const index = this.#figures.get(figure) ?? -1;
    row[index] = (row[index] ?? 0) + by;
  }

  /** Writes the sums to their table, within a transaction of the caller's. The tally is used up then. */
  write(): void {
    for (const { key, sums } of this.#rows.values()) this.#add.run(...key, ...sums);
  }
}

/** The columns of figures, for the table's definition. */
export function figureColumns(figures: readonly string[]): string {
  return figures.map((figure) => `${figure} INTEGER NOT NULL`).join(', ');
}
