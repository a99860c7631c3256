import type { Database } from 'better-sqlite3';

/** A table of sums: by its key's columns, which come first, how much each of the figures amounts to. */
export interface SumTable {
  table: string;
  keys: readonly string[];
  figures: readonly string[];
}

/** Adds up what a batch of events changes, so that each row is written once a batch. Every row that is named is there, also with zeros. */
export class Tally {
  readonly #figures: Map<string, number>;
  readonly #add;
  #rows = new Map<string | number, { key: (string | number)[]; sums: number[] }>();

  constructor(database: Database, { table, keys, figures }: SumTable) {
    this.#figures = new Map(figures.map((figure, index) => [figure, index]));
    const places = [...keys, ...figures].map(() => '?').join(', ');
    const sums = figures.map((figure) => `${figure} = ${figure} + excluded.${figure}`).join(', ');
    this.#add = database.prepare(`INSERT INTO ${table} VALUES (${places}) ON CONFLICT DO UPDATE SET ${sums}`);
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

  /** Writes what was added, within a transaction of the caller's. */
  flush(): void {
    for (const { key, sums } of this.#rows.values()) this.#add.run(...key, ...sums);
    this.#rows = new Map();
  }
}

/** The columns of figures, for the table's definition. */
export function figureColumns(figures: readonly string[]): string {
  return figures.map((figure) => `${figure} INTEGER NOT NULL`).join(', ');
}
