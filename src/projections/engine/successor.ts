import { setImmediate as nextTurn } from 'node:timers/promises';
import { untilUnlocked } from '../../shared/until-unlocked.js';
import type { RecordedEvent } from '../../store/event-store.js';
import type { Connection } from './connection.js';
import { difference, firstEvent, PositionTable } from './position.js';
import type { Projection } from './projection.js';
import type { Log } from './replaceable.js';
import { FIRST_TURNS, takeTurn } from './turn.js';

/** New tables cannot take the place of the present ones. */
class UnfitSuccessor extends Error {
  constructor({ name }: Projection, reason: string) {
    super(`the new tables of ${name} cannot be used: ${reason}`);
  }
}

const GIVEN_UP = 'they are to be filled again';

/** New tables that are to take the place of the present ones. They must be filled from this log, and not be behind these. */
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

  /** @throws UnfitSuccessor if the tables of a projection do not come from this log, or somebody has given them up */
  async requireFit(log: Log): Promise<void> {
    for (const projection of this.#projections) {
      const reason = await this.#fault(projection, log);
      if (reason !== undefined) throw new UnfitSuccessor(projection, reason);
    }
  }

  /**
   * A projection that is behind the present one; undefined if there is none.
   * @throws UnfitSuccessor if somebody has given its tables up
   */
  late(): Projection | undefined {
    return this.#projections.find((one) => this.#position(one) < (this.#goals.read(one.name)?.position ?? 0));
  }

  /**
   * Applies what the log holds by now. Yields to other work.
   * @throws UnfitSuccessor if the log holds nothing more
   */
  async catchUp(projection: Projection, source: Log): Promise<void> {
    const options = { database: this.#database, projection, positions: this.#positions, source, limit: FIRST_TURNS };
    const unseen = (events: RecordedEvent[]) => {
      const position = this.#position(projection);
      return events.filter((event) => event.position > position);
    };
    const from = this.#position(projection);
    for await (const page of source.store.readAll(projection.category, from)) {
      await nextTurn();
      for (let rest = page; rest.length > 0; await nextTurn()) {
        const { taken } = await untilUnlocked(() => takeTurn(rest, unseen, options));
        rest = rest.slice(taken.length);
      }
    }
    if (this.#position(projection) === from)
      throw new UnfitSuccessor(projection, 'the present ones hold events that the log lacks');
  }

  async #fault(projection: Projection, log: Log): Promise<string | undefined> {
    const saved = this.#positions.read(projection.name);
    if (!saved) return this.#positions.filledTo(projection.name) === undefined ? GIVEN_UP : undefined;
    const first = log.first ?? (await firstEvent(log.store));
    if (saved.firstId !== null && saved.firstId !== first?.id) return 'they were filled from another log';
    return difference(log, projection, saved);
  }

  #position(projection: Projection): number {
    const position = this.#positions.filledTo(projection.name);
    if (position === undefined) throw new UnfitSuccessor(projection, GIVEN_UP);
    return position;
  }
}
