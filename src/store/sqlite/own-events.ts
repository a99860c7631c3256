import type Database from 'better-sqlite3';
import { fromText } from '../stored-json.js';
import type { LatestEvents } from './latest-events.js';

type Row = Parameters<typeof fromText>[0];

/** What a commit writes of one category. */
interface Written {
  /** The position of the category's last event before these. Nobody can write between them: the write lock is held. */
  after: number;
  rows: Row[];
}

/**
 * Hands the events of a commit to those who follow the log in this process, so that they need not read and parse them again. It does so
 * only where the transaction itself has seen that these are the category's next events. Otherwise they are read.
 */
export class OwnEvents {
  readonly #latest: ReadonlyMap<string, LatestEvents>;
  readonly #lastBefore;
  readonly #written = new Map<string, Written>();

  constructor(database: Database.Database, latest: ReadonlyMap<string, LatestEvents>) {
    this.#latest = latest;
    this.#lastBefore = database
      .prepare<[string, number], number>(
        'SELECT position FROM events WHERE category IN (?) AND position < ? ORDER BY position DESC LIMIT 1',
      )
      .pluck();
  }

  /** Notes an event that the transaction has inserted. */
  note(category: string, row: Row): void {
    const written = this.#written.get(category);
    if (written) written.rows.push(row);
    else this.#written.set(category, { after: this.#lastBefore.get(category, row.position) ?? 0, rows: [row] });
  }

  /** The transaction has ended: its events are in the log, or they are not. */
  end(isCommitted: boolean): void {
    for (const [category, { after, rows }] of this.#written) {
      const latest = this.#latest.get(category);
      if (isCommitted && latest?.end === after) latest.keep(after, rows.map(fromText));
    }
    this.#written.clear();
  }
}
