import { newKeyMaterial } from '../../../src/domain/keys/secret.js';
import { NotCaughtUp } from '../../../src/projections/engine/caught-up.js';
import { PositionTable } from '../../../src/projections/engine/position.js';
import { KeySearch } from '../../../src/projections/keys/key-search.js';
import { KeysProjection } from '../../../src/projections/keys/keys.js';
import Database from '../../../src/shared/sqlite.js';
import { type Category, type RecordedEvent, StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../../src/store/streams.js';
import { newAccount } from '../../support/cleanup.js';
import { newEvent } from '../../support/events.js';
import { record } from '../../support/histories.js';
import { created } from '../../support/specification.js';
import { StoreDouble } from '../../support/store-doubles.js';

/** A store whose reads of a category can be held back: they return later what the log held when they began. */
class HeldReads extends StoreDouble {
  held = false;
  /** How many reads have begun. */
  begun = 0;
  #news: () => void = () => {};
  readonly #release: (() => void)[] = [];

  /** Resolves once that many reads have begun. */
  async reads(count: number): Promise<void> {
    while (this.begun < count) {
      await new Promise<void>((resolve) => {
        this.#news = resolve;
      });
    }
  }

  release(): void {
    this.held = false;
    for (const go of this.#release.splice(0)) go();
  }

  override async *readAll(category: Category, after?: number): AsyncGenerator<RecordedEvent[]> {
    const pages: RecordedEvent[][] = [];
    for await (const page of this.store.readAll(category, after)) pages.push(page);
    this.begun += 1;
    this.#news();
    if (this.held) await new Promise<void>((resolve) => this.#release.push(resolve));
    yield* pages;
  }
}

interface MadeKey {
  keyId: string;
  account: string;
  secret: string;
}

function openSearch() {
  const log = new SqliteEventStore(':memory:');
  const store = new HeldReads(log);
  const database = new Database(':memory:');
  const keys = new KeysProjection(database);
  const progress = new PositionTable(database);
  const project = async () => {
    for await (const events of log.readAll('apiKeys', progress.read(keys.name)?.position)) {
      keys.apply(events);
      progress.save(keys, { store: log, first: undefined }, events);
    }
  };
  const makeKey = async (): Promise<MadeKey> => {
    const { secret, ...material } = newKeyMaterial();
    const account = newAccount();
    await record(log, account, [created('a', material)]);
    return { keyId: material.keyId, account, secret };
  };
  const deleteKey = ({ account, keyId }: MadeKey) =>
    record(log, account, [{ type: 'KeyDeleted', data: { keyId, reason: 'REQUESTED' } }], 1);
  const empty = () => {
    keys.clear();
    progress.forget(keys.name);
  };
  return { log, store, search: new KeySearch({ database, store, keys }), project, makeKey, deleteKey, empty };
}

const found = ({ keyId, account }: MadeKey) => ({ keyId, account });

it('finds a key in the tables, a key that they do not hold yet, and none that they know to be deleted', async () => {
  const { search, makeKey, deleteKey, project } = openSearch();
  const [projected, deleted] = [await makeKey(), await makeKey()];
  await deleteKey(deleted);
  await project();
  const late = await makeKey();
  const secrets = [projected, deleted, late].map(({ secret }) => secret);
  expect(await search.find([...secrets, newKeyMaterial().secret])).toEqual([projected, late].map(found));
});

it('finds keys also where an event cannot be read, and that of an event that tells nothing else', async () => {
  const { log, search, makeKey } = openSearch();
  const { secret, secretHash, keyId } = newKeyMaterial();
  const account = newAccount();
  const event = { ...newEvent(), type: 'KeyMade', schemaVersion: 9, data: { keyId, secretHash, more: 1 } };
  await log.append(streamOf('apiKeys', account), 0, [event, { ...newEvent(), data: {} }]);
  const key = await makeKey();
  expect(await search.find([key.secret, secret])).toEqual([found(key), { keyId, account }]);
});

it('finds a key that comes into the tables while the log is read', async () => {
  const { store, search, makeKey, project } = openSearch();
  const key = await makeKey();
  store.held = true;
  const asked = search.find([key.secret]);
  await store.reads(1);
  await project();
  store.release();
  expect(await asked).toEqual([found(key)]);
});

it('reads the log once for all who were waiting when the read began, and again for who comes later', async () => {
  const { store, search, makeKey } = openSearch();
  const first = await makeKey();
  store.held = true;
  const early = search.find([first.secret]);
  await store.reads(1);
  // The read under way does not return these keys.
  const later = await Promise.all(Array.from({ length: 20 }, makeKey));
  const waiting = later.map(({ secret }) => search.find([secret, first.secret]));
  store.release();
  expect(await early).toEqual([found(first)]);
  expect(await Promise.all(waiting)).toEqual(later.map((key) => [found(key), found(first)]));
  expect(store.begun).toBe(2);
});

it('fails for those who were waiting where the log cannot be read, and not for who comes later', async () => {
  const { store, search, makeKey } = openSearch();
  const key = await makeKey();
  const readAll = store.readAll.bind(store);
  store.readAll = () => {
    throw new StoreUnavailable();
  };
  const waiting = [search.find([key.secret]), search.find([key.secret])];
  for (const each of waiting) await expect(each).rejects.toThrow(StoreUnavailable);
  store.readAll = readAll;
  expect(await search.find([key.secret])).toEqual([found(key)]);
});

it('never takes tables that were emptied meanwhile for all that there is', async () => {
  const { store, search, makeKey, project, empty } = openSearch();
  const key = await makeKey();
  await project();
  store.held = true;
  const asked = search.find([key.secret]);
  await store.reads(1);
  empty();
  store.release();
  await expect(asked).rejects.toThrow(NotCaughtUp);
});
