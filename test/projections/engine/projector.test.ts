import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { auditProjections } from '../../../src/projections/all-projections.js';
import { digestOf } from '../../../src/projections/engine/digest.js';
import type { LeftOut } from '../../../src/projections/engine/file-in-filling.js';
import { Generations } from '../../../src/projections/engine/generations.js';
import { firstEvent } from '../../../src/projections/engine/position.js';
import { Projecting } from '../../../src/projections/engine/projecting.js';
import { MANY, type Projector, type ProjectRequest } from '../../../src/projections/engine/projector.js';
import { repair } from '../../../src/projections/engine/repair.js';
import { ReplaceableFile } from '../../../src/projections/engine/replaceable-file.js';
import { ProjectionRunner } from '../../../src/projections/engine/runner.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { cleanUpLater, temporaryDirectory } from '../../support/cleanup.js';
import { head } from '../../support/events.js';
import { make } from '../../support/filled-directory.js';
import { record, recordPlaces } from '../../support/histories.js';
import { created } from '../../support/specification.js';

const silent = { info() {}, warn() {}, error() {} };

const FILE = 'projections.db';

/** A runner of the history that has caught up with a log of one event, and may have events applied elsewhere. */
async function follow(elsewhere: (projecting: Projecting, request: ProjectRequest) => Promise<LeftOut[]>) {
  const directory = temporaryDirectory();
  const store = new SqliteEventStore(join(directory, 'events.db'));
  await record(store, 'first', [created('first')]);
  const projecting = new Projecting({ directory, store, make, log: silent });
  const requests: ProjectRequest[] = [];
  const projector: Projector = {
    project(request) {
      requests.push(request);
      return elsewhere(projecting, request);
    },
  };
  const fill = () => Promise.reject(new Error('Nothing is filled here.'));
  const file = await ReplaceableFile.open({ directory, name: FILE, make: auditProjections, log: silent, fill });
  const { database, projections } = file.opened;
  const seen: number[] = [];
  const runner = new ProjectionRunner({
    database,
    file,
    store,
    projection: projections.history,
    log: silent,
    projector,
    onProjected: (events) => seen.push(...events.map(({ position }) => position)),
  });
  runner.start();
  await runner.caughtUp;
  cleanUpLater(async () => {
    await runner.stop();
    projecting.close();
    file.close();
    await store.close();
  });
  return { directory, store, file, database, runner, requests, seen };
}

const places = Array.from({ length: 2 * MANY }, (_, index) => `account-${index % 7}`);

const nothing: Parameters<typeof follow>[0] = async () => [];
const all: Parameters<typeof follow>[0] = (projecting, request) => projecting.project([request]);
const some: Parameters<typeof follow>[0] = (projecting, request) =>
  projecting.project([{ ...request, upTo: request.upTo - MANY / 2 }]);

it.each([
  ['nothing', nothing],
  ['all', all],
  ['some', some],
])('ends with the same tables if %s of many events are applied elsewhere', async (_what, elsewhere) => {
  const { directory, store, database, runner, requests, seen } = await follow(elsewhere);
  await recordPlaces(store, places);
  await runner.readsOn();
  const end = await head(store);
  expect(requests).toEqual([
    {
      file: FILE,
      seen: new Generations(directory, FILE).present(),
      projection: 'history_5',
      upTo: end,
      first: await firstEvent(store),
    },
  ]);
  expect(runner.status()).toMatchObject({ position: end, failure: undefined });
  expect(seen).toEqual(Array.from({ length: end }, (_, index) => index + 1));
  const { database: expected } = await fresh(store);
  expect(digestOf(database, 'history_5')).toBe(digestOf(expected, 'history_5'));
});

/** The tables of a runner that has applied everything itself. */
async function fresh(store: SqliteEventStore) {
  const file = await ReplaceableFile.open({
    directory: temporaryDirectory(),
    name: FILE,
    make: auditProjections,
    log: silent,
    fill: () => Promise.reject(new Error('Nothing is filled here.')),
  });
  const { database, projections } = file.opened;
  const runner = new ProjectionRunner({ database, store, projection: projections.history, log: silent });
  runner.start();
  await runner.caughtUp;
  await runner.stop();
  cleanUpLater(() => file.close());
  return { database };
}

it('applies few events itself', async () => {
  const { store, runner, requests } = await follow(nothing);
  await recordPlaces(store, places.slice(0, MANY - 1));
  await runner.readsOn();
  expect(requests).toEqual([]);
});

it('counts what was left out elsewhere', async () => {
  const { store, runner } = await follow(async () => [
    { projection: 'history_5', events: 3, ofAll: false },
    { projection: 'reads_3', events: 5, ofAll: false },
  ]);
  await recordPlaces(store, places);
  await runner.readsOn();
  expect(runner.status().leftOut).toBe(3);
});

it('names the file that is in use, whichever that is, and none while others stand in for its tables', async () => {
  const { directory, store, file } = await follow(nothing);
  const generations = new Generations(directory, FILE);
  const first = generations.present();
  expect(file.inUse).toEqual({ file: FILE, seen: first });
  await repair([{ file: FILE, projection: 'history_5' }], { directory, store, make, log: silent });
  expect(generations.present()).not.toBe(first);
  for (let place = 0; file.inUse?.seen === first; place += 1) {
    await record(store, `another-${place}`, [created(`another-${place}`)]);
    await delay(5);
  }
  expect(file.inUse).toEqual({ file: FILE, seen: generations.present() });
  file.lose(new Error('The file is damaged.'));
  expect(file.inUse).toBeUndefined();
});
