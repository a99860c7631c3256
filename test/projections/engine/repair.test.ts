import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fill } from '../../../src/projections/engine/fill.js';
import { PositionTable, positionsIn } from '../../../src/projections/engine/position.js';
import { repair } from '../../../src/projections/engine/repair.js';
import Database from '../../../src/shared/sqlite.js';
import type { Category, EventStore, RecordedEvent } from '../../../src/store/event-store.js';
import { cleanUpLater } from '../../support/cleanup.js';
import { contentsOf, filledDirectory, make, request } from '../../support/filled-directory.js';
import { StoreDouble } from '../../support/store-doubles.js';

const silent = { info() {}, warn() {}, error() {} };

/** A store that gives no events until it may. */
class Held extends StoreDouble {
  readonly #events = new EventEmitter();
  readonly asked = once(this.#events, 'asked');
  readonly #released = once(this.#events, 'released');

  override async *readAll(category: Category, after?: number): AsyncGenerator<RecordedEvent[]> {
    // Without a position, only the first event of the log is asked for.
    if (after !== undefined) {
      this.#events.emit('asked');
      await this.#released;
    }
    yield* this.store.readAll(category, after);
  }

  release(): void {
    this.#events.emit('released');
  }
}

/** A store that records, each time it is read, how far a projection has come in the present file. */
class Watching extends StoreDouble {
  readonly seen: unknown[] = [];
  readonly #directory: string;

  constructor(store: EventStore, directory: string) {
    super(store);
    this.#directory = directory;
  }

  override async *readAll(category: Category, after?: number): AsyncGenerator<RecordedEvent[]> {
    const present = new Database(join(this.#directory, 'projections.db'), { readonly: true });
    this.seen.push(positionsIn(present, 'main').get('history_5'));
    present.close();
    yield* this.store.readAll(category, after);
  }
}

it('repairs also what a server has copied before, and puts in place meanwhile', async () => {
  const { directory, store } = await filledDirectory();
  const expected = contentsOf(directory);
  const present = new Database(join(directory, 'projections.db'));
  cleanUpLater(() => present.close());
  present.exec("UPDATE history_5 SET actor = 'nobody'");
  const held = new Held(store);
  const filling = fill([request(directory, 'projections.db', ['transparency_3'])], {
    directory,
    store: held,
    make,
    log: silent,
  });
  await held.asked;
  const wrong = [{ file: 'projections.db', projection: 'history_5' }];
  const watching = new Watching(store, directory);
  const repaired = repair(wrong, { directory, store: watching, make, log: silent });
  const positions = new PositionTable(present);
  while (positions.read('history_5')) await delay(5);
  held.release();
  expect((await filling).failures).toEqual([]);
  await repaired;
  // Nothing is answered from them meanwhile.
  expect(watching.seen.length).toBeGreaterThan(0);
  expect(watching.seen.filter((saved) => saved !== undefined)).toEqual([]);
  expect(contentsOf(directory)).toEqual(expected);
});
