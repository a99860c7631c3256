import { isLocked } from '../../shared/until-unlocked.js';
import type { RecordedEvent } from '../../store/event-store.js';
import type { Connection } from './connection.js';
import { TablesDamaged } from './damage.js';
import { PositionTable } from './position.js';
import type { Projection } from './projection.js';
import type { Replaceable } from './replaceable.js';

/** Somebody has emptied or given up the tables that this process was filling. */
export class PositionLost extends Error {}

export interface SharedPositionOptions {
  database: Connection;
  projection: Pick<Projection, 'name'>;
  file?: Replaceable | undefined;
  /** Called when the tables are found behind what this process has seen. */
  onLost: () => void;
}

/** How far a projection's tables are filled. Several processes fill them, and each of them may empty them. */
export class SharedPosition {
  readonly #options: SharedPositionOptions;
  /** The number of changes at the last look. */
  #seen: number | undefined;
  readonly table: PositionTable;
  /** The position up to which this process has seen everything projected. */
  reached = 0;

  constructor(options: SharedPositionOptions) {
    this.#options = options;
    this.table = new PositionTable(options.database);
  }

  /** The position of the tables; 0 if they are empty, or somebody has given them up. */
  read(): number {
    return this.table.read(this.#options.projection.name)?.position ?? 0;
  }

  /**
   * The events that the tables do not hold.
   * @throws PositionLost if the tables are behind what this process has seen
   */
  unseen(events: RecordedEvent[]): RecordedEvent[] {
    const position = this.#require();
    return events.filter((event) => event.position > position);
  }

  /** Looks whether another process has emptied the tables, if they have changed since the last look. */
  notice(): void {
    try {
      const changes = this.#options.database.countChanges?.();
      if (changes !== undefined && changes === this.#seen) return;
      if (this.#held() === undefined) this.#options.onLost();
      this.#seen = changes;
    } catch (error) {
      // The next look decides. Damage is reported where it is found.
      if (!isLocked(error) && !(error instanceof TablesDamaged)) throw error;
    }
  }

  #require(): number {
    const position = this.#held();
    if (position !== undefined && !this.#options.file?.isStandIn) return position;
    this.#options.onLost();
    throw new PositionLost('The tables were emptied or given up. They are filled again.');
  }

  /** The position of the tables; undefined if they were emptied or given up since this process saw them. */
  #held(): number | undefined {
    const position = this.table.filledTo(this.#options.projection.name);
    return position !== undefined && position >= this.reached ? position : undefined;
  }
}
