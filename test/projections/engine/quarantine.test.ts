import { join } from 'node:path';
import { Pseudonyms } from '../../../src/domain/analytics/pseudonyms.js';
import { UnreadableStream } from '../../../src/domain/keys/refusals.js';
import { ActivityProjection } from '../../../src/projections/analytics/activity.js';
import { digestOf } from '../../../src/projections/engine/digest.js';
import type { Projection } from '../../../src/projections/engine/projection.js';
import { KeysProjection } from '../../../src/projections/keys/keys.js';
import { TransparencyProjection } from '../../../src/projections/transparency/transparency.js';
import Database from '../../../src/shared/sqlite.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { collect } from '../../support/events.js';
import { damage, FAULTS } from '../../support/faults.js';
import { record } from '../../support/histories.js';
import { created, deleted, disabled, enabled, expirySet, id, START } from '../../support/specification.js';

const pseudonyms = new Pseudonyms(Buffer.alloc(32));
const BROKEN = [created('a'), created('b', { idempotencyKey: 'r' }), deleted('a'), created('c'), expirySet('b', START + 5000)];

/** A log in which two accounts take turns. */
async function openLog() {
  const directory = temporaryDirectory();
  const store = new SqliteEventStore(join(directory, 'events.db'));
  for (const [version, event] of BROKEN.entries()) {
    await record(store, 'broken', [event], version);
    await record(
      store,
      'whole',
      [version % 2 === 0 ? created('x', { keyId: id(`${version}`) }) : deleted(`${version - 1}`)],
      version,
    );
  }
  return { directory, store };
}

/** `keys` is the rest of the name of its table that has a row for each key. */
const projections: [name: string, make: (database: Database.Database) => Projection, keys: string][] = [
  ['keys', (database) => new KeysProjection(database), ''],
  ['activity', (database) => new ActivityProjection(database, pseudonyms), '_keys'],
];

function filled<P extends Projection>(make: (database: Database.Database) => P) {
  const database = new Database(':memory:');
  const projection = make(database);
  return { projection, digest: () => digestOf(database, projection.name), database };
}

describe.each(projections)('%s', (_name, make, keys) => {
  describe.each(Object.keys(FAULTS))('at %s', (fault) => {
    async function broken(version: number) {
      const { directory, store } = await openLog();
      const whole = filled(make);
      whole.projection.apply(await collect(store.readAll('apiKeys')));
      const restore = damage(directory, 'broken', version, fault);
      return { store, restore, whole };
    }

    it.each([1, 2, 3])(
      'sets the account apart from version %i on, tells of it once, and goes on with others',
      async (version) => {
        const { store, restore, whole } = await broken(version);
        const { projection, digest } = filled(make);
        const events = await collect(store.readAll('apiKeys'));
        const unread = events.flatMap((event) => projection.apply([event]));
        expect(unread).toEqual([
          expect.objectContaining({ reason: expect.stringMatching(/cannot be read|should have version/) }),
        ]);
        expect(projection.quarantine?.all()).toEqual([
          { stream: 'apiKeys-broken', version: version - 1, head: BROKEN.length, reason: unread[0]?.reason },
        ]);
        const atOnce = filled(make);
        expect(atOnce.projection.apply(events)).toEqual(unread);
        expect(atOnce.digest()).toBe(digest());

        restore();
        for await (const page of store.read('apiKeys-broken', version - 1)) {
          for (const [index, event] of page.entries()) {
            expect(projection.mend?.('broken', [event])).toBe(index === page.length - 1);
          }
        }
        expect(projection.quarantine?.isEmpty()).toBe(true);
        expect(digest()).toBe(whole.digest());
        await store.close();
      },
    );

    it('changes nothing where it comes after the events were projected', async () => {
      const { store, whole } = await broken(1);
      const before = whole.digest();
      expect(whole.projection.apply([])).toEqual([]);
      await record(store, 'broken', [deleted('b')], BROKEN.length);
      const added = (await collect(store.read('apiKeys-broken', BROKEN.length))) ?? [];
      expect(whole.projection.apply(added)).toEqual([]);
      expect(whole.digest()).not.toBe(before);
      expect(whole.projection.quarantine?.isEmpty()).toBe(true);
      await store.close();
    });
  });

  it('does not end a quarantine by events that leave one out', async () => {
    const { directory, store } = await openLog();
    damage(directory, 'broken', 2, 'an event that is missing');
    const { projection, digest } = filled(make);
    projection.apply(await collect(store.readAll('apiKeys')));
    const before = digest();
    const rest = await collect(store.read('apiKeys-broken', 2));
    expect(() => projection.mend?.('broken', rest)).toThrow(UnreadableStream);
    expect(digest()).toBe(before);
    await store.close();
  });

  it('waits for the events that it was given meanwhile before it ends a quarantine', async () => {
    const { directory, store } = await openLog();
    const restore = damage(directory, 'broken', 2, 'torn data');
    const { projection } = filled(make);
    projection.apply(await collect(store.readAll('apiKeys')));
    restore();
    const read = await collect(store.read('apiKeys-broken', 1));
    await record(store, 'broken', [deleted('b')], BROKEN.length);
    const last = await collect(store.read('apiKeys-broken', BROKEN.length));
    expect(projection.apply(last)).toEqual([]);
    expect(projection.mend?.('broken', read)).toBe(false);
    expect(projection.mend?.('broken', last)).toBe(true);
    await store.close();
  });

  it('sets an account apart that repeats a version or creates a key twice', async () => {
    const { store } = await openLog();
    const { projection } = filled(make);
    const events = await collect(store.readAll('apiKeys'));
    projection.apply(events);
    expect(projection.apply(events.slice(0, 1))).toHaveLength(1);
    await record(store, 'thief', [created('a')]);
    expect(projection.apply(await collect(store.read('apiKeys-thief')))).toHaveLength(1);
    expect(
      projection.quarantine
        ?.all()
        .map(({ stream }) => stream)
        .sort(),
    ).toEqual(['apiKeys-broken', 'apiKeys-thief']);
    await store.close();
  });

  it('sets an account apart that creates a key again while it holds it, and writes nothing of that', async () => {
    const { store } = await openLog();
    const { projection, database } = filled(make);
    projection.apply(await collect(store.readAll('apiKeys')));
    const count = () => database.prepare(`SELECT count(*) FROM ${projection.name}${keys}`).pluck().get();
    const before = count();
    await record(store, 'broken', [created('b')], BROKEN.length);
    expect(projection.apply(await collect(store.read('apiKeys-broken', BROKEN.length)))).toHaveLength(1);
    expect(count()).toBe(before);
    await store.close();
  });
});

it.each([deleted('a'), disabled('a'), enabled('a'), expirySet('a', START + 9000)])(
  'counts nothing in activity when a deleted key gets the event $type',
  async (event) => {
    const { store } = await openLog();
    const { projection, database } = filled((made) => new ActivityProjection(made, pseudonyms));
    projection.apply(await collect(store.readAll('apiKeys')));
    const counts = () =>
      ['', '_quarters', '_keys'].map((table) => database.prepare(`SELECT * FROM ${projection.name}${table}`).all());
    const before = counts();
    await record(store, 'broken', [event], BROKEN.length);
    expect(projection.apply(await collect(store.read('apiKeys-broken', BROKEN.length)))).toEqual([]);
    expect(counts()).toEqual(before);
    await store.close();
  },
);

describe('keys of an account in quarantine', () => {
  async function openBroken() {
    const { directory, store } = await openLog();
    damage(directory, 'broken', 2, 'torn data');
    const { projection, database } = filled((database) => new KeysProjection(database));
    projection.apply(await collect(store.readAll('apiKeys')));
    await store.close();
    return { projection, database };
  }

  it('are marked in the row that verification looks at, as long as they are held', async () => {
    const { database } = await openBroken();
    const rows = database.prepare('SELECT keyId, quarantined FROM keys_5 WHERE account = ?').all('broken');
    expect(rows).toEqual([{ keyId: id('a'), quarantined: 1 }]);
    expect(database.prepare('SELECT DISTINCT quarantined FROM keys_5 WHERE account = ?').all('whole')).toEqual([
      { quarantined: 0 },
    ]);
  });

  it('are found by their secrets and ids as far as any event tells of them', async () => {
    const { projection } = await openBroken();
    const hashOf = (letter: string) => letter.charCodeAt(0).toString(16).repeat(32);
    for (const letter of ['a', 'c']) {
      expect(projection.keyWithHash(hashOf(letter))).toEqual({ keyId: id(letter), account: 'broken' });
      expect(projection.accountOfKey(id(letter))).toBe('broken');
    }
  });
});

describe('the Merkle tree', () => {
  it.each(Object.keys(FAULTS))('has an event for its leaf or says that it lacks one: %s', async (fault) => {
    const { directory, store } = await openLog();
    const restore = damage(directory, 'broken', 2, fault);
    const { projection, database } = filled((database) => new TransparencyProjection(database));
    const stored = await collect(store.readAll('apiKeys'));
    const unread = projection.apply(stored);
    const hasLeaf = /unknown|another/.test(fault);
    if (hasLeaf) {
      expect(unread).toEqual([]);
      expect(projection.size()).toBe(stored.length);
      expect(() => projection.requireComplete()).not.toThrow();
      return;
    }
    expect(unread).toHaveLength(1);
    const size = projection.size();
    expect(size).toBeLessThan(stored.length);
    expect(() => projection.requireComplete()).toThrow(/lacks events/);
    expect(projection.apply(stored.slice(size + 1))).toEqual([]);
    expect(projection.size()).toBe(size);
    restore();
    expect(projection.mend('broken', await collect(store.read('apiKeys-broken', 1)))).toBe(true);
    projection.clear();
    projection.apply(await collect(store.readAll('apiKeys')));
    expect(projection.size()).toBe(2 * BROKEN.length);
    expect(() => projection.requireComplete()).not.toThrow();
    database.close();
    await store.close();
  });

  it('keeps the leaves that it has when their events are gone', async () => {
    const { directory, store } = await openLog();
    const { projection } = filled((database) => new TransparencyProjection(database));
    const events = await collect(store.readAll('apiKeys'));
    projection.apply(events);
    const root = projection.root(events.length);
    for (const version of [1, 2]) damage(directory, 'broken', version, 'an event that is missing');
    await record(store, 'broken', [deleted('b')], BROKEN.length);
    expect(projection.apply(await collect(store.read('apiKeys-broken', BROKEN.length)))).toEqual([]);
    expect(projection.root(events.length)).toEqual(root);
    expect(projection.size()).toBe(events.length + 1);
    await store.close();
  });
});
