import { consistencyPath, inclusionPath, type NodeSource, treeRoot } from '../../domain/transparency/merkle-tree.js';
import { TreeFrontier } from '../../domain/transparency/tree-frontier.js';
import { leafHashOf, leafTextOf } from '../../store/codec.js';
import type { RecordedEvent } from '../../store/event-store.js';
import { accountOf } from '../../store/streams.js';
import type { Connection } from '../engine/connection.js';
import { Folding } from '../engine/folding.js';
import { TRANSPARENCY } from '../engine/names.js';
import type { Projection, Unread } from '../engine/projection.js';
import { Quarantine } from '../engine/quarantine.js';
import type { KnownEvents } from './known-log.js';

/**
 * The first table has a row for each leaf: the hashes of all complete subtrees whose last leaf it is, 32 bytes each. The first is that of
 * the leaf alone, and each next one is of twice as many leaves. `…_streams` has the version of each account's last leaf, which shows if one
 * is missing.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS ${TRANSPARENCY} (
    place INTEGER PRIMARY KEY,
    eventId TEXT NOT NULL,
    hashes BLOB NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS ${TRANSPARENCY}_event ON ${TRANSPARENCY} (eventId);
  CREATE TABLE IF NOT EXISTS ${TRANSPARENCY}_streams (
    account TEXT PRIMARY KEY,
    version INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** The size of a hash, in bytes. */
const HASH = 32;

/** An event's place in the tree, and the path from its leaf to the root. */
export interface Inclusion {
  leafIndex: number;
  leafHash: Buffer;
  path: Buffer[];
}

/** The tree lacks an event that the log once held, or that it holds in an unreadable form. */
class TreeIncomplete extends Error {
  readonly code = 'NO_CHECKPOINT';
  constructor() {
    super(
      "The Merkle tree lacks events that cannot be read from the log. Until they can, nothing is signed or proved. The server's log names the accounts.",
    );
  }
}

/**
 * The Merkle tree (RFC 6962) over every event of the keys' streams, in commit order. If an event is missing, the tree stops growing, since
 * every later root would be wrong. Once the stream can be read again, it is filled anew.
 */
export class TransparencyProjection implements Projection {
  readonly name = TRANSPARENCY;
  readonly category = 'apiKeys';
  readonly startsOver = true;
  readonly quarantine: Quarantine;
  readonly #database: Connection;
  readonly #insert;
  readonly #hashAt;
  readonly #size;
  readonly #placeOf;
  readonly #eventAt;
  readonly #version;
  readonly #saveVersion;

  constructor(database: Connection) {
    database.exec(SCHEMA);
    this.#database = database;
    this.quarantine = new Quarantine(database, `${TRANSPARENCY}_quarantine`);
    this.#insert = database.prepare(`INSERT INTO ${TRANSPARENCY} VALUES (?, ?, ?)`);
    this.#hashAt = database
      .prepare<[number, number], Buffer>(`SELECT substr(hashes, ?, ${HASH}) FROM ${TRANSPARENCY} WHERE place = ?`)
      .pluck();
    this.#size = database.prepare<[], number>(`SELECT ifnull(max(place) + 1, 0) FROM ${TRANSPARENCY}`).pluck();
    this.#placeOf = database.prepare<[string], number>(`SELECT place FROM ${TRANSPARENCY} WHERE eventId = ? LIMIT 1`).pluck();
    this.#version = database.prepare<[string], number>(`SELECT version FROM ${TRANSPARENCY}_streams WHERE account = ?`).pluck();
    this.#saveVersion = database.prepare(`REPLACE INTO ${TRANSPARENCY}_streams VALUES (?, ?)`);
    this.#eventAt = database.prepare<[number], string>(`SELECT eventId FROM ${TRANSPARENCY} WHERE place = ?`).pluck();
  }

  apply(events: RecordedEvent[]): Unread[] {
    const versions = new Folding((account) => this.#version.get(account) ?? 0);
    const frontier = new TreeFrontier(this.size(), this.#nodes);
    const unread = this.quarantine.guardAll(events, {
      versionOf: (account) => versions.of(account),
      take: (event) => {
        const place = frontier.size;
        const complete = frontier.append(leafHashOf(event));
        this.#insert.run(place, event.id, Buffer.concat(complete.map(({ hash }) => hash)));
        versions.change(accountOf(event.stream), event.version);
      },
    });
    for (const [account, version] of versions.changed) this.#saveVersion.run(account, version);
    return unread;
  }

  /** Only checks whether the events have leaves. The account stays in quarantine, since the tree lacks them until it is filled anew. */
  mend(account: string, events: RecordedEvent[]): boolean {
    let version = this.quarantine.find(account)?.version ?? 0;
    return this.quarantine.foldOn(account, events, {
      versionOf: () => version,
      take: (event) => {
        leafTextOf(event);
        version = event.version;
      },
    });
  }

  clear(): void {
    for (const table of ['', '_streams']) this.#database.exec(`DELETE FROM ${TRANSPARENCY}${table}`);
    this.quarantine.clear();
  }

  /** @throws TreeIncomplete if it lacks an event */
  requireComplete(): void {
    if (!this.quarantine.isEmpty()) throw new TreeIncomplete();
  }

  /** The number of leaves. */
  size(): number {
    return this.#size.get() ?? 0;
  }

  /** True if the event is a leaf. */
  holds(eventId: string): boolean {
    return this.#placeOf.get(eventId) !== undefined;
  }

  /** The ids of its present events, by the places of their leaves. */
  known(): KnownEvents {
    const size = this.size();
    return {
      placeOf: (id) => this.#placeOf.get(id),
      countAfter: (place) => size - Math.max(0, place + 1),
      after: () => [],
      holds: () => false,
    };
  }

  /** The id of the event that is the first leaf. It identifies the log. */
  firstEventId(): string | undefined {
    return this.#eventAt.get(0);
  }

  /**
   * The root of the tree at that size.
   * @throws RangeError if the tree never had that size
   */
  root(size: number): Buffer {
    this.#requireSize(size);
    return treeRoot(size, this.#nodes);
  }

  /**
   * The path from the event's leaf to the root of the tree of that size; undefined if the event is not in it.
   * @throws RangeError if the tree never had that size
   */
  inclusion(eventId: string, size: number): Inclusion | undefined {
    this.#requireSize(size);
    const leafIndex = this.#placeOf.get(eventId);
    if (leafIndex === undefined || leafIndex >= size) return undefined;
    return { leafIndex, leafHash: this.#nodes(0, leafIndex), path: inclusionPath(leafIndex, size, this.#nodes) };
  }

  /**
   * The proof that the tree of `to` leaves begins with that of `from` leaves.
   * @throws RangeError if the tree never had these sizes, or `from` is greater than `to`
   */
  consistency(from: number, to: number): Buffer[] {
    this.#requireSize(to);
    return consistencyPath(from, to, this.#nodes);
  }

  readonly #nodes: NodeSource = (level, index) => {
    const lastLeaf = (index + 1) * 2 ** level - 1;
    const hash = this.#hashAt.get(1 + level * HASH, lastLeaf);
    if (hash?.length !== HASH)
      throw new Error(`The tree lacks node ${index} of level ${level}. Run \`keyledger replay --repair\`.`);
    return hash;
  };

  #requireSize(size: number): void {
    this.requireComplete();
    const largest = this.size();
    if (size > largest) throw new RangeError(`The tree has ${largest} leaves, but not yet ${size}.`);
  }
}
