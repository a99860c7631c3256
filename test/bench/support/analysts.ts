import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { openLogKey } from '../../../src/auth/log-key.js';
import { sqlText } from '../../../src/cli/output/quoted.js';
import { completeExport } from '../../../src/cli/transparency/export-lines.js';
import { LogSigner } from '../../../src/cli/transparency/log-signer.js';
import { readConfig } from '../../../src/config.js';
import { intervalBounds } from '../../../src/domain/analytics/intervals.js';
import { Analytics } from '../../../src/projections/analytics/analytics.js';
import type { Metric } from '../../../src/projections/analytics/analytics-metrics.js';
import Database from '../../../src/shared/sqlite.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { interleave, timed } from './bench.js';
import { YEAR, YEAR_START } from './year.js';

const ROUNDS = 15;
const ZONE = 'Europe/Vilnius';

/** The duration of each query, round by round, in milliseconds. */
export type Answered = Record<'created' | 'duckDbCreated' | 'active' | 'duckDbActive', number[]>;

/** Queries the analytics file, and DuckDB over Parquet of the same events, for the figures of each day of the year. */
export async function askBoth(directory: string): Promise<Answered> {
  const { parquet, connection } = await exportToParquet(directory);
  const database = new Database(join(directory, 'analytics.db'), { readonly: true });
  const analytics = new Analytics(database, YEAR_START + YEAR);
  const ask = (metric: Metric) => analytics.series(metric, bounds()).values;
  const duckDb = async (sql: string) => (await connection.runAndReadAll(sql)).getRows().map(([, count]) => Number(count));
  const day = `date_trunc('day', "at" AT TIME ZONE '${ZONE}')`;
  const created = `SELECT ${day} AS day, count(*) FROM ${sqlText(parquet)} WHERE type = 'KeyCreated' GROUP BY 1 ORDER BY 1`;
  const change = "count(*) FILTER (WHERE type = 'KeyCreated') - count(*) FILTER (WHERE type = 'KeyDeleted')";
  const active = `SELECT day, sum(n) OVER (ORDER BY day) FROM (SELECT ${day} AS day, ${change} AS n FROM ${sqlText(parquet)} GROUP BY 1) ORDER BY 1`;
  requireSame(ask('KEYS_CREATED'), await duckDb(created));
  requireSame(ask('ACTIVE_KEYS'), await duckDb(active));
  const answered = await interleave(ROUNDS, {
    created: () => timed(() => ask('KEYS_CREATED')),
    duckDbCreated: () => timed(() => duckDb(created)),
    active: () => timed(() => ask('ACTIVE_KEYS')),
    duckDbActive: () => timed(() => duckDb(active)),
  });
  database.close();
  connection.closeSync();
  return answered;
}

function bounds(): number[] {
  const found = intervalBounds('DAY', ZONE, YEAR_START, YEAR_START + YEAR, 1000);
  if (!found) throw new Error('A year has no more than 1000 days.');
  return found;
}

/** The needed values are in columns of their own, so DuckDB has no JSON to read. */
async function exportToParquet(directory: string): Promise<{ parquet: string; connection: DuckDBConnection }> {
  const [lines, parquet] = [join(directory, 'events.ndjson'), join(directory, 'events.parquet')];
  const config = readConfig({ KEYLEDGER_DATA: directory });
  await openLogKey(config);
  const store = new SqliteEventStore(join(directory, 'events.db'));
  const signer = await LogSigner.open(config, store);
  const pages = completeExport({ store, signer, onRead: () => {}, onLast: () => {} });
  await pipeline(pages, joined, createWriteStream(lines));
  await store.close();
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const columns = "account: 'VARCHAR', type: 'VARCHAR', data: 'JSON', metadata: 'STRUCT(\"at\" VARCHAR)'";
  await connection.run(`COPY (
    SELECT account, type, data ->> '$.keyId' AS keyId, CAST(metadata."at" AS TIMESTAMPTZ) AS "at"
    FROM read_json(${sqlText(lines)}, format = 'newline_delimited', columns = {${columns}}) WHERE type IS NOT NULL
  ) TO ${sqlText(parquet)} (FORMAT parquet)`);
  await rm(lines);
  return { parquet, connection };
}

async function* joined(pages: AsyncIterable<string[]>): AsyncGenerator<string> {
  for await (const lines of pages) yield lines.join('');
}

/** Checks that the results are equal, since only then can durations be compared. Days without a row in DuckDB are zero. */
function requireSame(own: number[], theirs: number[]): void {
  const [ours, others] = [own, theirs].map((values) => values.filter((value) => value !== 0).join());
  if (ours !== others) throw new Error(`The answers differ: ${own.slice(0, 5)}… and ${theirs.slice(0, 5)}…`);
}
