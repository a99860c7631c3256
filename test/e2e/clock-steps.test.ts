import { setTimeout as delay } from 'node:timers/promises';
import { temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { scrape, valueIn } from '../support/exposition.js';
import { follow, take } from '../support/feed.js';
import { describeWhenLong } from '../support/long.js';
import { STORES, storeSettings } from '../support/two-servers.js';
import { statusOf } from '../support/verify.js';
import { openWorld, type World } from '../support/world.js';

const YEAR = 365 * 86_400_000;
const iso = (time: number) => new Date(time).toISOString();

interface Line {
  level: string;
  msg: string;
  milliseconds?: number;
}

/** The log lines that contain this text. */
function linesOf(world: World, text: string): Line[] {
  const lines = world.log().split('\n').filter(Boolean);
  return lines.map((line): Line => JSON.parse(line)).filter(({ msg }) => msg.includes(text));
}

async function untilReads(auditor: Client, what: string, count: number): Promise<void> {
  const query = '{ reads(first: 100) { edges { node { what } } } }';
  for (;;) {
    const { data } = await auditor.send<{ reads: { edges: { node: { what: string } }[] } }>(query);
    if ((data?.reads.edges.filter(({ node }) => node.what === what).length ?? 0) >= count) return;
    await delay(20);
  }
}

it('serves on, whatever the clock does: a year ahead, back again, and back by another year', async () => {
  const present = Date.now();
  let now = present;
  const world = await openWorld({
    clock: () => now,
    env: { KEYLEDGER_MUTATIONS_PER_MINUTE: '100', KEYLEDGER_FAILURES_PER_MINUTE: '100' },
  });
  const ttl = (3 * YEAR) / 1000;
  const owner = await world.client({ ttl });
  const auditor = await world.client({ role: 'auditor', ttl });
  const feed = follow(auditor);
  let version = 0;
  for (const [index, time] of [present, present + YEAR, present, present - YEAR, present].entries()) {
    now = time;
    const key = await owner.newKey({ name: 'a key', expiresAt: iso(time + 1000) });
    expect(await statusOf(world, key)).toBe(200);
    now = time + 1000;
    expect(await statusOf(world, key)).toBe(401);
    now = time;
    expect(await owner.deleteKey(key.key.keyId)).toMatchObject({ __typename: 'DeleteKeyPayload' });
    version += 2;
    expect((await take(feed, 2)).map(({ node }) => node.version)).toEqual([version - 1, version]);
    const { data } = await owner.send<{ account: { history: { edges: unknown[] } } }>(
      '{ account { history(first: 100) { edges { cursor } } } }',
    );
    expect(data?.account.history.edges).toHaveLength(version);
    await untilReads(auditor, 'Account.history', index + 1);
    expect((await fetch(`${world.url}/readyz`)).status).toBe(200);
  }
  while ((await fetch(`${world.url}/v1/checkpoint`)).status !== 200) await delay(20);
  await feed.return(undefined);
  const metrics = await scrape(world);
  // By a second within each round; by a year twice between them.
  expect(valueIn(metrics, 'keyledger_clock_steps_back_total')).toBe(7);
  const steps = linesOf(world, 'set back').map(({ level, milliseconds }) => ({ level, milliseconds }));
  expect(steps.filter(({ milliseconds }) => milliseconds === YEAR)).toEqual([
    { level: 'warn', milliseconds: YEAR },
    { level: 'warn', milliseconds: YEAR },
  ]);
  expect(steps).toHaveLength(7);
});

describeWhenLong.each(STORES)('on %s', (_name, connectionString, it) => {
  it('dates no event of an account before its last one after a step back, and those of other accounts by the clock', async () => {
    // Less than the tolerated skew: EventStoreDB's clock does not step.
    const STEP = 20_000;
    let now = Date.now();
    const world = await openWorld({ clock: () => now, env: storeSettings(connectionString) });
    const [ahead, other] = [await world.client({}), await world.client({})];
    const present = Date.now();
    now = present + STEP;
    const { key } = await ahead.newKey();
    now = present;
    await ahead.deleteKey(key.keyId);
    await other.newKey();
    now = present + 1000;
    await other.newKey();
    const auditor = await world.client({ role: 'auditor' });
    const timesOf = async ({ account }: Client): Promise<string[]> => {
      const query = `{ events(filter: {account: "${account}"}) { edges { node { at } } } }`;
      const { data } = await auditor.send<{ events: { edges: { node: { at: string } }[] } }>(query);
      return data?.events?.edges.map(({ node }) => node.at) ?? [];
    };
    for (const client of [ahead, other]) while ((await timesOf(client)).length < 2) await delay(25);
    expect(await timesOf(ahead)).toEqual([iso(present + STEP), iso(present + STEP)]);
    expect(await timesOf(other)).toEqual([iso(present), iso(present + 1000)]);
    await world.stop();
  });
});

it('tells of an event from the future, once for many, also after a start, and refuses nothing for it', async () => {
  const dataDirectory = temporaryDirectory();
  const present = Date.now();
  let now = present + YEAR;
  const first = await openWorld({ dataDirectory, clock: () => now });
  const client = await first.client({ ttl: (2 * YEAR) / 1000 });
  const { key } = await client.newKey();
  while ((await first.client({ role: 'auditor', ttl: (2 * YEAR) / 1000 }).then(historyOf)) < 1) await delay(25);
  expect(valueIn(await scrape(first), 'keyledger_events_ahead_seconds')).toBe(0);
  now = present;
  await client.deleteKey(key.keyId);
  await client.newKey();
  while (linesOf(first, 'dated in the future').length === 0) await delay(25);
  expect(valueIn(await scrape(first), 'keyledger_events_ahead_seconds')).toBe(YEAR / 1000);
  await first.stop();
  expect(linesOf(first, 'dated in the future')).toMatchObject([{ level: 'warn', milliseconds: YEAR }]);

  const second = await openWorld({ dataDirectory, clock: () => now });
  while (linesOf(second, 'dated in the future').length === 0) await delay(25);
  expect(valueIn(await scrape(second), 'keyledger_events_ahead_seconds')).toBe(YEAR / 1000);
  const held = await (await second.client({ account: client.account })).newKey();
  expect(await statusOf(second, held)).toBe(200);
  now = present + YEAR;
  expect(valueIn(await scrape(second), 'keyledger_events_ahead_seconds')).toBe(0);
});

async function historyOf(auditor: Client): Promise<number> {
  const { data } = await auditor.send<{ events: { edges: unknown[] } }>('{ events { edges { cursor } } }');
  return data?.events?.edges.length ?? 0;
}
