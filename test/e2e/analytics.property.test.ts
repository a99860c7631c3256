import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { usageLines } from '../../src/cli/commands/export-usage.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import {
  DISTRIBUTIONS,
  expectDistribution,
  expectSeries,
  expectTotals,
  METRICS,
  untilAnswered,
} from '../support/asked-analytics.js';
import { temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { ExpectedAnalytics } from '../support/expected-analytics.js';
import { exported } from '../support/exports.js';
import { ask, basic } from '../support/http.js';
import { rounds } from '../support/long.js';
import { UsageProcess } from '../support/usage-process.js';
import { openWorld, type World } from '../support/world.js';

/** Some days before the clocks change in Vilnius. */
const START = Date.parse('2020-03-27T21:50:00.000Z');
const [MINUTE, DAY] = [60_000, 86_400_000];
const RUNS = rounds(2, 16);
/** The lifetime of tokens in seconds; valid however far the clock is moved. */
const TTL = (50 * 365 * DAY) / 1000;

/** What happens, as often as it is in the list. */
const KINDS: Step['kind'][] = [
  ...(['create', 'create', 'create', 'rotate', 'rotate', 'delete', 'leak', 'use', 'use'] as const),
  ...(['rename', 'disable', 'disable', 'enable', 'revoke', 'freeze', 'thaw', 'thaw'] as const),
];

interface Step {
  kind: 'create' | 'rotate' | 'delete' | 'rename' | 'disable' | 'enable' | 'revoke' | 'freeze' | 'thaw' | 'leak' | 'use';
  account: number;
  /** The index of the affected key among all keys created so far, counted from the last. */
  target: number;
  /** How far the clock moves, in milliseconds. */
  elapsed: number;
  /** In milliseconds; in seconds. */
  lifetime: number | undefined;
  overlap: number;
  /** How often a key is used, or a create is tried. */
  times: number;
}

/** How wrong the clock of a process sometimes is. */
const wrong = fc.constantFrom(...[-1, 1].flatMap((way) => [way * 3 * MINUTE, way * 400 * DAY]));
const duration = fc.oneof(fc.constantFrom(0, 1, 15 * MINUTE), fc.integer({ min: 1, max: 2 * DAY }));
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...KINDS),
  account: fc.nat(2),
  target: fc.nat(4),
  elapsed: fc.oneof({ weight: 8, arbitrary: duration }, wrong),
  lifetime: fc.option(
    fc.oneof(
      fc.integer({ min: 1, max: 20 * MINUTE }),
      duration.map((length) => length + 1),
    ),
    { nil: undefined },
  ),
  overlap: fc.oneof(fc.constant(0), fc.constantFrom(1, 900), fc.integer({ min: 1, max: 200_000 })),
  times: fc.integer({ min: 1, max: 3 }),
});
const steps = fc.array(step, { minLength: 10, maxLength: 60, size: 'max' });

interface Made {
  keyId: string;
  secret: string;
}

/**
 * Performs the step; it may be refused.
 * @returns the created key
 */
async function perform(world: World, owner: Client, made: Made[], step: Step, now: number): Promise<Made | undefined> {
  const { keyId, secret } = made.at(-1 - step.target) ?? { keyId: 'key_0000000000000000000000', secret: 'none' };
  switch (step.kind) {
    case 'create': {
      const expiresAt = step.lifetime === undefined ? null : new Date(now + step.lifetime).toISOString();
      const result = await owner.createKey({ name: 'a name', expiresAt });
      return result.__typename === 'CreateKeyPayload' ? { keyId: result.key.keyId, secret: result.secret } : undefined;
    }
    case 'rotate': {
      const result = await owner.rotateKey({ keyId, overlapSeconds: step.overlap });
      return result.__typename === 'CreateKeyPayload' ? { keyId: result.key.keyId, secret: result.secret } : undefined;
    }
    case 'delete':
      await owner.deleteKey(keyId);
      return undefined;
    case 'rename':
      await owner.renameKey({ keyId, name: `name ${step.times}` });
      return undefined;
    case 'disable':
      await owner.disableKey({ keyId });
      return undefined;
    case 'enable':
      await owner.enableKey({ keyId });
      return undefined;
    case 'revoke':
      await operate(world, `revokeKey(input: { keyId: "${keyId}" })`);
      return undefined;
    case 'freeze':
    case 'thaw':
      await operate(world, `${step.kind}Account(input: { accountId: "${owner.account}" })`);
      return undefined;
    case 'leak':
      await fetch(`${world.url}/v1/leaked`, { method: 'POST', body: new URLSearchParams({ secret }) });
      return undefined;
    case 'use':
      for (let use = 0; use < step.times; use += 1) await ask(`${world.url}/v1/verify`, { headers: basic(keyId, secret) });
      return undefined;
  }
}

async function operate(world: World, mutation: string): Promise<void> {
  await (await world.client({ role: 'operator', ttl: TTL })).send(`mutation { ${mutation} { __typename } }`);
}

/**
 * Plays the steps into a new data directory.
 * @returns the directory, and the time at which it ends
 */
async function play(steps: Step[]): Promise<{ dataDirectory: string; end: number }> {
  const dataDirectory = temporaryDirectory();
  let source = START;
  const now = () => source;
  const world = await openWorld({ dataDirectory, clock: now });
  const owners = await Promise.all([0, 1, 2].map(() => world.client({ ttl: TTL })));
  const made: Made[] = [];
  for (const step of steps) {
    source += step.elapsed;
    const key = await perform(world, owners[step.account] as Client, made, step, now());
    if (key) made.push(key);
  }
  await world.stop();
  return { dataDirectory, end: now() };
}

/** Totals the days of usage that are over by then, and removes their records. */
async function total(dataDirectory: string, present: number): Promise<void> {
  const store = new SqliteEventStore(join(dataDirectory, 'events.db'));
  const process = new UsageProcess({ store, clock: () => present });
  await process.totals.write();
  await process.kill();
  await store.close();
}

async function expectedOf(dataDirectory: string): Promise<ExpectedAnalytics> {
  const [events, usage] = ['events.ndjson', 'usage.ndjson'].map((name) => join(dataDirectory, name)) as [string, string];
  writeFileSync(events, (await exported(dataDirectory)).join(''));
  const store = new SqliteEventStore(join(dataDirectory, 'events.db'));
  const lines: string[] = [];
  for await (const line of usageLines(store.readAll('apiKeyUsage'), () => {})) lines.push(line);
  await store.close();
  writeFileSync(usage, lines.join(''));
  return ExpectedAnalytics.open({ events, usage });
}

it('of any history, at any time after it, DuckDB computes from the exported events what the API answers', async () => {
  const later = fc.oneof(
    fc.constantFrom(0, 1, MINUTE),
    fc.integer({ min: 0, max: 20 * MINUTE }),
    fc.integer({ min: 0, max: 3 * DAY }),
  );
  const zone = fc.constantFrom('UTC', 'Europe/Vilnius', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns');
  const interval = fc.constantFrom('HOUR', 'DAY', 'WEEK', 'MONTH');
  await fc.assert(
    fc.asyncProperty(steps, later, zone, interval, fc.boolean(), async (steps, later, timeZone, interval, isTotalled) => {
      const { dataDirectory, end } = await play(steps);
      if (isTotalled) await total(dataDirectory, end + later);
      const expected = await expectedOf(dataDirectory);
      const world = await openWorld({ dataDirectory, clock: () => end + later });
      const analyst = await world.client({ role: 'analyst', ttl: TTL });
      await untilAnswered(analyst);
      await expectTotals(analyst, expected);
      for (const metric of DISTRIBUTIONS) await expectDistribution(analyst, expected, metric);
      // Includes the present, and as much of the past as the maximum number of intervals allows.
      const first = Math.max(START - DAY, end + later - 38 * DAY);
      const [from, to] = [Math.min(first, end + later), end + later + DAY].map((time) => new Date(time).toISOString());
      for (const metric of METRICS) {
        await expectSeries(analyst, expected, { metric, from: `${from}`, to: `${to}`, interval, timeZone });
      }
      expected.close();
      await world.stop();
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
});
