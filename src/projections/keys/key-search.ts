import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { hashSecret } from '../../domain/keys/secret.js';
import { untilUnlocked } from '../../shared/until-unlocked.js';
import { accountOf, createdKeyIn } from '../../store/codec.js';
import type { EventStore } from '../../store/event-store.js';
import { PositionTable } from '../engine/position.js';
import { NotCaughtUp } from '../engine/runner.js';
import type { KeyReference, KeysProjection } from './keys.js';

export interface KeySearchOptions {
  database: Database;
  store: Pick<EventStore, 'readAll'>;
  /** In that database, filled from that store. */
  keys: KeysProjection;
}

/** A read that has not begun: whoever comes before it does can have it look for more. */
interface Search {
  hashes: Set<string>;
  found: Promise<Map<string, KeyReference>>;
}

/**
 * Finds keys by their secrets in all that the log holds when it is asked, however far behind the tables are: from there it reads
 * to the log's head. One read serves everybody who was waiting when it began.
 */
export class KeySearch {
  readonly #options: KeySearchOptions;
  readonly #positions: PositionTable;
  #waiting: Search | undefined;
  #reading: Promise<unknown> = Promise.resolve();

  constructor(options: KeySearchOptions) {
    this.#options = options;
    this.#positions = new PositionTable(options.database);
  }

  /**
   * The keys that have one of these secrets and are not deleted. Where a deletion is not in the tables yet, its key may be among them.
   * @throws StoreUnavailable, NotCaughtUp when the tables are emptied meanwhile
   */
  async find(secrets: string[]): Promise<KeyReference[]> {
    const hashes = secrets.map(hashSecret);
    this.#waiting ??= this.#next();
    const { hashes: wanted, found } = this.#waiting;
    for (const hash of hashes) wanted.add(hash);
    const keys = await found;
    return hashes.flatMap((hash) => keys.get(hash) ?? []);
  }

  /** The read that begins when the one under way has ended. */
  #next(): Search {
    const hashes = new Set<string>();
    const found = this.#reading.then(() => {
      this.#waiting = undefined;
      return this.#read(hashes);
    });
    this.#reading = found.catch(() => {});
    return { hashes, found };
  }

  async #read(hashes: ReadonlySet<string>): Promise<Map<string, KeyReference>> {
    const { database, store, keys } = this.#options;
    const found = new Map<string, KeyReference>();
    const from = await untilUnlocked(() => this.#position());
    for await (const page of store.readAll(keys.category, from)) {
      for (const recorded of page) {
        const created = createdKeyIn(recorded);
        if (!created || !hashes.has(created.secretHash)) continue;
        found.set(created.secretHash, { keyId: created.keyId, account: accountOf(recorded.stream) });
      }
      await nextTurn();
    }
    // What the tables have taken in meanwhile was read as well; only where they were emptied do both together lack something.
    const lookUp = database.transaction(() => {
      if (this.#position() < from) throw new NotCaughtUp();
      for (const hash of hashes) {
        const key = keys.keyWithHash(hash);
        if (key) found.set(hash, key);
      }
    });
    await untilUnlocked(lookUp);
    return found;
  }

  #position(): number {
    return this.#positions.read(this.#options.keys.name)?.position ?? 0;
  }
}
