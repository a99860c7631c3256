import { join } from 'node:path';
import { Pseudonyms } from '../../../src/domain/analytics/pseudonyms.js';
import { activityProjections } from '../../../src/projections/all-projections.js';
import { digestOf } from '../../../src/projections/engine/digest.js';
import Database from '../../../src/shared/sqlite.js';
import type { RecordedEvent } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { here } from '../../cli/here.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { collect } from '../../support/events.js';

let keyEvents: RecordedEvent[];
let usageEvents: RecordedEvent[];
beforeAll(async () => {
  const dataDirectory = join(temporaryDirectory(), 'demo');
  expect(await here(['demo', '--accounts', '40', '--days', '200'], { KEYLEDGER_DATA: dataDirectory })).toMatchObject({
    code: 0,
  });
  const store = new SqliteEventStore(join(dataDirectory, 'events.db'));
  [keyEvents, usageEvents] = [await collect(store.readAll('apiKeys')), await collect(store.readAll('apiKeyUsage'))];
  await store.close();
});

/** All tables of both projections, without rows. */
const EMPTY = [0, 1].map((index) => {
  const database = new Database(':memory:');
  const { activity, activityUsage } = activityProjections(database, new Pseudonyms(Buffer.alloc(32, 7)));
  return digestOf(database, [activity, activityUsage][index]?.name ?? '');
});

/** The digests of both projections after batches of that size, whatever was in them before. */
function digests(batch: number, before: (projections: ReturnType<typeof activityProjections>) => void = () => {}): string[] {
  const database = new Database(':memory:');
  const projections = activityProjections(database, new Pseudonyms(Buffer.alloc(32, 7)));
  before(projections);
  const { activity, activityUsage } = projections;
  for (const [projection, events] of [[activity, keyEvents] as const, [activityUsage, usageEvents] as const]) {
    const apply = database.transaction((page: RecordedEvent[]) => projection.apply(page));
    for (let start = 0; start < events.length; start += batch) apply(events.slice(start, start + batch));
  }
  return [activity.name, activityUsage.name].map((name) => digestOf(database, name));
}

it('comes to the same tables whatever the batches in which events are taken in', () => {
  const all = digests(Number.MAX_SAFE_INTEGER);
  expect(keyEvents.length).toBeGreaterThan(100);
  expect(usageEvents.length).toBeGreaterThan(100);
  for (const digest of EMPTY) expect(all).not.toContain(digest);
  expect(digests(1)).toEqual(all);
  expect(digests(7)).toEqual(all);
});

it('leaves nothing behind when it is cleared', () => {
  const cleared = digests(100, ({ activity, activityUsage }) => {
    activity.apply(keyEvents);
    activity.clear();
    activityUsage.apply(usageEvents);
    activityUsage.clear();
  });
  expect(cleared).toEqual(digests(100));
});

it('sets the account of a stream with a gap apart, by its pseudonym alone', () => {
  const database = new Database(':memory:');
  const { activity } = activityProjections(database, new Pseudonyms(Buffer.alloc(32, 7)));
  const [first] = keyEvents;
  const unread = activity.apply(keyEvents.filter((event) => event !== first));
  expect(unread).toEqual([{ event: expect.anything(), reason: expect.stringContaining('Events are missing') }]);
  expect(activity.quarantine.all().map(({ stream }) => stream)).toEqual([first?.stream]);
  const rows = JSON.stringify(database.prepare('SELECT * FROM activity_5_quarantine').all());
  expect(rows).not.toContain(first?.stream.slice('apiKeys-'.length));
});
