import type { Connection } from '../engine/connection.js';
import { ACTIVITY, ACTIVITY_USAGE } from '../engine/names.js';
import { PositionTable } from '../engine/position.js';

/** How far both projections of the analytics file have come. */
export interface Positions {
  /** The position of the last counted event of the keys' category; 0 before the first. */
  position: number;
  /** The same for uses and refusals. */
  usagePosition: number;
}

/** Knows how far the tables of the analytics are filled. The cost of a read does not depend on their size. */
export class TablesState {
  readonly #positions: PositionTable;
  readonly #mended;

  constructor(database: Connection) {
    this.#positions = new PositionTable(database);
    this.#mended = database.prepare<[], { accounts: number; versions: number | null }>(
      `SELECT count(*) AS accounts, sum(version) AS versions FROM ${ACTIVITY}_quarantine`,
    );
  }

  positions(): Positions {
    return {
      position: this.#positions.read(ACTIVITY)?.position ?? 0,
      usagePosition: this.#positions.read(ACTIVITY_USAGE)?.position ?? 0,
    };
  }

  /** The number of counted events of the keys' category. There are at least as many as keys. */
  events(): number {
    return this.#positions.read(ACTIVITY)?.events ?? 0;
  }

  /**
   * A text that is equal as long as the tables are. It names the last event of each projection, since another log may have the same
   * positions; and what quarantines hold, since they end without a new event.
   */
  read(): string {
    const last = [ACTIVITY, ACTIVITY_USAGE].map((projection) => {
      const { position = 0, lastId = '' } = this.#positions.read(projection) ?? {};
      return [position, lastId];
    });
    return JSON.stringify([last, this.#mended.get()]);
  }
}
