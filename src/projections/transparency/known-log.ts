import type { Database } from 'better-sqlite3';
import type { Pseudonyms } from '../../domain/analytics/pseudonyms.js';
import type { RecordedEvent } from '../../store/event-store.js';
import type { HistoryProjection } from '../audit/history.js';
import { type FirstEvent, PositionTable, type SavedPosition } from '../engine/position.js';
import type { TransparencyProjection } from './transparency.js';

/** A file of projections. */
export interface ProjectionsFile {
  database: Database;
  /** With what the streams in it are disguised. */
  pseudonyms?: Pseudonyms;
}

export interface KnownLogOptions {
  /** The file of these two and of the other projections. */
  database: Database;
  history: HistoryProjection;
  tree: TransparencyProjection;
}

/** An event that was in the log: the last one that a projection took in. */
export interface Witness {
  stream: string;
  version: number;
  id: string;
}

/** The events that a data directory knows one by one, in the log's order. */
export interface KnownEvents {
  /** Where the event stands: a number that grows in the log's order; undefined where it is not known. */
  placeOf(id: string): number | undefined;
  countAfter(place: number): number;
  /** Those after that place; none where no more is known than that they were there. */
  after(place: number): Iterable<RecordedEvent>;
  /** Whether an event of the stream is known up to that place. */
  holds(stream: string, place: number): boolean;
}

/** What the projections of a data directory know of the log that they were filled from. */
export class KnownLog {
  readonly #files: { positions: PositionTable; pseudonyms: Pseudonyms | undefined }[] = [];
  readonly #history: HistoryProjection;
  readonly #tree: TransparencyProjection;

  constructor({ database, history, tree }: KnownLogOptions) {
    this.#history = history;
    this.#tree = tree;
    this.add({ database });
  }

  /** Takes into account what another file knows, too. */
  add({ database, pseudonyms }: ProjectionsFile): void {
    this.#files.push({ positions: new PositionTable(database), pseudonyms });
  }

  /** The event with which the log begins; undefined where nothing is known of it. */
  first(): FirstEvent | undefined {
    for (const { row, unseal } of this.#savedPositions()) {
      if (row.firstStream !== null && row.firstId !== null) return { stream: unseal(row.firstStream), id: row.firstId };
    }
    return undefined;
  }

  /** The last event of each projection, each event once. */
  witnesses(): Witness[] {
    const seen = this.#savedPositions().map(({ row, unseal }) => {
      return { stream: unseal(row.lastStream), version: row.lastVersion, id: row.lastId };
    });
    const last = this.#history.last();
    return [...new Map([...seen, ...(last ? [last] : [])].map((witness) => [witness.id, witness])).values()];
  }

  /** How many events there were at least. */
  count(): number {
    return Math.max(this.#history.size(), this.#tree.size(), ...this.#savedPositions().map(({ row }) => row.events));
  }

  /** The events one by one: as the history holds them, or their ids alone where the tree holds more; undefined where neither is filled. */
  events(): KnownEvents | undefined {
    const [events, leaves] = [this.#history.size(), this.#tree.size()];
    if (events === 0 && leaves === 0) return undefined;
    return events >= leaves ? this.#history.known() : this.#tree.known();
  }

  /** Of the keys' category; what was disguised with another key cannot be looked for. */
  #savedPositions(): { row: SavedPosition; unseal: (stream: string) => string }[] {
    return this.#files.flatMap(({ positions, pseudonyms }) =>
      positions
        .all()
        .filter(({ category, kind }) => category === 'apiKeys' && fingerprintIn(kind) === pseudonyms?.fingerprint)
        .map((row) => ({ row, unseal: (stream: string) => pseudonyms?.unseal(stream) ?? stream })),
    );
  }
}

function fingerprintIn(kind: string): string | undefined {
  return kind.split('/')[1];
}
