import { join } from 'node:path';
import { type Category, type EventStore, type RecordedEvent, StoreUnavailable } from '../../src/store/event-store.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../src/store/streams.js';
import { newAccount, SHORT_DEADLINE, temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { patientStore } from '../support/eventstoredb.js';
import { ask, bearer } from '../support/http.js';
import { describeWhenLong } from '../support/long.js';
import { eventsOf, StoppableFeed } from '../support/store-doubles.js';
import { STORES } from '../support/two-servers.js';
import { openWorld, type World } from '../support/world.js';

const FORM = ['Content-Type', 'application/x-www-form-urlencoded'];

const statusOf = async ({ url }: World, secret: string) => (await ask(`${url}/v1/verify`, { headers: bearer(secret) })).status;
const report = async ({ url }: World, secret: string) =>
  (await ask(`${url}/v1/leaked`, { method: 'POST', headers: FORM, body: `secret=${secret}` })).status;

/** The feed of a store that is closed elsewhere, and whose head can be unavailable. */
class BorrowedFeed extends StoppableFeed {
  headless = false;

  override async *readAll(category: Category, after?: number): AsyncGenerator<RecordedEvent[]> {
    if (this.headless) throw new StoreUnavailable();
    yield* this.store.readAll(category, after);
  }

  override async close(): Promise<void> {}
}

/** Runs the work with two Keyledgers over one log, each with its own projections, as on two machines; `feed` is the first one's. */
async function withTwo(
  connectionString: string | undefined,
  work: (two: Awaited<ReturnType<typeof openTwo>>) => Promise<void>,
): Promise<void> {
  const file = join(temporaryDirectory(), 'events.db');
  const log = connectionString === undefined ? new SqliteEventStore(file) : patientStore(connectionString);
  try {
    const two = await openTwo(log);
    await work(two);
    await Promise.all([two.late.stop(), two.other.stop()]);
  } finally {
    await log.close();
  }
}

async function openTwo(log: EventStore) {
  const feed = new BorrowedFeed(log);
  const env = SHORT_DEADLINE;
  const late = await openWorld({ store: feed, env });
  const other = await openWorld({ store: new BorrowedFeed(log), env });
  const account = newAccount();
  const events = (): Promise<RecordedEvent[]> => eventsOf(log, streamOf('apiKeys', account));
  return { feed, late, other, events, here: await late.client({ account }), there: await other.client({ account }) };
}

/** The ways in which an owner can end a key. */
const ENDS: Record<string, (owner: Client, keyId: string) => Promise<unknown>> = {
  deleted: (owner, keyId) => owner.deleteKey(keyId),
  rotated: (owner, keyId) => owner.rotateKey({ keyId }),
  'rotated with an overlap': (owner, keyId) => owner.rotateKey({ keyId, overlapSeconds: 60 }),
};

const isAbout = (keyId: string, data: object) => 'keyId' in data && data.keyId === keyId;

describeWhenLong.each(STORES)('a process whose projection stands still, on %s', (_name, connectionString, it) => {
  it('answers a report once the key is deleted that another process has created meanwhile', () =>
    withTwo(connectionString, async ({ feed, late, other, events, there }) => {
      feed.stopped = true;
      const { key, secret } = await there.newKey();
      expect(await report(late, secret)).toBe(200);
      expect((await events()).at(-1)).toMatchObject({ type: 'KeyDeleted', data: { keyId: key.keyId, reason: 'LEAKED' } });
      // This answer waits for everything in the account's stream.
      await there.newKey();
      expect(await statusOf(other, secret)).toBe(401);
    }));

  it('refuses the key that another process has deleted meanwhile, by the time it answers a report', () =>
    withTwo(connectionString, async ({ feed, late, events, here, there }) => {
      const { key, secret } = await here.newKey();
      feed.stopped = true;
      await there.deleteKey(key.keyId);
      expect(await report(late, secret)).toBe(200);
      expect(await statusOf(late, secret)).toBe(401);
      expect(await events()).toHaveLength(2);
    }));

  for (const [end, endKey] of Object.entries(ENDS)) {
    it(`deletes at most once, and never lets the key in again, while another process has it ${end}`, () =>
      withTwo(connectionString, async ({ feed, late, events, there }) => {
        feed.stopped = true;
        const { key, secret } = await there.newKey();
        const [reported] = await Promise.all([report(late, secret), endKey(there, key.keyId)]);
        expect(reported).toBe(200);
        expect(await statusOf(late, secret)).toBe(401);
        const deletions = (await events()).filter(({ type, data }) => type === 'KeyDeleted' && isAbout(key.keyId, data));
        expect(deletions).toHaveLength(1);
      }));
  }

  it('answers 503 while it cannot read the log to its head, and 200 once it can', () =>
    withTwo(connectionString, async ({ feed, late, other, there }) => {
      feed.stopped = true;
      const { secret } = await there.newKey();
      feed.headless = true;
      expect(await report(late, secret)).toBe(503);
      feed.headless = false;
      expect(await report(late, secret)).toBe(200);
      await there.newKey();
      expect(await statusOf(other, secret)).toBe(401);
    }));
});
