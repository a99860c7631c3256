import { setImmediate as nextTurn } from 'node:timers/promises';
import { hashSecret } from '../../domain/keys/secret.js';
import { untilUnlocked } from '../../shared/until-unlocked.js';
import { createdKeyIn } from '../../store/codec.js';
import type { EventStore } from '../../store/event-store.js';
import { accountOf } from '../../store/streams.js';
import { NotCaughtUp } from '../engine/caught-up.js';
import type { Connection } from '../engine/connection.js';
import { PositionTable } from '../engine/position.js';
import type { KeyReference } from './key-rows.js';
import type { KeysProjection } from './keys.js';

export interface KeySearchOptions {
  database: Connection;
  store: Pick<EventStore, 'readAll' | 'requireLeader'>;
  /** The projection in that database, filled from that store. */
  keys: KeysProjection;
}

/** A read that has not begun. Until it begins, other callers can add what they look for. */
interface Search {
  hashes: Set<string>;
  found: Promise<Map<string, KeyReference>>;
}

/**
 * Finds keys by their secrets in everything that the log holds at the time of the call, however far behind the tables are: it reads from
 * there to the log's end. Calls that wait for the same read share it.
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
   * The keys that have one of these secrets and are not deleted. May include a key whose deletion is not in the tables yet.
   * @throws StoreUnavailable, NotCaughtUp if the tables are emptied meanwhile
   */
  async find(secrets: string[]): Promise<KeyReference[]> {
    const hashes = secrets.map(hashSecret);
    this.#waiting ??= this.#next();
    const { hashes: wanted, found } = this.#waiting;
    for (const hash of hashes) wanted.add(hash);
    const keys = await found;
    return hashes.flatMap((hash) => keys.get(hash) ?? []);
  }

  /**
   * The account that holds the key, or once held it; undefined if there never was such a key. Reads on in the log before it says so.
   * @throws StoreUnavailable
   */
  async accountOf(keyId: string): Promise<string | undefined> {
    const { store, keys } = this.#options;
    const known = await untilUnlocked(() => keys.accountOfKey(keyId));
    if (known !== undefined) return known;
    await store.requireLeader?.();
    for await (const page of store.readAll(keys.category, await untilUnlocked(() => this.#position()))) {
      const created = page.find((recorded) => createdKeyIn(recorded)?.keyId === keyId);
      if (created) return accountOf(created.stream);
    }
    return untilUnlocked(() => keys.accountOfKey(keyId));
  }

  /** The read that begins when the present one has ended. */
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
    await store.requireLeader?.();
    const from = await untilUnlocked(() => this.#position());
    for await (const page of store.readAll(keys.category, from)) {
      for (const recorded of page) {
        const created = createdKeyIn(recorded);
        if (!created || !hashes.has(created.secretHash)) continue;
        found.set(created.secretHash, { keyId: created.keyId, account: accountOf(recorded.stream) });
      }
      await nextTurn();
    }
    // The events that the tables have applied meanwhile were read as well. Something is missing only if the tables were emptied.
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
