import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { sqlText } from '../../src/cli/quoted.js';
import { COMMAND, run } from '../cli/run.js';
import { untilAnswered } from '../support/asked-analytics.js';
import type { Client } from '../support/client.js';
import { readmeBlock } from '../support/readme.js';
import { openWorld, temporaryDirectory } from '../support/world.js';

const hasSqlite = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'].some((path) => existsSync(join(path, 'sqlite3')));

/** Where a reader of the README stands: the data directory is `data`, and exports come to lie beside it. */
const here = temporaryDirectory();
let analyst: Client;
beforeAll(async () => {
  const env = { KEYLEDGER_DATA: join(here, 'data') };
  expect((await run(process.execPath, [COMMAND, 'demo', '--accounts', '40', '--days', '200'], env)).code).toBe(0);
  const world = await openWorld({ dataDirectory: env.KEYLEDGER_DATA });
  analyst = await world.client({ role: 'analyst' });
  await untilAnswered(analyst);
}, 60_000);

/** Runs the lines of the README's block one after another. @returns what each printed */
async function paste(language: string, text: string): Promise<string[]> {
  const outputs: string[] = [];
  for (const line of readmeBlock(language, text).trim().split('\n')) {
    const command = line.replace('npx --no keyledger', `"${process.execPath}" "${COMMAND}"`);
    const { code, stdout, stderr } = await run('sh', ['-c', command], { KEYLEDGER_DATA: join(here, 'data') }, here);
    expect([line, code, stderr]).toEqual([line, 0, '']);
    outputs.push(stdout);
  }
  return outputs;
}

it('answers the document in the README', async () => {
  const { data, errors } = await analyst.send<{ analytics: { totals: { activeKeys: number } } }>(
    readmeBlock('graphql', 'rotationFunnel'),
  );
  expect(errors).toBeUndefined();
  expect(data?.analytics.totals.activeKeys).toBeGreaterThan(0);
});

(hasSqlite ? it : it.skip)("answers the README's lines for sqlite3 while the server runs", async () => {
  const [months = '', reasons = '', active = ''] = await paste('sh', 'FROM activity');
  expect(months.trim().split('\n').length).toBeGreaterThan(5);
  expect(reasons).toMatch(/^ROTATED\|\d+\|\d+\.\d$/m);
  const { data } = await analyst.send<{ analytics: { totals: { activeKeys: number } } }>(
    '{ analytics { totals { activeKeys } } }',
  );
  expect(Number(active)).toBe(data?.analytics.totals.activeKeys);
});

it("answers the README's lines for DuckDB from the files that its other lines write", async () => {
  await paste('sh', '--format parquet');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  for (const line of readmeBlock('sql', 'activity.parquet').trim().split('\n')) {
    const sql = line.replace(/'([a-z]+\.(?:parquet|ndjson))'/, (_, file) => sqlText(join(here, file)));
    const rows = (await connection.runAndReadAll(sql)).getRowObjectsJS();
    expect([line, rows.length > 0]).toEqual([line, true]);
  }
  connection.closeSync();
});
