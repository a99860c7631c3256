import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { sqlText } from '../../src/cli/output/quoted.js';
import { COMMAND, run } from '../cli/run.js';
import { ask, untilAnswered } from '../support/asked-analytics.js';
import { temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { itWhenLong } from '../support/long.js';
import { ROOT } from '../support/pages.js';
import { itWith } from '../support/tools.js';
import { openWorld } from '../support/world.js';

const here = temporaryDirectory();
const data = join(here, 'data');
let analyst: Client;
beforeAll(async () => {
  expect((await keyledger('demo', '--accounts', '40', '--days', '200')).code).toBe(0);
  const world = await openWorld({ dataDirectory: data });
  analyst = await world.client({ role: 'analyst' });
  await untilAnswered(analyst);
  const disabled = async () => (await ask<{ keysDisabled: number }>(analyst, 'totals { keysDisabled }')).keysDisabled;
  const before = await disabled();
  const owner = await world.client({});
  await owner.disableKey({ keyId: (await owner.newKey()).key.keyId });
  while ((await disabled()) === before) await delay(25);
});

function keyledger(...args: string[]) {
  return run(process.execPath, [COMMAND, ...args], { KEYLEDGER_DATA: data });
}

/** The output of sqlite3 for a file of examples/sql while the server runs. */
async function asked(file: string): Promise<string> {
  const command = `sqlite3 -readonly "${data}/analytics.db" < "${join(ROOT, 'examples/sql', file)}"`;
  const { code, stdout, stderr } = await run('sh', ['-c', command]);
  expect([file, code, stderr]).toEqual([file, 0, '']);
  return stdout;
}

itWith('sqlite3')('examples/sql asks for months, reasons, and as many active keys as the API knows', async () => {
  expect((await asked('months.sql')).trim().split('\n').length).toBeGreaterThan(5);
  expect(await asked('lifetimes.sql')).toMatch(/^ROTATED\|\d+\|\d+\.\d$/m);
  const answer = await analyst.send<{ analytics: { totals: { activeKeys: number } } }>(
    '{ analytics { totals { activeKeys } } }',
  );
  const active = answer.data?.analytics.totals.activeKeys;
  expect(active).toBeGreaterThan(0);
  expect(Number(await asked('active-keys.sql'))).toBe(active);
});

it.each(['Etc/GMT+12', 'UTC', 'Etc/GMT-14'])(
  'examples/duckdb/rotations.sql counts up to the present day of UTC in %s',
  async (zone) => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const days = sqlText(join(here, 'days.parquet'));
    // In a transaction, the present stands still.
    await connection.run("BEGIN; SET TimeZone = 'UTC'");
    const todayAndTomorrow =
      'SELECT current_date + ahead AS day, created FROM (VALUES (0, 1), (1, 100)) AS days(ahead, created)';
    await connection.run(
      `COPY (SELECT *, 0 AS rotated, 0 AS createsRefused FROM (${todayAndTomorrow})) TO ${days} (FORMAT parquet)`,
    );
    await connection.run(`SET TimeZone = '${zone}'`);
    const sql = readFileSync(join(ROOT, 'examples/duckdb/rotations.sql'), 'utf8').replace("'activity.parquet'", days);
    const rows = (await connection.runAndReadAll(sql)).getRowObjectsJS();
    expect(rows.map(({ created }) => Number(created))).toEqual([1]);
    connection.closeSync();
  },
);

itWhenLong.each([
  ['rotations.sql', 'activity.parquet', ['--projection', 'activity', '--format', 'parquet']],
  ['lifetimes.sql', 'keys.parquet', ['--projection', 'keys', '--format', 'parquet']],
  ['last-week.sql', 'usage.ndjson', ['--projection', 'usage', '--format', 'ndjson']],
  ['records.sql', 'records.ndjson', ['--usage']],
])('examples/duckdb/%s finds rows in %s', async (file, exported, args) => {
  const target = join(here, exported);
  const command = `"${process.execPath}" "${COMMAND}" export ${args.join(' ')} > "${target}"`;
  expect(await run('sh', ['-c', command], { KEYLEDGER_DATA: data })).toMatchObject({ code: 0 });
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const sql = readFileSync(join(ROOT, 'examples/duckdb', file), 'utf8').replace(`'${exported}'`, sqlText(target));
  expect((await connection.runAndReadAll(sql)).getRowObjectsJS().length).toBeGreaterThan(0);
  connection.closeSync();
});
