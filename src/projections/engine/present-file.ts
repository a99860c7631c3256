import type Database from '../../shared/sqlite.js';
import type { RecordedEvent } from '../../store/event-store.js';
import { openDatabase } from './database.js';
import type { FileInFilling, FileInFillingOptions, IsOfThisLog, LeftOut } from './file-in-filling.js';
import { LeftOutCounts } from './left-out-counts.js';
import type { Traveller } from './pass.js';
import { PositionTable, type Source } from './position.js';
import type { Projection } from './projection.js';
import { reportUnread } from './report-unread.js';
import { takeTurn } from './turn.js';

/** How long to wait for others who write to the file, in milliseconds. */
const PATIENCE = 5000;

/** The present file, which others use meanwhile. Each batch is a transaction, so it is whole whenever the work ends. */
export class PresentFile implements FileInFilling {
  readonly #options: FileInFillingOptions;
  readonly #database: Database.Database;
  readonly #projections: readonly Projection[];
  #filled: readonly Projection[] = [];
  readonly #positions: PositionTable;
  readonly #leftOut = new LeftOutCounts();
  failure: unknown;

  constructor(options: FileInFillingOptions) {
    this.#options = options;
    this.#database = openDatabase(options.generations.path, PATIENCE);
    try {
      this.#projections = Object.values(options.make(this.#database));
      this.#positions = new PositionTable(this.#database);
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  /** Chooses the projections whose rows come from this log. The others are left as they are. */
  async choose(isOfThisLog: IsOfThisLog): Promise<void> {
    const filled: Projection[] = [];
    for (const projection of this.#projections) {
      const saved = this.#positions.read(projection.name);
      if (saved && (await isOfThisLog(projection, saved))) filled.push(projection);
    }
    this.#filled = filled;
  }

  get leftOut() {
    return this.#leftOut.of(this.#filled, () => false);
  }

  /** What was left out since it was asked last. */
  takeLeftOut(): LeftOut[] {
    const { leftOut } = this;
    this.#leftOut.clear();
    return leftOut;
  }

  travellers(source: Source): Traveller[] {
    return this.#filled.map((projection) => this.#traveller(projection, source));
  }

  /** One of the chosen projections, on its way to that position; undefined if it was not chosen. */
  traveller(name: string, source: Source, target: number): Traveller | undefined {
    const projection = this.#filled.find((one) => one.name === name);
    return projection && this.#traveller(projection, source, target);
  }

  async createIndexes(): Promise<void> {}

  async publish(): Promise<void> {}

  discard(): void {
    this.#database.close();
  }

  #traveller(projection: Projection, source: Source, target?: number): Traveller {
    const apply = (events: RecordedEvent[]) => this.#apply(traveller, projection, source, events);
    const traveller: Traveller = { projection, position: this.#position(projection), target, apply };
    return traveller;
  }

  #apply({ position: reached }: Traveller, projection: Projection, source: Source, events: RecordedEvent[]): void {
    if (this.failure !== undefined) return;
    const unseen = (all: RecordedEvent[]) => {
      const position = this.#positions.filledTo(projection.name);
      if (position === undefined || position < reached)
        throw new Error(`The tables of ${projection.name} were emptied or given up.`);
      return all.filter((event) => event.position > position);
    };
    const options = { database: this.#database, projection, positions: this.#positions, source, atOnce: true };
    try {
      const { unread } = takeTurn(events, unseen, options);
      reportUnread(this.#options.log, projection, unread);
      this.#leftOut.add(projection, unread);
    } catch (error) {
      this.failure = error;
    }
  }

  #position({ name }: Projection): number {
    return this.#positions.read(name)?.position ?? 0;
  }
}
