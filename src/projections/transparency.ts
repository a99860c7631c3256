import type { Database } from 'better-sqlite3';
import { leafBytes } from '../domain/leaf.js';
import { appendLeaf, consistencyPath, hashLeaf, inclusionPath, type NodeSource, treeRoot } from '../domain/merkle-tree.js';
import { accountOf } from '../store/codec.js';
import type { RecordedEvent } from '../store/event-store.js';
import type { Projection } from './projection.js';

/** `transparency_1` holds every complete subtree; level 0 holds the leaves' hashes. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS transparency_1 (
    level INTEGER NOT NULL,
    place INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, place)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS transparency_1_leaves (
    place INTEGER PRIMARY KEY,
    eventId TEXT NOT NULL UNIQUE
  ) STRICT;
`;

/** Where an event stands in the tree, and how its leaf leads to the root. */
export interface Inclusion {
  leafIndex: number;
  leafHash: Buffer;
  path: Buffer[];
}

/** The Merkle tree (RFC 6962) over every event of the keys' streams, in commit order. */
export class TransparencyProjection implements Projection {
  readonly name = 'transparency_1';
  readonly category = 'apiKeys';
  readonly #database: Database;
  readonly #insertNode;
  readonly #insertLeaf;
  readonly #node;
  readonly #size;
  readonly #placeOf;
  readonly #eventAt;

  constructor(database: Database) {
    database.exec(SCHEMA);
    this.#database = database;
    this.#insertNode = database.prepare('INSERT INTO transparency_1 VALUES (?, ?, ?)');
    this.#insertLeaf = database.prepare('INSERT INTO transparency_1_leaves VALUES (?, ?)');
    this.#node = database
      .prepare<[number, number], Buffer>('SELECT hash FROM transparency_1 WHERE level = ? AND place = ?')
      .pluck();
    this.#size = database.prepare<[], number>('SELECT ifnull(max(place) + 1, 0) FROM transparency_1_leaves').pluck();
    this.#placeOf = database.prepare<[string], number>('SELECT place FROM transparency_1_leaves WHERE eventId = ?').pluck();
    this.#eventAt = database.prepare<[number], string>('SELECT eventId FROM transparency_1_leaves WHERE place = ?').pluck();
  }

  apply(events: RecordedEvent[]): void {
    let place = this.size();
    for (const event of events) {
      const leafHash = hashLeaf(leafBytes({ ...event, account: accountOf(event.stream) }));
      for (const { level, index, hash } of appendLeaf(place, leafHash, this.#nodes)) this.#insertNode.run(level, index, hash);
      this.#insertLeaf.run(place, event.id);
      place += 1;
    }
  }

  clear(): void {
    this.#database.exec('DELETE FROM transparency_1; DELETE FROM transparency_1_leaves;');
  }

  /** How many leaves the tree has. */
  size(): number {
    return this.#size.get() ?? 0;
  }

  /** Whether the event is a leaf. */
  holds(eventId: string): boolean {
    return this.#placeOf.get(eventId) !== undefined;
  }

  /** The id of the event that is the first leaf: by it, logs are told apart. */
  firstEventId(): string | undefined {
    return this.#eventAt.get(0);
  }

  /**
   * The root of the tree when it had that size.
   * @throws RangeError when it never had
   */
  root(size: number): Buffer {
    this.#requireSize(size);
    return treeRoot(size, this.#nodes);
  }

  /**
   * How the event's leaf leads to the root of the tree of that size; undefined where the event is no leaf of it.
   * @throws RangeError when the tree never had that size
   */
  inclusion(eventId: string, size: number): Inclusion | undefined {
    this.#requireSize(size);
    const leafIndex = this.#placeOf.get(eventId);
    if (leafIndex === undefined || leafIndex >= size) return undefined;
    return { leafIndex, leafHash: this.#nodes(0, leafIndex), path: inclusionPath(leafIndex, size, this.#nodes) };
  }

  /**
   * The proof that the tree of `to` leaves begins with that of `from` leaves.
   * @throws RangeError when the tree never had these sizes, or `from` is greater than `to`
   */
  consistency(from: number, to: number): Buffer[] {
    this.#requireSize(to);
    return consistencyPath(from, to, this.#nodes);
  }

  readonly #nodes: NodeSource = (level, place) => {
    const hash = this.#node.get(level, place);
    if (!hash) throw new Error(`The tree lacks node ${place} of level ${level}: rebuild it.`);
    return hash;
  };

  #requireSize(size: number): void {
    const largest = this.size();
    if (size > largest) throw new RangeError(`The tree has ${largest} leaves, and not yet ${size}.`);
  }
}
