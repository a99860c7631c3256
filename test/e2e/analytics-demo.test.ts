import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { COMMAND } from '../cli/run.js';
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
import { describeWhenLong } from '../support/long.js';
import { openWorld, type World } from '../support/world.js';

const DAY = 86_400_000;

const run = promisify(execFile);
const dataDirectory = join(temporaryDirectory(), 'demo');

let world: World;
let analyst: Client;
let expected: ExpectedAnalytics;

async function keyledger(...args: string[]): Promise<string> {
  const options = { env: { PATH: process.env.PATH, KEYLEDGER_DATA: dataDirectory }, maxBuffer: 2 ** 28 };
  return (await run(process.execPath, [COMMAND, ...args], options)).stdout;
}

async function exportTo(...args: string[]): Promise<string> {
  const file = join(temporaryDirectory(), 'export.ndjson');
  writeFileSync(file, await keyledger('export', ...args));
  return file;
}

beforeAll(async () => {
  await keyledger('demo', '--accounts', '60', '--days', '400');
  expected = await ExpectedAnalytics.open({ events: await exportTo(), usage: await exportTo('--usage') });
  world = await openWorld({ dataDirectory });
  analyst = await world.client({ role: 'analyst' });
  await untilAnswered(analyst);
});
afterAll(() => expected.close());

const daysAgo = (days: number) => new Date(Date.now() - days * DAY).toISOString();

describeWhenLong('of a demo, DuckDB computes from the exported events what the API answers:', () => {
  it('the totals, the rotations and the accounts at the limit', () => expectTotals(analyst, expected));

  it.each(DISTRIBUTIONS)('the distribution of %s', (metric) => expectDistribution(analyst, expected, metric));

  describe.each(METRICS)('%s', (metric) => {
    it.each([
      ['DAY', 400, 'UTC'],
      ['DAY', 400, 'Europe/Vilnius'],
      ['DAY', 400, 'Asia/Kathmandu'],
      ['WEEK', 400, 'Asia/Kathmandu'],
      ['MONTH', 400, 'Europe/Vilnius'],
      ['MONTH', 700, 'America/St_Johns'],
      ['HOUR', 37, 'Europe/Vilnius'],
      ['HOUR', 37, 'Asia/Kathmandu'],
    ])('by the %s of %i days in %s', async (interval, days, timeZone) => {
      const question = { metric, from: daysAgo(days), to: daysAgo(-3), interval, timeZone };
      expect(await expectSeries(analyst, expected, question)).toBeGreaterThan(10);
    });
  });

  it('what the projection `activity` holds of each day and account', async () => {
    const lines = (await keyledger('export', '--projection', 'activity', '--format', 'ndjson')).trim().split('\n');
    const rows = lines.map((line) => Object.values<string | number>(JSON.parse(line)));
    const given = rows.map(([day, _account, ...figures]) => [day, ...figures]);
    const sorted = (all: unknown[]) => all.map((row) => JSON.stringify(row)).sort();
    const happened = given.filter(([_day, ...figures]) => figures.slice(0, 10).some((count) => count !== 0));
    expect(happened.length).toBeGreaterThan(100);
    expect(sorted(happened)).toEqual(sorted(await expected.activity()));
  });

  it('something of everything', async () => {
    const totals = await expected.totals(Date.now());
    // A demo has no operator.
    expect(Object.entries(totals).filter(([, count]) => count === 0)).toEqual([['keysDeletedRevoked', 0]]);
  });
});
