import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NotCaughtUp } from '../../../src/projections/engine/caught-up.js';
import { fill } from '../../../src/projections/engine/fill.js';
import { firstEvent, PositionTable } from '../../../src/projections/engine/position.js';
import type { Projection } from '../../../src/projections/engine/projection.js';
import { ProjectionRunner } from '../../../src/projections/engine/runner.js';
import { Successor } from '../../../src/projections/engine/successor.js';
import Database from '../../../src/shared/sqlite.js';
import type { Category, EventStore, FollowedPage } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { cleanUpLater, temporaryDirectory } from '../../support/cleanup.js';
import { contentsOf, filledDirectory, make, request } from '../../support/filled-directory.js';
import { PROJECTION_FILES, type ProjectionFile } from '../../support/projection-files.js';
import { StoreDouble } from '../../support/store-doubles.js';
import { recordTouchingHistory } from '../../support/touching-history.js';

const silent = { info() {}, warn() {}, error() {} };

/** A store whose followers learn of no event until it is released. */
class Late extends StoreDouble {
  release: () => void = () => {};
  readonly #released = new Promise<void>((resolve) => {
    this.release = resolve;
  });

  override async *follow(category: Category, after: number, signal: AbortSignal): AsyncIterable<FollowedPage> {
    for await (const page of this.store.follow(category, after, signal)) {
      if (page.events.length > 0) await this.#released;
      yield page;
    }
  }
}

/** Follows with every projection of the file. */
async function followWithAll(database: Database.Database, file: ProjectionFile, store: EventStore) {
  const runners = Object.values<Projection>(make(file)(database)).map((projection) => {
    return new ProjectionRunner({ database, store, projection, log: silent });
  });
  for (const runner of runners) runner.start();
  await Promise.all(runners.map((runner) => runner.caughtUp));
  return runners;
}

function open(directory: string, file: ProjectionFile): Database.Database {
  const database = new Database(join(directory, file));
  database.pragma('journal_mode = WAL');
  cleanUpLater(() => database.close());
  return database;
}

/** A store whose streams are read, as those do who recognise the log, while somebody gives the tables up. */
class Meanwhile extends StoreDouble {
  readonly #present: Database.Database;

  constructor(store: EventStore, present: Database.Database) {
    super(store);
    this.#present = present;
  }

  override read(stream: string, after?: number, signal?: AbortSignal) {
    new PositionTable(this.#present).forgetAll();
    return super.read(stream, after, signal);
  }
}

describe('tables of projections that somebody has given up', () => {
  it.each(PROJECTION_FILES)('get no event twice from a process that has seen none yet: %s', async (file) => {
    const directory = temporaryDirectory();
    const store = new SqliteEventStore(join(directory, 'events.db'));
    cleanUpLater(() => store.close());
    const late = new Late(store);
    const runners = await followWithAll(open(directory, file), file, late);
    await recordTouchingHistory(store);
    const others = open(directory, file);
    for (const other of await followWithAll(others, file, store)) await other.stop();
    const expected = contentsOf(directory, [file]);
    new PositionTable(others).forgetAll();
    for (const runner of runners) expect(() => runner.filled()).toThrow(NotCaughtUp);
    late.release();
    for (const runner of runners) while (runner.status().age === undefined) await delay(5);
    for (const runner of runners) await runner.stop();
    expect(contentsOf(directory, [file])).toEqual(expected);
  });

  it.each(PROJECTION_FILES)('do not take the place of others, and get no event twice for that: %s', async (file) => {
    const { directory, store } = await filledDirectory();
    const present = open(directory, file);
    const projections = Object.values<Projection>(make(file)(present));
    const successor = new Successor(present, projections, present);
    await successor.requireFit({ store, first: await firstEvent(store) });
    new PositionTable(present).forgetAll();
    expect(() => successor.late()).toThrow('they are to be filled again');
  });

  it.each(PROJECTION_FILES)('are not taken over by a new file that is filled, which holds all the same: %s', async (file) => {
    const { directory, store } = await filledDirectory();
    const expected = contentsOf(directory, [file]);
    const meanwhile = new Meanwhile(store, open(directory, file));
    const options = { directory, store: meanwhile, make, log: silent };
    expect((await fill([request(directory, file)], options)).failures).toEqual([]);
    expect(contentsOf(directory, [file])).toEqual(expected);
  });

  it.each(PROJECTION_FILES)('are not brought to the end of the log: %s', async (file) => {
    const { directory, store } = await filledDirectory();
    const present = open(directory, file);
    const [before] = contentsOf(directory, [file]);
    const meanwhile = new Meanwhile(store, present);
    const options = { directory, store: meanwhile, make, log: silent };
    const { failures } = await fill([{ ...request(directory, file), inPlace: true }], options);
    expect(failures).toMatchObject([{ file, reason: expect.stringContaining('given up') }]);
    expect(contentsOf(directory, [file])).toMatchObject([{ digests: before?.digests, positions: [] }]);
  });

  it.each(PROJECTION_FILES)('are not those that another process fills for the first time at this moment: %s', async (file) => {
    const { directory } = await filledDirectory();
    const filled = open(directory, file);
    const [{ name } = { name: '' }] = Object.values<Projection>(make(file)(filled));
    class JustFilled extends PositionTable {
      #looks = 0;

      override read(projection: string) {
        this.#looks += 1;
        return this.#looks === 1 ? undefined : super.read(projection);
      }
    }
    const { position } = new PositionTable(filled).read(name) ?? {};
    expect(position).toBeGreaterThan(0);
    expect(new JustFilled(filled).filledTo(name)).toBe(position);
  });
});
