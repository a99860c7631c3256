import type { Connection, Query } from './connection.js';

/** The columns of a table of sums: first those of its key, then the figures. */
export interface SumColumns {
  table: string;
  keys: readonly string[];
  figures: readonly string[];
}

/** A table of sums. Each batch of events adds its own tally to it. */
export class SumTable {
  readonly #figures: ReadonlyMap<string, number>;
  readonly #add;

  constructor(database: Connection, { table, keys, figures }: SumColumns) {
    this.#figures = new Map(figures.map((figure, index) => [figure, index]));
    const places = [...keys, ...figures].map(() => '?').join(', ');
    const sums = figures.map((figure) => `${figure} = ${figure} + excluded.${figure}`).join(', ');
    this.#add = database.prepare(`INSERT INTO ${table} VALUES (${places}) ON CONFLICT DO UPDATE SET ${sums}`);
  }

  /** Starts an empty tally for one batch. If the batch fails, drop it. */
  tally(): Tally {
    return new Tally(this.#figures, this.#add);
  }
}

/**
 * Sums up the changes of a batch of events, so that each row is written once per batch. Every row that is named will exist, even if all
 * its figures are zero.
 */
export class Tally {
  readonly #figures: ReadonlyMap<string, number>;
  readonly #add: Query<unknown[], unknown>;
  readonly #rows = new Map<string | number, { key: (string | number)[]; sums: number[] }>();

  constructor(figures: ReadonlyMap<string, number>, add: Query<unknown[], unknown>) {
    this.#figures = figures;
    this.#add = add;
  }

  add(key: (string | number)[], figure: string, by: number): void {
    this.addTo(this.row(key), figure, by);
  }

  /** The sums of that row so far, for `addTo`: finding a row takes longer than adding to it. */
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

  /** Adds the sums to their table, within the caller's transaction. The tally must not be used afterwards. */
  write(): void {
    for (const { key, sums } of this.#rows.values()) this.#add.run(...key, ...sums);
  }
}

/** The columns of figures, for the table's definition. */
export function figureColumns(figures: readonly string[]): string {
  return figures.map((figure) => `${figure} INTEGER NOT NULL`).join(', ');
}
