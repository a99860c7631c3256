import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreDbEventStore } from '../../src/store/eventstoredb/eventstoredb.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { ownServer } from '../support/eventstoredb.js';
import { isInstalled } from '../support/eventstoredb-server.js';
import { describeWhenLong } from '../support/long.js';
import { type Server, startServer } from '../support/server.js';
import { StoreDouble } from '../support/store-doubles.js';
import { storeSettings } from '../support/two-servers.js';
import { statusOf } from '../support/verify.js';
import { openWorld, type World } from '../support/world.js';

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const PSEUDONYM_KEY = { KEYLEDGER_PSEUDONYM_KEY: Buffer.alloc(32, 7).toString('base64') };

/** How far one clock is ahead, in milliseconds. */
const AHEAD: [string, number][] = [
  ['three minutes', 3 * MINUTE],
  ['a year', 365 * DAY],
];

const iso = (time: number) => new Date(time).toISOString();

interface Events {
  edges: { node: { at: string; account: string; version: number } }[];
}

async function eventsOf(auditor: Client, filter: string): Promise<Events['edges']> {
  const { data, errors } = await auditor.send<{ events: Events }>(
    `{ events(first: 100, filter: {${filter}}) { edges { node { at account version } } } }`,
  );
  if (!data || errors) throw new Error(JSON.stringify(errors));
  return data.events.edges;
}

async function untilHistoryHas(auditor: Client, account: string, version: number): Promise<void> {
  while ((await eventsOf(auditor, `account: "${account}"`)).length < version) await delay(25);
}

/** The stores. Each has a log of its own, since events from the future cause warnings in other tests. */
const STORES: [name: string, locate: () => Promise<string | undefined>, it: jest.It][] = [
  ['SQLite', async () => undefined, it],
  ['EventStoreDB', async () => (await ownServer()).connectionString, isInstalled() ? it : it.skip],
];

/** A process with a right clock, and one over the same log with a clock that is ahead. Nothing compares the clocks. */
async function twoClocks(connectionString: string | undefined, ahead: number): Promise<{ right: Server; wrong: World }> {
  const dataDirectory = temporaryDirectory();
  const right = await startServer(dataDirectory, { ...storeSettings(connectionString), ...PSEUDONYM_KEY });
  const wrong = await openWorld({
    clock: () => Date.now() + ahead,
    env: PSEUDONYM_KEY,
    ...(connectionString === undefined
      ? { dataDirectory }
      : { store: new StoreDouble(new EventStoreDbEventStore(connectionString)) }),
  });
  return { right, wrong };
}

describeWhenLong.each(STORES)('on %s', (_store, locate, it) => {
  describe.each(AHEAD)('after a process whose clock is %s ahead', (_name, ahead) => {
    let right: Server;
    let wrong: World;
    let owner: Client;
    let auditor: Client;
    /** The key that the process with the wrong clock has created. */
    let made: Awaited<ReturnType<Client['newKey']>>;
    const start = Date.now();

    beforeAll(async () => {
      ({ right, wrong } = await twoClocks(await locate(), ahead));
      owner = await right.client();
      auditor = await right.client(newAccount(), { role: 'auditor' });
      const ttl = (2 * ahead) / 1000 + 3600;
      made = await (await wrong.client({ account: owner.account, ttl })).newKey({ name: 'dated in the future' });
      while ((await statusOf(right, made)) !== 200) await delay(25);
    });
    afterAll(async () => {
      await wrong?.stop();
      await right?.end('SIGTERM');
    });

    it('on the account that holds its event, no working key is deleted to make room for another', async () => {
      const short = await owner.newKey({ name: 'short', expiresAt: iso(Date.now() + ahead - MINUTE) });
      expect(await owner.createKey()).toMatchObject({ __typename: 'KeyLimitReached' });
      expect(await statusOf(right, short)).toBe(200);
      expect((await owner.readAccount()).activeKeyCount).toBe(2);
      expect(await owner.deleteKey(short.key.keyId)).toMatchObject({ __typename: 'DeleteKeyPayload' });
      expect(await statusOf(right, short)).toBe(401);
    });

    it('an expiry counts from the present, also where it lies before the time of the last event', async () => {
      const before = Date.now();
      const lasts = ahead / 2;
      const { key } = await owner.newKey({ name: 'soon over', expiresAt: iso(before + lasts) });
      expect(Date.parse(key.createdAt)).toBeGreaterThan(Date.parse(key.expiresAt ?? ''));
      const rotated = await owner.rotateKey({ keyId: key.keyId, overlapSeconds: 0 });
      if (rotated.__typename !== 'CreateKeyPayload') throw new Error(rotated.__typename);
      const lifetime = Date.parse(rotated.key.expiresAt ?? '') - Date.now();
      expect(lifetime).toBeGreaterThan(0);
      expect(lifetime).toBeLessThanOrEqual(lasts);
      expect(await statusOf(right, rotated)).toBe(200);
      await untilHistoryHas(auditor, owner.account, 6);
    });

    it('what is told of its keys holds together: each event counts from its own time on', async () => {
      const at = (time: number) => `asOf(at: "${iso(time)}") { activeKeyCount keys { keyId couldAuthenticate } }`;
      const { data } = await owner.send<{
        account: {
          present: { keys: unknown[] };
          dated: { activeKeyCount: number; keys: { keyId: string }[] };
          deletedKeys: { edges: { node: { createdAt: string; deletedAt: string; expiresAt: string | null } }[] };
        };
      }>(
        `{ account { present: ${at(Date.now())} dated: ${at(Date.now() + ahead)}
           deletedKeys { edges { node { createdAt deletedAt expiresAt } } } } }`,
      );
      expect(data?.account.present.keys).toEqual([]);
      const { keys } = await owner.readAccount();
      expect(data?.account.dated.keys.map(({ keyId }) => keyId)).toEqual(keys.map(({ keyId }) => keyId));
      expect(data?.account.deletedKeys.edges).toHaveLength(2);
      for (const { node } of data?.account.deletedKeys.edges ?? []) {
        expect(node.deletedAt).toBe(node.createdAt);
        expect(node.createdAt).toBe(made.key.createdAt);
        expect(Date.parse(node.expiresAt ?? '')).toBeLessThan(Date.parse(node.createdAt));
      }
    });

    it("everybody's events are found at their own times, and the wrongly dated ones at theirs", async () => {
      const other = await right.client();
      await other.newKey();
      await untilHistoryHas(auditor, other.account, 1);
      const now = `from: "${iso(start - HOUR)}", to: "${iso(Date.now() + MINUTE)}"`;
      expect((await eventsOf(auditor, `${now}, account: "${other.account}"`)).map(({ node }) => node.version)).toEqual([1]);
      expect((await eventsOf(auditor, now)).map(({ node }) => node.account)).toContain(other.account);
      expect(await eventsOf(auditor, `${now}, account: "${owner.account}"`)).toEqual([]);
      const then = `from: "${iso(start + ahead)}", to: "${iso(Date.now() + ahead)}", account: "${owner.account}"`;
      const dated = await eventsOf(auditor, then);
      expect(dated.map(({ node }) => node.version)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(new Set(dated.map(({ node }) => node.at)).size).toBe(1);
    });

    it('analysts are told of the present, of everybody', async () => {
      const analyst = await right.client(newAccount(), { role: 'analyst' });
      const fields = `totals { at activeKeys }
        timeSeries(metric: KEYS_CREATED, from: "${iso(start - HOUR)}", to: "${iso(start + 800 * DAY)}", interval: DAY) { points { end value } }
        distribution(metric: KEY_AGE, quantiles: [0]) { min }`;
      const question = `{ analytics { ${fields} } }`;
      interface Told {
        analytics: {
          totals: { at: string; activeKeys: number };
          timeSeries: { points: { end: string; value: number }[] };
          distribution: { min: number };
        };
      }
      const ask = async () => (await analyst.send<Told>(question)).data?.analytics;
      let told = await ask();
      // Two on the account with the events from the future, and one on another.
      while (told?.totals.activeKeys !== 3) {
        await delay(25);
        told = await ask();
      }
      expect(Math.abs(Date.parse(told.totals.at) - Date.now())).toBeLessThan(2 * MINUTE);
      expect(Date.parse(told.timeSeries.points.at(-1)?.end ?? '')).toBeLessThanOrEqual(Date.now() + DAY);
      expect(told.distribution.min).toBeGreaterThanOrEqual(0);
      for (let active = 3; active > 0; active -= 1) {
        while ((await ask())?.totals.activeKeys !== active) await delay(20);
        const [key] = (await owner.readAccount()).keys;
        if (key) await owner.deleteKey(key.keyId);
      }
    });
  });
});
