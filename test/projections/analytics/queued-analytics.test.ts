import { join } from 'node:path';
import { Pseudonyms } from '../../../src/domain/analytics/pseudonyms.js';
import { createLog } from '../../../src/observability/log.js';
import type { Answering } from '../../../src/projections/analytics/answering.js';
import { makeAnalytics } from '../../../src/projections/analytics/make-analytics.js';
import { QueuedAnalytics } from '../../../src/projections/analytics/queued-analytics.js';
import { openProjections } from '../../../src/projections/engine/database.js';
import { PositionTable } from '../../../src/projections/engine/position.js';
import type { Projection } from '../../../src/projections/engine/projection.js';
import type { RecordedEvent } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { accountOf } from '../../../src/store/streams.js';
import { here } from '../../cli/here.js';
import { answeringHere } from '../../support/answering-here.js';
import { cleanUpLater, temporaryDirectory } from '../../support/cleanup.js';
import { collect } from '../../support/events.js';

const NEVER = new AbortController().signal;
const silent = createLog('silent');

let keyEvents: RecordedEvent[];
let usageEvents: RecordedEvent[];
beforeAll(async () => {
  const dataDirectory = join(temporaryDirectory(), 'demo');
  await here(['demo', '--accounts', '20', '--days', '100'], { KEYLEDGER_DATA: dataDirectory });
  const store = new SqliteEventStore(join(dataDirectory, 'events.db'));
  [keyEvents, usageEvents] = [await collect(store.readAll('apiKeys')), await collect(store.readAll('apiKeyUsage'))];
  await store.close();
});

/** An analytics file that a test fills, and how often a question about it was computed. */
async function openTables({ before = () => {} }: { before?: () => void } = {}) {
  const directory = temporaryDirectory();
  const { database, projections } = await openProjections(
    join(directory, 'analytics.db'),
    silent,
    makeAnalytics(new Pseudonyms(Buffer.alloc(32, 7))),
  );
  cleanUpLater(() => database.close());
  const positions = new PositionTable(database);
  const here = answeringHere(join(directory, 'analytics.db'));
  const present = { now: Date.now(), computed: 0 };
  const answering: Answering = {
    answer: (question, at) => {
      before();
      present.computed += 1;
      return here.answer(question, at);
    },
    close() {},
  };
  const fill = (projection: Projection, events: RecordedEvent[]) => {
    projection.apply(events);
    positions.save(projection, { store: { kind: 'sqlite' }, first: undefined }, events);
  };
  const empty = (projection: Projection) => {
    projection.clear();
    positions.forget(projection.name);
  };
  const analytics = new QueuedAnalytics({ database, answering, clock: () => present.now });
  const lifetimes = (quantile = 0.5) => analytics.distribution('LIFETIME', { quantiles: [quantile] }, NEVER);
  return { ...projections, analytics, present, fill, empty, lifetimes };
}

it('computes an answer once as long as neither an event nor the present changes it', async () => {
  const { activity, activityUsage, analytics, present, fill, lifetimes } = await openTables();
  fill(activity, keyEvents.slice(0, -1));
  fill(activityUsage, usageEvents.slice(0, -1));
  const first = await lifetimes();
  present.now += 1;
  expect(await lifetimes()).toEqual({ ...first, at: present.now });
  expect(present.computed).toBe(1);
  await lifetimes(0.9);
  expect(present.computed).toBe(2);

  fill(activity, keyEvents.slice(-1));
  const { position } = await lifetimes();
  expect(position).toBe(keyEvents.at(-1)?.position);
  expect(present.computed).toBe(3);
  fill(activityUsage, usageEvents.slice(-1));
  const { usagePosition } = await lifetimes();
  expect(usagePosition).toBe(usageEvents.at(-1)?.position);
  expect(present.computed).toBe(4);

  present.now += 1000 * 86_400_000;
  const later = await lifetimes();
  expect(present.computed).toBe(5);
  expect(later.count).toBeGreaterThan(first.count);
  await analytics.totals(NEVER);
  await analytics.totals(NEVER);
  expect(present.computed).toBe(6);
});

it('computes anew what every moment changes', async () => {
  const { activity, analytics, present, fill } = await openTables();
  fill(activity, keyEvents);
  const ages = () => analytics.distribution('KEY_AGE', { quantiles: [1] }, NEVER);
  const { max } = await ages();
  present.now += 7000;
  expect(await ages()).toMatchObject({ max: (max ?? 0) + 7, at: present.now });
  expect(present.computed).toBe(2);
});

it('answers equal questions that are asked at once by one computation', async () => {
  const { activity, present, fill, lifetimes } = await openTables();
  fill(activity, keyEvents);
  const answers = await Promise.all([1, 2, 3, 4].map(() => lifetimes()));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(present.computed).toBe(1);
});

it('computes anew after the end of a quarantine, which moves no position', async () => {
  const { activity, analytics, fill } = await openTables();
  // The gap shows when a later event of the account follows.
  const first = keyEvents.find(({ stream }) => keyEvents.filter((event) => event.stream === stream).length > 1);
  if (!first) throw new Error('There are accounts with several events.');
  fill(
    activity,
    keyEvents.filter((event) => event !== first),
  );
  const before = await analytics.totals(NEVER);
  const stream = keyEvents.filter((event) => event.stream === first.stream);
  expect(activity.mend(accountOf(first.stream), stream)).toBe(true);
  const after = await analytics.totals(NEVER);
  expect(after.position).toBe(before.position);
  expect(after.accounts).toBe(before.accounts + 1);
});

it('gives no answer from tables that are emptied while the question waits', async () => {
  let empty = () => {};
  const tables = await openTables({ before: () => empty() });
  tables.fill(tables.activity, keyEvents);
  empty = () => tables.empty(tables.activity);
  await expect(tables.lifetimes()).rejects.toMatchObject({ code: 'NOT_READY' });
});
