import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { newKeyMaterial } from '../../../src/domain/keys/secret.js';
import Database from '../../../src/shared/sqlite.js';
import {
  type Category,
  type EventStore,
  type FollowedPage,
  type NewEvent,
  type RecordedEvent,
  type ServerClock,
  StoreUnavailable,
} from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { markMoved, sealLog } from '../../../src/store/sqlite/sqlite-seal.js';
import { cleanUpLater, newAccount, SHORT_DEADLINE, temporaryDirectory } from '../../support/cleanup.js';
import { newEvent } from '../../support/events.js';
import { describeOwnEsdb, ownServer } from '../../support/eventstoredb.js';
import type { EventStoreDbServer } from '../../support/eventstoredb-server.js';
import { scrape } from '../../support/exposition.js';
import { ask, bearer } from '../../support/http.js';
import { fileOf } from '../../support/projection-files.js';
import { PROJECTIONS, type ProjectionName, type Readiness, readinessOf, untilFilled } from '../../support/readiness.js';
import { StoreDouble } from '../../support/store-doubles.js';
import { openWorld, type World, type WorldOptions } from '../../support/world.js';

const SHORT = { KEYLEDGER_STALENESS: '1s', ...SHORT_DEADLINE };
const LONG = { KEYLEDGER_STALENESS: '5m', ...SHORT_DEADLINE };

/** Text of a failure that only the log may contain. */
const RAW = 'raw words of /a/path/that/is/nobodys/business';

/** A store that can be unavailable to everybody. */
class Outage extends StoreDouble {
  error: Error | undefined;

  override async *read(...given: Parameters<EventStore['read']>): AsyncGenerator<RecordedEvent[]> {
    this.#reach();
    yield* this.store.read(...given);
  }

  override async *follow(category: Category, after: number, signal: AbortSignal): AsyncGenerator<FollowedPage> {
    this.#reach();
    for await (const page of this.store.follow(category, after, signal)) {
      this.#reach();
      yield page;
    }
  }

  override async append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number> {
    this.#reach();
    return this.store.append(stream, version, events, signal);
  }

  #reach(): void {
    if (this.error) throw this.error;
  }
}

/** A store that can be read but not written: its disk is full. */
class FullDisk extends StoreDouble {
  isFull = false;

  override async append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number> {
    if (this.isFull) throw new StoreUnavailable();
    return this.store.append(stream, version, events, signal);
  }
}

/** A store whose server has a clock that is an hour ahead. */
class AheadOfUs extends StoreDouble {
  readonly serverClock: ServerClock = {
    ask: async () => ({ time: Date.now() + 3_600_000, at: performance.now(), uncertainty: 0 }),
    onAppended() {},
  };
}

const inMemory = () => new SqliteEventStore(':memory:');

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await delay(25);
}

const untilBody = (world: World, holds: (body: Readiness) => boolean) =>
  until(async () => holds((await readinessOf(world)).body));

/** The answer of `/v1/verify` to an unknown credential: 401 if it answers, otherwise the reason. */
async function verifyOf({ url }: World): Promise<{ answers: boolean; code: string | undefined }> {
  const { status, body } = await ask(`${url}/v1/verify`, { headers: bearer(newKeyMaterial().secret) });
  return { answers: status === 401, code: status === 401 ? undefined : JSON.parse(body).code };
}

/** Both at the same time. A pair is ignored if the state changed meanwhile. */
async function bothOf(world: World) {
  for (;;) {
    const before = await readinessOf(world);
    const verify = await verifyOf(world);
    const ready = await readinessOf(world);
    if (before.status === ready.status && before.body.verification.code === ready.body.verification.code)
      return { verify, ready };
  }
}

/** The code with which a change is refused; undefined if it is made. */
async function refusalOf(world: World): Promise<string | undefined> {
  const { errors } = await (await world.client({})).send('mutation { createKey(input: { name: "a key" }) { __typename } }');
  return errors?.[0]?.extensions?.code;
}

/** Expects this readiness, and that verification, changes and `/metrics` agree with it; no error is repeated. */
async function expectState(world: World, expected: { verification?: string; mutations?: string }): Promise<Readiness> {
  const { verify, ready } = await bothOf(world);
  const { verification, mutations, projections } = ready.body;
  expect(verify).toEqual({ answers: expected.verification === undefined, code: expected.verification });
  expect(ready.status).toBe(verify.answers ? 200 : 503);
  expect(ready.body.status).toBe(verify.answers ? 'ok' : 'unavailable');
  expect(verification).toEqual({ ready: verify.answers, ...(verify.code && { code: verify.code }) });
  const { mutations: code } = expected;
  expect(await refusalOf(world)).toBe(code);
  expect(mutations).toEqual({ possible: code === undefined, ...(code && { code }) });
  const gauge = (await scrape(world)).find(({ name }) => name === 'keyledger_mutations_possible');
  expect(gauge?.samples).toMatchObject([{ labels: { code: code ?? 'none' }, value: code ? 0 : 1 }]);
  expect(Object.keys(projections)).toEqual([...PROJECTIONS]);
  expect(JSON.stringify(ready.body)).not.toMatch(/raw words|path|SQLITE/);
  return ready.body;
}

/** Stops one projection at its next event. */
function stop(dataDirectory: string, name: ProjectionName): void {
  const file = join(dataDirectory, fileOf(name));
  const database = new Database(file);
  cleanUpLater(() => database.close());
  for (const change of ['INSERT', 'UPDATE']) {
    database.exec(`CREATE TRIGGER stop_${name}_${change} BEFORE ${change} ON positions_1
      WHEN NEW.projection GLOB '${name}_[0-9]*' BEGIN SELECT RAISE(ABORT, '${RAW}'); END`);
  }
}

/** Asks until verification answers or refuses for good. Readiness and verification must never differ. */
async function agreesUntilReady(world: World): Promise<void> {
  for (;;) {
    const { verify, ready } = await bothOf(world);
    expect(ready.status).toBe(verify.answers ? 200 : 503);
    expect(ready.body.verification.code).toBe(verify.code);
    if (verify.answers || verify.code !== 'NOT_READY') return;
    await delay(5);
  }
}

/** Appends an event of each category. */
async function appendOfEach(store: EventStore): Promise<void> {
  await store.append(`apiKeys-${newAccount()}`, 0, [newEvent()]);
  for (const category of ['apiKeyUsage', 'apiKeyReads'])
    await store.append(`${category}-${randomUUID()}`, 0, [{ ...newEvent(), type: 'Unheard' }]);
}

/** A world over a file, and a store with which a test can write to the same file. */
async function openOnFile(options: WorldOptions = {}) {
  const dataDirectory = temporaryDirectory();
  const file = join(dataDirectory, 'events.db');
  const store = new SqliteEventStore(file);
  const world = await openWorld({ dataDirectory, store, ...options });
  await untilFilled(world);
  return { world, store, file, dataDirectory };
}

it('is 503 while the keys are read for the first time, as verification is, and 200 from then on', async () => {
  const store = new Outage(inMemory());
  store.error = new StoreUnavailable();
  const world = await openWorld({ store, env: LONG, unready: true });
  const body = await expectState(world, { verification: 'NOT_READY', mutations: 'NOT_READY' });
  expect(body.projections.keys).toMatchObject({ position: 0 });
  expect(body.projections.keys).not.toHaveProperty('behind');
  store.error = undefined;
  await untilFilled(world);
  const filled = await expectState(world, {});
  for (const projection of Object.values(filled.projections))
    expect(projection).toEqual({ position: expect.any(Number), behind: expect.any(Number), state: 'ok' });
});

it('is 503 over a log that cannot be read, as verification is, and does not say in what words', async () => {
  const store = new Outage(inMemory());
  store.error = new Error(RAW);
  const world = await openWorld({ store, env: LONG, unready: true });
  await untilBody(world, ({ projections }) => projections.keys?.state === 'failing');
  const { projections } = await expectState(world, { verification: 'NOT_READY', mutations: 'NOT_READY' });
  expect(projections.keys).toEqual({ position: 0, state: 'failing', code: 'INTERNAL_SERVER_ERROR' });
  expect(world.log()).toContain(RAW);
});

it('is as verification is over another log than the one that the tables were filled from', async () => {
  const { world, store, dataDirectory } = await openOnFile({ env: LONG });
  await appendOfEach(store);
  await untilBody(world, ({ projections }) => Object.values(projections).every(({ position }) => position > 0));
  await world.stop();
  const other = new Outage(inMemory());
  await appendOfEach(other);
  other.error = new StoreUnavailable();
  const again = await openWorld({ dataDirectory, store: other, env: LONG, unready: true });
  await expectState(again, { verification: 'NOT_READY', mutations: 'NOT_READY' });
  other.error = undefined;
  await agreesUntilReady(again);
});

it('stays 200 while the store is out of reach for less than verification bears, and says that changes are not possible', async () => {
  const store = new Outage(inMemory());
  const world = await openWorld({ store, env: LONG });
  store.error = new StoreUnavailable();
  await untilBody(world, ({ mutations }) => !mutations.possible);
  const { projections } = await expectState(world, { mutations: 'STORE_UNAVAILABLE' });
  expect(projections.keys).toMatchObject({ state: 'failing', code: 'STORE_UNAVAILABLE' });
  store.error = undefined;
  await untilBody(world, ({ projections }) => projections.keys?.state === 'ok');
  // The failure is known from the feed and from appends.
  expect(await refusalOf(world)).toBeUndefined();
  await expectState(world, {});
});

it('is 503 once the store was out of reach for longer, as verification is', async () => {
  const store = new Outage(inMemory());
  const world = await openWorld({ store, env: SHORT });
  store.error = new StoreUnavailable();
  await untilBody(world, ({ verification, mutations }) => !verification.ready && !mutations.possible);
  await expectState(world, { verification: 'STALE', mutations: 'STORE_UNAVAILABLE' });
});

it('stays 200 while the store takes no appends, and says that changes are not possible', async () => {
  const store = new FullDisk(inMemory());
  const world = await openWorld({ store, env: LONG });
  store.isFull = true;
  expect(await refusalOf(world)).toBe('STORE_UNAVAILABLE');
  await expectState(world, { mutations: 'STORE_UNAVAILABLE' });
  store.isFull = false;
  expect(await refusalOf(world)).toBeUndefined();
  await expectState(world, {});
});

it.each(PROJECTIONS.filter((name) => name !== 'keys'))('stays 200 while %s stands still, and says so', async (name) => {
  const { world, store, dataDirectory } = await openOnFile({ env: LONG });
  stop(dataDirectory, name);
  await appendOfEach(store);
  await untilBody(world, ({ projections }) => projections[name]?.state === 'failing');
  const { projections } = await expectState(world, {});
  expect(projections[name]).toMatchObject({ state: 'failing', code: 'INTERNAL_SERVER_ERROR' });
  expect(projections.keys).toMatchObject({ state: 'ok' });
});

it('is 503 while the keys stand still, as verification is; changes are possible all the same', async () => {
  const { world, store, dataDirectory } = await openOnFile({ env: SHORT });
  stop(dataDirectory, 'keys');
  await appendOfEach(store);
  await until(async () => !(await verifyOf(world)).answers);
  await expectState(world, { verification: 'STALE' });
});

it('stays 200 with events of usage and access that cannot be read, and tells how many', async () => {
  const { world, store } = await openOnFile({ env: LONG });
  await appendOfEach(store);
  await untilBody(world, ({ projections: { reads, usage } }) => reads?.leftOut === 1 && usage?.leftOut === 1);
  const { projections } = await expectState(world, {});
  expect(projections.usage).toMatchObject({ state: 'ok', leftOut: 1 });
});

it('stays 200 while the clock is wrong, and says that changes are not possible', async () => {
  const world = await openWorld({ store: new AheadOfUs(inMemory()), env: LONG });
  await expectState(world, { mutations: 'CLOCK_SKEW' });
});

it('stays 200 over a log that is sealed, and says that changes are not possible', async () => {
  const { world, file } = await openOnFile({ env: LONG });
  sealLog(file);
  await expectState(world, { mutations: 'LOG_SEALED' });
});

it('is 503 once the log was moved and what is known of it is stale, as verification is', async () => {
  const { world, file } = await openOnFile({ env: SHORT });
  sealLog(file);
  markMoved(file);
  await untilBody(world, ({ verification, mutations }) => !verification.ready && !mutations.possible);
  await untilBody(world, ({ projections }) => projections.keys?.state === 'failing');
  const { projections } = await expectState(world, { verification: 'LOG_SEALED', mutations: 'LOG_SEALED' });
  expect(projections.keys).toMatchObject({ state: 'failing', code: 'LOG_SEALED' });
});

it('is 503 where keys cannot be looked up, as verification fails', async () => {
  const { world, dataDirectory } = await openOnFile({ env: LONG });
  const database = new Database(join(dataDirectory, 'keys.db'));
  database.exec('DROP TABLE keys_5');
  database.close();
  const { verify, ready } = await bothOf(world);
  expect(verify).toEqual({ answers: false, code: 'INTERNAL_SERVER_ERROR' });
  expect(ready).toMatchObject({ status: 503, body: { verification: { ready: false, code: 'INTERNAL_SERVER_ERROR' } } });
});

it('is 503 from the order to stop on, while verification still answers: load balancers turn away first', async () => {
  const world = await openWorld();
  world.app.drain();
  const { verify, ready } = await bothOf(world);
  expect(verify.answers).toBe(true);
  expect(ready).toMatchObject({ status: 503, body: { status: 'stopping', verification: { ready: true } } });
});

describeOwnEsdb('on EventStoreDB', () => {
  it('stays 200 while the server is gone for less than verification bears, and says when changes are possible again', async () => {
    const server = await ownServer({ onDisk: true });
    const world = await openWorld({ env: { ...LONG, ...ofServer(server) } });
    await server.kill();
    await untilBody(world, ({ mutations }) => !mutations.possible);
    await expectState(world, { mutations: 'STORE_UNAVAILABLE' });
    await server.restart();
    await until(async () => (await refusalOf(world)) === undefined);
    await untilBody(world, ({ mutations, projections }) => mutations.possible && projections.keys?.state === 'ok');
    await expectState(world, {});
  });

  it('is 503 once the server was gone for longer, as verification is', async () => {
    const server = await ownServer();
    const world = await openWorld({ env: { ...SHORT, ...ofServer(server) } });
    await server.kill();
    await until(async () => !(await verifyOf(world)).answers);
    await untilBody(world, ({ mutations }) => !mutations.possible);
    await expectState(world, { verification: 'STALE', mutations: 'STORE_UNAVAILABLE' });
  });
});

/** A server that has just started is slow. */
function ofServer({ connectionString }: EventStoreDbServer): Record<string, string> {
  const pseudonymKey = Buffer.alloc(32, 7).toString('base64');
  return { KEYLEDGER_STORE: connectionString, KEYLEDGER_PSEUDONYM_KEY: pseudonymKey, KEYLEDGER_DEADLINE: '5s' };
}
