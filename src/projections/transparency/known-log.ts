import type { Pseudonyms } from '../../domain/analytics/pseudonyms.js';
import { hasCode } from '../../shared/error-code.js';
import { isLocked } from '../../shared/until-unlocked.js';
import type { RecordedEvent } from '../../store/event-store.js';
import type { HistoryProjection } from '../audit/history.js';
import type { Connection } from '../engine/connection.js';
import { type FirstEvent, PositionTable, type SavedPosition, sourceIn } from '../engine/position.js';
import type { TransparencyProjection } from './transparency.js';

/** A file of projections. */
export interface ProjectionsFile {
  database: Connection;
  /** The pseudonyms that disguise the streams in it. */
  pseudonyms?: Pseudonyms;
}

export interface KnownLogOptions {
  /** The file of these two. */
  database: Connection;
  history: HistoryProjection;
  tree: TransparencyProjection;
}

/** An event that was in the log: the last one that a projection applied. */
export interface Witness {
  stream: string;
  version: number;
  id: string;
}

/** The events that a data directory knows individually, in the log's order. */
export interface KnownEvents {
  /** The event's place: a number that grows in the log's order; undefined if it is not known. */
  placeOf(id: string): number | undefined;
  countAfter(place: number): number;
  /** The events after that place; empty if no more is known than that they existed. */
  after(place: number): Iterable<RecordedEvent>;
  /** True if an event of the stream is known up to that place. */
  holds(stream: string, place: number): boolean;
}

/** What the projections of a data directory know about the log from which they were filled. */
export class KnownLog {
  readonly #files: { positions: PositionTable; pseudonyms: Pseudonyms | undefined }[] = [];
  readonly #history: HistoryProjection;
  readonly #tree: TransparencyProjection;

  constructor({ database, history, tree }: KnownLogOptions) {
    this.#history = history;
    this.#tree = tree;
    this.add({ database });
  }

  /** Adds the knowledge of another file. */
  add({ database, pseudonyms }: ProjectionsFile): void {
    this.#files.push({ positions: new PositionTable(database), pseudonyms });
  }

  /** The event with which the log begins; undefined if nothing is known about it. */
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
    const last = ifReadable(() => this.#history.last());
    return [...new Map([...seen, ...(last ? [last] : [])].map((witness) => [witness.id, witness])).values()];
  }

  /** The minimum number of events that there were. */
  count(): number {
    return Math.max(...this.#sizes(), ...this.#savedPositions().map(({ row }) => row.events));
  }

  /** The known events: as the history holds them, or only their ids if the tree holds more; undefined if neither is filled. */
  events(): KnownEvents | undefined {
    const [events, leaves] = this.#sizes();
    if (events === 0 && leaves === 0) return undefined;
    return events >= leaves ? this.#history.known() : this.#tree.known();
  }

  #sizes(): [events: number, leaves: number] {
    return [ifReadable(() => this.#history.size()) ?? 0, ifReadable(() => this.#tree.size()) ?? 0];
  }

  /** The positions of the keys' category. Streams disguised with another key are left out, since they cannot be looked up. */
  #savedPositions(): { row: SavedPosition; unseal: (stream: string) => string }[] {
    return this.#files.flatMap(({ positions, pseudonyms }) =>
      positions
        .all()
        .filter(({ category, kind }) => category === 'apiKeys' && sourceIn(kind).fingerprint === pseudonyms?.fingerprint)
        .map((row) => ({ row, unseal: (stream: string) => pseudonyms?.unseal(stream) ?? stream })),
    );
  }
}

/** A damaged table is ignored here: its runner reports it. @throws if the file is locked */
function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!hasCode(error, 'SQLITE_') || isLocked(error)) throw error;
    return undefined;
  }
}
