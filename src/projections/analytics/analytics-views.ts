import { FIGURES } from '../../domain/analytics/activity.js';
import type { Connection } from '../engine/connection.js';
import { ACTIVITY, ACTIVITY_USAGE, POSITIONS } from '../engine/names.js';

const COUNTS = FIGURES.filter((figure) => !figure.endsWith('Change'));
const sums = (names: readonly string[]) => names.map((name) => `sum(${name}) AS ${name}`).join(', ');
const zeros = (names: readonly string[]) => names.map((name) => `0 AS ${name}`).join(', ');
const time = (column: string, value = column) => `strftime('%Y-%m-%dT%H:%M:%fZ', ${value} / 1000.0, 'unixepoch') AS ${column}`;

/** The views that analysts may rely on, documented in `schema/sql/analytics.sql`. The tables behind them may change. */
const VIEWS = {
  activity: `
    SELECT day, account, ${COUNTS.join(', ')}, createsRefused,
      sum(activeChange) OVER account AS active, sum(atLimitChange) OVER account AS atLimit
    FROM (
      SELECT day, account, ${sums(FIGURES)}, sum(createsRefused) AS createsRefused FROM (
        SELECT *, 0 AS createsRefused FROM ${ACTIVITY}
        UNION ALL SELECT day, account, ${zeros(FIGURES)}, createsRefused FROM ${ACTIVITY_USAGE}_refusals
      ) GROUP BY day, account
    ) WINDOW account AS (PARTITION BY account ORDER BY day)`,
  quarters: `
    SELECT ${time('start')}, ${COUNTS.join(', ')}, createsRefused, verifications,
      sum(activeChange) OVER until AS active, sum(atLimitChange) OVER until AS atLimit
    FROM (
      SELECT start, ${sums([...FIGURES, 'createsRefused', 'verifications'])} FROM (
        SELECT *, 0 AS createsRefused, 0 AS verifications FROM ${ACTIVITY}_quarters
        UNION ALL SELECT start, ${zeros(FIGURES)}, createsRefused, verifications FROM ${ACTIVITY_USAGE}_quarters
      ) GROUP BY start
    ) WINDOW until AS (ORDER BY start)`,
  keys: `
    SELECT made.key AS key, account, ${time('createdAt')}, ${time('endsAt', 'max(endsAt, createdAt)')}, ${time('deletedAt')}, ${time('disabledAt')}, reason, replaces, replacedBy,
      ${time('firstUsedAt')}, ${time('lastUsedAt')}
    FROM ${ACTIVITY}_keys AS made LEFT JOIN ${ACTIVITY_USAGE}_keys AS used ON used.key = made.key`,
  usage: `SELECT day, key, verifications FROM ${ACTIVITY_USAGE}`,
  positions: `SELECT rtrim(projection, '0123456789_') AS projection, position FROM ${POSITIONS}`,
} as const;

/** Creates this version's views. */
export function makeViews(database: Connection): void {
  const existing = database.prepare<[string], string>("SELECT sql FROM sqlite_schema WHERE type = 'view' AND name = ?").pluck();
  for (const [name, select] of Object.entries(VIEWS)) {
    const sql = `CREATE VIEW ${name} AS ${select}`;
    if (existing.get(name) === sql) continue;
    database.transaction(() => database.exec(`DROP VIEW IF EXISTS ${name}; ${sql}`)).immediate();
  }
}
