import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { EXPORTED_PROJECTIONS } from '../../../src/cli/commands/export-projection.js';
import { shellText, sqlText } from '../../../src/cli/output/quoted.js';
import { DATA_FILE } from '../../../src/shared/data-files.js';
import Database from '../../../src/shared/sqlite.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { untilAnswered } from '../../support/asked-analytics.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { collect } from '../../support/events.js';
import { fewUnlessLong } from '../../support/long.js';
import { openWorld } from '../../support/world.js';
import { COMMAND, keyledger, run } from '../run.js';

/** A data directory with a filled analytics file. No service runs on it any more. */
const dataDirectory = join(temporaryDirectory(), 'demo');
beforeAll(async () => {
  expect((await keyledger(['demo', '--accounts', '20', '--days', '60'], { KEYLEDGER_DATA: dataDirectory })).code).toBe(0);
  const world = await openWorld({ dataDirectory });
  await untilAnswered(await world.client({ role: 'analyst' }));
  await world.stop();
});

const exported = (...args: string[]) => keyledger(['export', ...args], { KEYLEDGER_DATA: dataDirectory });

/** The rows of the view in the file. */
function rowsOf(view: string): Record<string, unknown>[] {
  const database = new Database(join(dataDirectory, 'analytics.db'), { readonly: true });
  const rows = database.prepare<[], Record<string, unknown>>(`SELECT * FROM ${view}`).all();
  database.close();
  return rows;
}

const sorted = (rows: Record<string, unknown>[]) => rows.map((row) => JSON.stringify(Object.values(row))).sort();

/** Reads the file with DuckDB, with texts for days and times. In CSV, a column without any value is a text before it is cast. */
async function readWithDuckDb(file: string, read: string): Promise<Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const text = "strftime(COLUMNS('^(?:.*At)$')::TIMESTAMPTZ AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ')";
  const { columns } = { columns: (await connection.runAndReadAll(`FROM ${read}(${sqlText(file)}) LIMIT 0`)).columnNames() };
  const times = columns.some((column) => column.endsWith('At'));
  const days = columns.includes('day');
  const rest = `* EXCLUDE (${columns.filter((column) => column === 'day' || column.endsWith('At')).join(', ')})`;
  const parts = [...(days ? ['day::VARCHAR AS day'] : []), rest, ...(times ? [text] : [])];
  const rows = (await connection.runAndReadAll(`SELECT ${parts.join(', ')} FROM ${read}(${sqlText(file)})`)).getRowObjectsJS();
  connection.closeSync();
  return rows.map((row) => {
    return Object.fromEntries(
      columns.map((column) => [column, typeof row[column] === 'bigint' ? Number(row[column]) : row[column]]),
    );
  });
}

describe.each(fewUnlessLong(1, EXPORTED_PROJECTIONS))('%s', (projection) => {
  it.each([
    ['parquet', 'read_parquet'],
    ['csv', 'read_csv'],
  ])('in %s is, read by DuckDB, what the file holds', async (format, read) => {
    const file = join(temporaryDirectory(), `rows.${format}`);
    await run(
      'sh',
      ['-c', `"${process.execPath}" "${COMMAND}" export --projection ${projection} --format ${format} > ${shellText(file)}`],
      {
        KEYLEDGER_DATA: dataDirectory,
      },
    );
    expect(sorted(await readWithDuckDb(file, read))).toEqual(sorted(rowsOf(projection)));
  });

  it('in NDJSON is what the file holds, a row a line', async () => {
    const { code, stdout } = await exported('--projection', projection, '--format', 'ndjson');
    expect(code).toBe(0);
    expect(
      sorted(
        stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ),
    ).toEqual(sorted(rowsOf(projection)));
  });
});

it('is written where a directory has an apostrophe and other letters of SQL in its name', async () => {
  const TMPDIR = join(temporaryDirectory(), `o'brien's "files" [x]; --`);
  const data = join(TMPDIR, 'data');
  mkdirSync(TMPDIR);
  cpSync(dataDirectory, data, { recursive: true, verbatimSymlinks: true });
  for (const format of ['parquet', 'csv', 'ndjson']) {
    const args = ['export', '--projection', 'keys', '--format', format];
    expect(await keyledger(args, { KEYLEDGER_DATA: data, TMPDIR })).toMatchObject({ code: 0, stderr: '' });
  }
  expect(readdirSync(TMPDIR)).toEqual(['data']);
  expect(await keyledger(['replay'], { KEYLEDGER_DATA: data, TMPDIR })).toMatchObject({ code: 0, stderr: '' });
  expect(await keyledger(['export', '--account', 'demo-1'], { KEYLEDGER_DATA: data, TMPDIR })).toMatchObject({ code: 0 });
});

it('is CSV where nothing is said, with the names of the columns first', async () => {
  const { stdout } = await exported('--projection', 'usage');
  const [head, first = ''] = stdout.split('\n');
  expect(head).toBe('day,key,verifications');
  expect(first).toMatch(/^\d{4}-\d{2}-\d{2},[0-9a-f]{32},\d+$/);
});

it('writes the records of uses and refusals as they are stored, and that they were read is recorded', async () => {
  const { code, stdout } = await exported('--usage');
  expect(code).toBe(0);
  const store = new SqliteEventStore(join(dataDirectory, 'events.db'));
  const stored = await collect(store.readAll('apiKeyUsage'));
  const reads = await collect(store.readAll('apiKeyReads'));
  await store.close();
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toEqual(stored);
  expect(reads.map(({ data }) => data)).toContainEqual(expect.objectContaining({ what: 'export --usage' }));
});

describe('says what is wrong', () => {
  it.each<[what: string, args: string[], message: string]>([
    ['an unknown projection', ['--projection', 'history'], 'Allowed choices are activity, keys, usage'],
    ['an unknown format', ['--projection', 'activity', '--format', 'xlsx'], 'Allowed choices are csv, parquet, ndjson'],
    ['a format of nothing', ['--format', 'csv'], '--format needs a projection'],
    ['a projection of an account', ['--projection', 'activity', '--account', 'demo-1'], 'cannot be used with'],
    ['usage of a time', ['--usage', '--from', '2026-01-01'], 'cannot be used with'],
    ['usage and a projection', ['--usage', '--projection', 'activity'], 'cannot be used with'],
  ])('%s', async (_what, args, message) => {
    const { code, stdout, stderr } = await exported(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('no analytics yet', async () => {
    const directory = temporaryDirectory();
    const { code, stderr } = await keyledger(['export', '--projection', 'activity'], { KEYLEDGER_DATA: directory });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Start the server: it creates them') });
  });

  it('a server fills projections, so that rows could be missing', async () => {
    const filling = new Database(join(dataDirectory, DATA_FILE.filling));
    filling.exec('BEGIN EXCLUSIVE');
    const refused = await exported('--projection', 'keys');
    filling.close();
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('a server fills projections now') });
    expect(await exported('--projection', 'keys')).toMatchObject({ code: 0, stderr: '' });
  });

  it('Parquet without the package that writes it', async () => {
    const hook = join(temporaryDirectory(), 'missing.mjs');
    const missing = "Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })";
    const resolve = `export async function resolve(name, context, next) { if (name === '@duckdb/node-api') throw ${missing}; return next(name, context); }`;
    const register = `import { register } from 'node:module'; register('data:text/javascript;base64,${Buffer.from(resolve).toString('base64')}');`;
    writeFileSync(hook, register);
    const args = ['--import', hook, COMMAND, 'export', '--projection', 'activity', '--format', 'parquet'];
    const { code, stdout, stderr } = await run(process.execPath, args, { KEYLEDGER_DATA: dataDirectory });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('@duckdb/node-api, which is not installed. Install it, or use the format csv or ndjson.');
  });
});
