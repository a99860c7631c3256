import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { sqlText } from '../../src/cli/output/quoted.js';

/** Everything in the log as tables; times in milliseconds since 1970. Computed without any of our own code. */
const tables = (events: string, usage: string) => `
  CREATE MACRO millis(text) AS epoch_ms(CAST(text AS TIMESTAMP));
  CREATE TABLE events AS SELECT account, version, type, data, data ->> '$.keyId' AS key, millis(metadata ->> '$.at') AS ms
    FROM read_json(${sqlText(events)}, format = 'newline_delimited',
      columns = {account: 'VARCHAR', version: 'BIGINT', type: 'VARCHAR', data: 'JSON', metadata: 'JSON'})
    WHERE type IS NOT NULL;
  CREATE TABLE records AS SELECT stream, version, type, data FROM read_json(${sqlText(usage)}, format = 'newline_delimited',
    columns = {stream: 'VARCHAR', version: 'BIGINT', type: 'VARCHAR', data: 'STRUCT(day DATE, writers VARCHAR[], uses JSON[],
      refusals JSON[], quarters JSON[], verifications JSON[], "createsRefused" JSON[])'});
  CREATE TABLE told AS SELECT type, kind, data.day AS day, data.writers AS writers, split_part(stream, '-', -1) AS writer, version,
      one ->> 0 AS name, (one ->> 1)::BIGINT AS n, (one ->> 2)::BIGINT AS first, (one ->> 3)::BIGINT AS last
    FROM (
      SELECT *, 'uses' AS kind, unnest(data.uses) AS one FROM records
      UNION ALL SELECT *, 'refusals', unnest(data.refusals) FROM records
      UNION ALL SELECT *, 'verifications', unnest(data.verifications) FROM records
      UNION ALL SELECT *, 'createsRefused', unnest(data."createsRefused") FROM records
      UNION ALL SELECT *, if(type = 'KeysUsed', 'verifications', 'createsRefused'), unnest(data.quarters) FROM records
    );
  CREATE TABLE totals AS SELECT * FROM told WHERE type = 'UsageTotalled';
  CREATE TABLE counted AS SELECT kind, name, epoch_ms(day::TIMESTAMP) AS ms, n, first, last FROM totals
    UNION ALL SELECT kind, name, epoch_ms(day::TIMESTAMP), arg_max(n, version), min(first), max(last) FROM told
    WHERE type <> 'UsageTotalled' AND NOT EXISTS (
      FROM totals AS total WHERE total.day = told.day AND total.kind = told.kind AND total.name = told.name
        AND list_contains(total.writers, told.writer)
    ) GROUP BY kind, name, day, writer;
  CREATE TABLE uses AS SELECT name AS key, ms + first AS first, ms + last AS last, n FROM counted WHERE kind = 'uses';
  CREATE TABLE refusals AS SELECT name AS account, ms, n FROM counted WHERE kind = 'refusals';
  CREATE TABLE deletions AS SELECT key, ms, data ->> '$.reason' AS reason FROM events WHERE type = 'KeyDeleted';
  CREATE TABLE expiries AS SELECT key, arg_max(millis(data ->> '$.expiresAt'), version) AS ms,
      min(greatest(millis(data ->> '$.expiresAt'), ms)) AS known
    FROM events WHERE (data ->> '$.expiresAt') IS NOT NULL GROUP BY key;
  CREATE TABLE switches AS SELECT key, account, version, type, ms,
      coalesce(lead(ms) OVER (PARTITION BY key ORDER BY version), 9e15::BIGINT) AS until
    FROM events WHERE type IN ('KeyDisabled', 'KeyEnabled');
  CREATE TABLE pauses AS SELECT key, list({'start': ms, 'stop': until}) AS pauses FROM switches WHERE type = 'KeyDisabled' GROUP BY key;
  CREATE TABLE successors AS SELECT data ->> '$.replaces' AS key, arg_max(key, version) AS successor
    FROM events WHERE (data ->> '$.replaces') IS NOT NULL GROUP BY 1;
  CREATE TABLE keys AS SELECT made.account, made.key, made.ms AS created, reason, successor,
      deletions.ms IS NOT NULL AS deleted, coalesce(pauses, []) AS pauses,
      len(list_filter(pauses, lambda pause: pause.stop = 9e15::BIGINT)) > 0 AS disabled, coalesce(expiries.ms, 9e15::BIGINT) AS expires,
      list_min([coalesce(deletions.ms, 9e15::BIGINT), coalesce(expiries.ms, 9e15::BIGINT)]) AS ends,
      list_min([coalesce(deletions.ms, 9e15::BIGINT), coalesce(expiries.known, 9e15::BIGINT)]) AS known
    FROM events AS made LEFT JOIN deletions USING (key) LEFT JOIN expiries USING (key) LEFT JOIN successors USING (key)
      LEFT JOIN pauses USING (key)
    WHERE type = 'KeyCreated';
  CREATE TABLE flows AS
    SELECT 'KEYS_CREATED' AS metric, ms, 1 AS n FROM events WHERE type = 'KeyCreated'
    UNION ALL SELECT 'KEYS_ROTATED', ms, 1 FROM events WHERE (data ->> '$.replaces') IS NOT NULL
    UNION ALL SELECT if(type = 'KeyDisabled', 'KEYS_DISABLED', 'KEYS_ENABLED'), ms, 1 FROM switches
    UNION ALL SELECT 'KEYS_DELETED', ms, 1 FROM deletions
    UNION ALL SELECT 'KEYS_DELETED_' || reason, ms, 1 FROM deletions
    UNION ALL SELECT if(kind = 'verifications', 'VERIFICATIONS', 'CREATES_REFUSED'), ms + 900000 * name::BIGINT, n
      FROM counted WHERE kind IN ('verifications', 'createsRefused');
`;

/**
 * Whether a key holds a slot and whether it is active at the present, and whether it has ended: it was deleted (whatever the date of that),
 * or has expired.
 */
const IS_HELD = '(NOT deleted AND expires > at_)';
const IS_ACTIVE = `(${IS_HELD} AND disabled IS NOT TRUE)`;
const HAS_ENDED = '(deleted OR expires <= at_)';

/** Whether a key was disabled just before the instant `until`. */
const PAUSED = 'len(list_filter(pauses, lambda pause: pause.start < until AND pause.stop >= until)) > 0';

const VALUES: Record<string, string> = {
  KEY_AGE: `SELECT greatest(0, at_ - created) // 1000 AS value FROM keys, now WHERE ${IS_ACTIVE}`,
  LIFETIME: `SELECT greatest(0, ends - created) // 1000 AS value FROM keys, now WHERE ${HAS_ENDED}`,
  TIME_TO_FIRST_USE: `SELECT greatest(0, min(first) - any_value(created)) // 1000 AS value FROM uses JOIN keys USING (key) GROUP BY key`,
  TIME_UNUSED: `SELECT greatest(0, at_ - coalesce(last, created)) // 1000 AS value FROM now, keys
    LEFT JOIN (SELECT key, max(last) AS last FROM uses GROUP BY key) USING (key) WHERE ${IS_ACTIVE}`,
  TIME_TO_EXPIRY: `SELECT (expires - at_) // 1000 AS value FROM keys, now WHERE ${IS_ACTIVE} AND expires < 9e15::BIGINT`,
  KEYS_PER_ACCOUNT: `SELECT count(*) FILTER (WHERE ${IS_ACTIVE}) AS value FROM keys, now GROUP BY account`,
};

export interface SeriesQuestion {
  metric: string;
  /** RFC 3339. */
  from: string;
  to: string;
  interval: string;
  timeZone: string;
}

/** The figures that the GraphQL API must give at an instant, computed by DuckDB from the exported lines. */
export class ExpectedAnalytics {
  readonly #connection: DuckDBConnection;

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** @param files the output of `export` and `export --usage` */
  static async open(files: { events: string; usage: string }): Promise<ExpectedAnalytics> {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(tables(files.events, files.usage));
    return new ExpectedAnalytics(connection);
  }

  close(): void {
    this.#connection.closeSync();
  }

  async totals(at: number): Promise<Record<string, number>> {
    const sum = (metric: string) => `(SELECT coalesce(sum(n), 0) FROM flows WHERE metric = '${metric}')`;
    return this.#row(
      at,
      `SELECT (SELECT count(DISTINCT account) FROM keys) AS accounts,
        (SELECT count(*) FROM keys WHERE ${IS_ACTIVE}) AS "activeKeys",
        (SELECT count(DISTINCT key) FROM uses) AS "keysUsed",
        (SELECT count(*) FROM (SELECT account FROM keys, now WHERE ${IS_HELD} GROUP BY account HAVING count(*) >= 2)) AS "accountsAtLimit",
        ${sum('KEYS_CREATED')} AS "keysCreated", ${sum('KEYS_ROTATED')} AS "keysRotated", ${sum('KEYS_DELETED')} AS "keysDeleted",
        ${sum('KEYS_DELETED_REQUESTED')} AS "keysDeletedRequested", ${sum('KEYS_DELETED_ROTATED')} AS "keysDeletedRotated",
        ${sum('KEYS_DELETED_EXPIRED')} AS "keysDeletedExpired", ${sum('KEYS_DELETED_LEAKED')} AS "keysDeletedLeaked",
        ${sum('KEYS_DELETED_REVOKED')} AS "keysDeletedRevoked",
        ${sum('KEYS_DISABLED')} AS "keysDisabled", ${sum('KEYS_ENABLED')} AS "keysEnabled",
        ${sum('CREATES_REFUSED')} AS "createsRefused", ${sum('VERIFICATIONS')} AS verifications FROM now`,
    );
  }

  async funnel(at: number): Promise<Record<string, number>> {
    const used = 'successor IN (SELECT key FROM uses)';
    return this.#row(
      at,
      `SELECT count(*) AS created, count(successor) AS rotated,
        count(*) FILTER (WHERE successor IS NOT NULL AND reason IS DISTINCT FROM 'ROTATED') AS "withOverlap",
        count(*) FILTER (WHERE ${used}) AS "successorUsed", count(*) FILTER (WHERE ${used} AND ${HAS_ENDED}) AS completed FROM keys, now`,
    );
  }

  /** Count, extremes and mean, and the quantiles by rank. */
  async distribution(at: number, metric: string, parts: readonly number[]) {
    const quantiles = parts.map((part) => `list_sort(list(value))[greatest(1, ceil(${part}::DOUBLE * count(*)))::BIGINT]`);
    const sql = `SELECT count(*) AS count, min(value) AS min, max(value) AS max, sum(value)::DOUBLE / count(*) AS mean,
      [${quantiles.join(', ')}] AS quantiles FROM (${VALUES[metric]})`;
    const [row] = await this.#rows(at, sql);
    return row as { count: number; min: number; max: number; mean: number; quantiles: number[] };
  }

  /** The number of values from `from` (inclusive) to `to` (exclusive). */
  async count(at: number, metric: string, { from, to }: { from: number; to: number }): Promise<number> {
    const row = await this.#row(at, `SELECT count(*) AS n FROM (${VALUES[metric]}) WHERE value >= ${from} AND value < ${to}`);
    return row.n ?? Number.NaN;
  }

  /**
   * Start and value of each interval that has begun and ends after `from`. Days, weeks and months are those of DuckDB's own calendar (ICU).
   */
  async series(
    at: number,
    { metric, from, to, interval, timeZone }: SeriesQuestion,
  ): Promise<{ start: number; value: number }[]> {
    const series = (step: string) => {
      // A day early: of an hour that the clocks show twice, `date_trunc` gives the second, which may begin after `from`.
      const first = `date_trunc('${interval}', TIMESTAMPTZ '${from}' - INTERVAL 1 DAY)`;
      return `SELECT unnest(generate_series(${first}, TIMESTAMPTZ '${to}' + INTERVAL 40 DAY, INTERVAL ${step})) AS s`;
    };
    // An hour ends when the clocks show another one, or when the offset from UTC changes.
    const hours = `SELECT min(s) AS s FROM (${series('15 MINUTE')})
      GROUP BY date_trunc('hour', s AT TIME ZONE '${timeZone}'), (s AT TIME ZONE '${timeZone}') - (s AT TIME ZONE 'UTC')`;
    const starts = interval === 'HOUR' ? hours : series(`1 ${interval}`);
    const bounds = `SELECT epoch_ms(s) AS start, epoch_ms(next) AS until FROM now, (
      SELECT s, lead(s) OVER (ORDER BY s) AS next FROM (${starts})
    ) WHERE next > TIMESTAMPTZ '${from}' AND s < TIMESTAMPTZ '${to}' AND epoch_ms(s) <= at_`;
    await this.#connection.run(`SET TimeZone = '${timeZone}'`);
    const held = 'created < until AND known >= until';
    const level = `CASE WHEN until > at_ THEN ${IS_HELD} ELSE ${held} END`;
    const active = `CASE WHEN until > at_ THEN ${IS_ACTIVE} ELSE ${held} AND NOT ${PAUSED} END`;
    const value: Record<string, string> = {
      ACTIVE_KEYS: `SELECT start, count(key) AS value FROM bounds CROSS JOIN now LEFT JOIN keys ON ${active} GROUP BY start`,
      ACCOUNTS_AT_LIMIT: `SELECT start, count(account) AS value FROM bounds LEFT JOIN (
        SELECT until, account FROM bounds CROSS JOIN now JOIN keys ON ${level} GROUP BY ALL HAVING count(*) >= 2) USING (until) GROUP BY start`,
    };
    const flow = `SELECT start, coalesce(sum(n), 0) AS value FROM bounds LEFT JOIN flows
      ON metric = '${metric}' AND ms >= start AND ms < until GROUP BY start`;
    const rows = await this.#rows(at, `WITH bounds AS (${bounds}) ${value[metric] ?? flow} ORDER BY start`);
    return rows as { start: number; value: number }[];
  }

  /**
   * For each day in UTC and account with events: the events, the number of active keys at its end, and 1 if the account was then at its
   * limit.
   */
  async activity(): Promise<(string | number)[][]> {
    const count = (condition: string) => `count(*) FILTER (WHERE ${condition})::BIGINT`;
    const deleted = (reason: string) => count(`type = 'KeyDeleted' AND (data ->> '$.reason') = '${reason}'`);
    const day = "strftime(make_timestamp(ms * 1000), '%Y-%m-%d')";
    const rows = await this.#rows(
      0,
      `WITH happened AS (
        SELECT ${day} AS day, account, ${count("type = 'KeyCreated'")} AS a, ${count("(data ->> '$.replaces') IS NOT NULL")} AS b,
          ${deleted('REQUESTED')} AS c, ${deleted('ROTATED')} AS d, ${deleted('EXPIRED')} AS e, ${deleted('LEAKED')} AS f,
          ${deleted('REVOKED')} AS g, ${count("type = 'KeyDisabled'")} AS h, ${count("type = 'KeyEnabled'")} AS i, 0 AS j
        FROM events WHERE type IN ('KeyCreated', 'KeyDeleted', 'KeyDisabled', 'KeyEnabled') GROUP BY ALL
        UNION ALL SELECT ${day}, account, 0, 0, 0, 0, 0, 0, 0, 0, 0, sum(n)::BIGINT FROM refusals GROUP BY ALL
      ), days AS (
        SELECT day, account, sum(a)::BIGINT AS a, sum(b)::BIGINT AS b, sum(c)::BIGINT AS c, sum(d)::BIGINT AS d, sum(e)::BIGINT AS e,
          sum(f)::BIGINT AS f, sum(g)::BIGINT AS g, sum(h)::BIGINT AS h, sum(i)::BIGINT AS i, sum(j)::BIGINT AS j, epoch_ms(day::TIMESTAMP) + 86400000 AS until FROM happened GROUP BY day, account
      ) SELECT day, a, b, c, d, e, f, g, h, i, j, count(key) FILTER (WHERE NOT ${PAUSED}) AS active, (count(key) >= 2)::BIGINT AS atLimit
        FROM days LEFT JOIN keys ON keys.account = days.account AND created < until AND known >= until GROUP BY day, days.account, a, b, c, d, e, f, g, h, i, j`,
    );
    return rows.map((row) => Object.values(row as Record<string, string | number>));
  }

  async #row(at: number, sql: string): Promise<Record<string, number>> {
    const [row] = await this.#rows(at, sql);
    return row as Record<string, number>;
  }

  async #rows(at: number, sql: string): Promise<unknown[]> {
    await this.#connection.run(`CREATE OR REPLACE VIEW now AS SELECT ${at}::BIGINT AS at_`);
    return (await this.#connection.runAndReadAll(sql)).getRowObjectsJS().map(plain);
  }
}

/** DuckDB returns whole numbers as bigint. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
