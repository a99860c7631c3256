import { setImmediate as nextTurn } from 'node:timers/promises';
import { untilUnlocked } from '../../shared/until-unlocked.js';
import type { RecordedEvent } from '../../store/event-store.js';
import type { Connection } from './connection.js';
import { PositionTable } from './position.js';
import type { Projection } from './projection.js';
import type { Log } from './replaceable.js';
import { takeTurn } from './turn.js';

/** New tables that are to take the place of the present ones. They must not be behind these. */
export class Successor {
  readonly #database: Connection;
  readonly #projections: readonly Projection[];
  readonly #positions: PositionTable;
  readonly #goals: PositionTable;

  constructor(database: Connection, projections: readonly Projection[], present: Connection) {
    this.#database = database;
    this.#projections = projections;
    this.#positions = new PositionTable(database);
    this.#goals = new PositionTable(present);
  }

  /** A projection that is behind the present one; undefined if there is none. */
  late(): Projection | undefined {
    return this.#projections.find((one) => this.#position(one) < (this.#goals.read(one.name)?.position ?? 0));
  }

  /** Applies what the log holds by now. Yields to other work. */
  async catchUp(projection: Projection, source: Log): Promise<void> {
    const options = { database: this.#database, projection, positions: this.#positions, source };
    const unseen = (events: RecordedEvent[]) => {
      const position = this.#position(projection);
      return events.filter((event) => event.position > position);
    };
    for await (const page of source.store.readAll(projection.category, this.#position(projection))) {
      for (let rest = page; rest.length > 0; await nextTurn()) {
        const { taken } = await untilUnlocked(() => takeTurn(rest, unseen, options));
        rest = rest.slice(taken.length);
      }
    }
  }

  #position({ name }: Projection): number {
    return this.#positions.read(name)?.position ?? 0;
  }
}
