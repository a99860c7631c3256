import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Statement } from 'better-sqlite3';
import type { Config } from '../../config.js';
import { isFilling } from '../../projections/engine/fill.js';
import { DATA_FILE } from '../../shared/data-files.js';
import { hasCode } from '../../shared/error-code.js';
import { withFileName } from '../../shared/file-fault.js';
import { UnfitFile } from '../../shared/file-text.js';
import { isThere } from '../../shared/is-there.js';
import Database from '../../shared/sqlite.js';
import { isShown, printAll } from '../output/output.js';
import { Progress } from '../output/progress.js';
import { sqlText } from '../output/quoted.js';
import { WrongUsage } from '../output/wrong-usage.js';

/** The views of the analytics file that can be exported, documented in `schema/sql/analytics.sql`. */
export const EXPORTED_PROJECTIONS = ['activity', 'keys', 'usage'] as const;
type Exported = (typeof EXPORTED_PROJECTIONS)[number];

/** The columns by which each is sorted. */
const ORDER: Record<Exported, string> = { activity: 'day, account', keys: 'createdAt, key', usage: 'day, key' };

export const EXPORT_FORMATS = ['csv', 'parquet', 'ndjson'] as const;

export interface ProjectionExportOptions {
  projection: Exported;
  format: (typeof EXPORT_FORMATS)[number];
}

type Row = Record<string, string | number | null>;

/** How many rows are written at a time. */
const PAGE = 1000;

/**
 * Writes a view of the analytics file to standard output, in one snapshot. The server may run.
 * @throws WrongUsage if Parquet, which is binary, would go to a terminal
 * @throws Error if there is no such file, if a server is filling projections, or if Parquet cannot be written
 */
export async function exportProjection(config: Config, { projection, format }: ProjectionExportOptions): Promise<void> {
  const file = join(config.dataDirectory, DATA_FILE.analytics);
  if (!isThere(file)) throw new Error(`There are no analytics at ${file} yet. Start the server: it creates them.`);
  if (format === 'parquet' && isShown()) throw new WrongUsage('Parquet is binary. Redirect the output to a file with `>`.');
  const database = openAnalytics(file);
  const progress = new Progress();
  try {
    requireFilled(config.dataDirectory);
    const view = database.prepare<[], Row>(`SELECT * FROM ${projection} ORDER BY ${ORDER[projection]}`);
    const columns = view.columns().map(({ name }) => name);
    const rows = pagesOf(view, (count) => progress.add(count));
    if (format === 'ndjson') await printAll(toLines(rows, toJson));
    else if (format === 'csv') await printAll(csv(columns, rows));
    else await writeParquet(columns, rows);
    progress.end();
  } finally {
    database.close();
  }
}

/** Refuses while rows may be missing. Call it before the snapshot begins: a snapshot of after the filling lacks nothing. */
function requireFilled(directory: string): void {
  if (!isFilling(directory)) return;
  throw new Error(
    'Nothing was exported, since rows could be missing: a server fills projections now. Try again when GET /readyz shows the state ok for activity and activity_usage.',
  );
}

function openAnalytics(file: string): Database.Database {
  const database = new Database(file, { readonly: true });
  try {
    database.pragma('schema_version');
    return database;
  } catch (cause) {
    database.close();
    if (!hasCode(cause, 'SQLITE_NOTADB')) throw withFileName(cause, file);
    throw new UnfitFile(file, 'is not a database', 'Start the server: it creates the file again.', { cause });
  }
}

function* pagesOf(view: Statement<[], Row>, onRows: (count: number) => void): Generator<Row[]> {
  let page: Row[] = [];
  for (const row of view.iterate()) {
    page.push(row);
    if (page.length < PAGE) continue;
    onRows(page.length);
    yield page;
    page = [];
  }
  onRows(page.length);
  yield page;
}

function* toLines(pages: Iterable<Row[]>, toLine: (row: Row) => string): Generator<string> {
  for (const page of pages) yield page.map(toLine).join('');
}

function toJson(row: Row): string {
  return `${JSON.stringify(row)}\n`;
}

/** RFC 4180, but with line feeds only. No value in these views needs quotation marks. */
function* csv(columns: string[], pages: Iterable<Row[]>): Generator<string> {
  yield `${columns.join(',')}\n`;
  yield* toLines(pages, (row) => `${columns.map((column) => row[column] ?? '').join(',')}\n`);
}

/** DuckDB writes to a temporary file, which is then copied to standard output. */
async function writeParquet(columns: string[], pages: Iterable<Row[]>): Promise<void> {
  const { DuckDBInstance } = await importDuckDb();
  const directory = await mkdtemp(join(tmpdir(), 'keyledger-export-'));
  try {
    const [source, target] = [join(directory, 'rows.csv'), join(directory, 'rows.parquet')];
    await pipeline(csv(columns, pages), createWriteStream(source));
    const types = columns.map((column) => `'${column}': '${parquetType(column)}'`).join(', ');
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(
      `COPY (FROM read_csv(${sqlText(source)}, header = true, columns = {${types}})) TO ${sqlText(target)} (FORMAT parquet)`,
    );
    connection.closeSync();
    await printAll(createReadStream(target));
  } finally {
    await rm(directory, { recursive: true });
  }
}

function parquetType(column: string): string {
  if (column === 'day') return 'DATE';
  if (column.endsWith('At')) return 'TIMESTAMPTZ';
  return ['account', 'key', 'reason', 'replaces', 'replacedBy'].includes(column) ? 'VARCHAR' : 'BIGINT';
}

async function importDuckDb(): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api');
  } catch (cause) {
    if (!hasCode(cause, 'ERR_MODULE_NOT_FOUND')) throw cause;
    const message =
      'Parquet needs the package @duckdb/node-api, which is not installed. Install it, or use the format csv or ndjson.';
    throw new Error(message, { cause });
  }
}
