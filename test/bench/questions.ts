import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ACTIVITY } from '../../src/projections/engine/names.js';
import Database from '../../src/shared/sqlite.js';
import type { Client } from '../support/client.js';
import { type Bench, interleave, median, ratio, timed } from './support/bench.js';
import { underLoad } from './support/http-load.js';
import { Keyledger, viewerOf } from './support/keyledger.js';
import { inTemporaryDirectory } from './support/temporary.js';
import { YEAR, YEAR_START } from './support/year.js';

const KEYS = 1_000_000;
const ROUNDS = 5;
/** The load of verifications: connections, and seconds in each round. */
const LOAD = { connections: 8, duration: 3 };
/** In milliseconds. The load counts whole ones, so anything below is one. */
const RESOLUTION = 1;

/** Measures the 99th percentile of verifications over HTTP while an analyst asks about every key, and while nobody asks; and how long a question takes. */
export const questions: Bench = () =>
  inTemporaryDirectory(async (directory) => {
    const keyledger = await Keyledger.start(directory);
    try {
      const { key, secret } = await keyledger.client.newKey();
      const credentials = Buffer.from(`${key.keyId}:${secret}`).toString('base64');
      const requests = [{ path: '/v1/verify', headers: { authorization: `Basic ${credentials}` } }];
      const load = async () => {
        const { perSecond, p99 } = await underLoad({ url: keyledger.url, ...LOAD, requests });
        return perSecond === 0 ? LOAD.duration * 1000 : Math.max(p99, RESOLUTION);
      };
      const analyst = await analystOf(keyledger, directory);
      writeKeys(join(directory, 'analytics.db'));
      const p99 = await interleave(ROUNDS, { quiet: load, asked: () => whileAsked(analyst, load) });
      const answered = await interleave(ROUNDS, {
        anew: () => timed(() => ask(analyst, 'distribution(metric: KEY_AGE) { count }')),
        kept: () => timed(() => ask(analyst, 'distribution(metric: KEYS_PER_ACCOUNT) { count }')),
      });
      return {
        figures: {
          keys: KEYS,
          verifyQuietP99Milliseconds: median(p99.quiet),
          verifyAskedP99Milliseconds: median(p99.asked),
          questionAnewMilliseconds: median(answered.anew),
          questionKeptMilliseconds: median(answered.kept),
        },
        ratios: { verifyP99AskedToQuiet: ratio(p99.asked, p99.quiet) },
        goals: { verifyP99AskedToQuiet: { atMost: 5 } },
      };
    } finally {
      await keyledger.stop();
    }
  });

/** Measures while documents of two distributions come one after another. */
async function whileAsked(analyst: Client, measure: () => Promise<number>): Promise<number> {
  let isOver = false;
  const asked = (async () => {
    while (!isOver) await ask(analyst, TWO);
  })();
  const measured = await measure();
  isOver = true;
  await asked;
  return measured;
}

/** As many as a document may hold of that many keys. */
const TWO = 'age: distribution(metric: KEY_AGE) { count } lifetime: distribution(metric: LIFETIME, buckets: 1) { count }';

async function ask(analyst: Client, fields: string): Promise<void> {
  const { errors } = await analyst.send(`{ analytics { ${fields} } }`);
  if (errors) throw new Error(JSON.stringify(errors));
}

/** An analyst whose questions are answered. */
async function analystOf(keyledger: Keyledger, directory: string): Promise<Client> {
  const analyst = await viewerOf(keyledger, directory, { account: 'bench', role: 'analyst' });
  const codeOf = async () => (await analyst.send('{ analytics { totals { at } } }')).errors?.[0]?.extensions?.code;
  while ((await codeOf()) === 'NOT_READY') await delay(25);
  return analyst;
}

/** Adds a year's keys to the tables, two to each account, as if their events had been there. */
function writeKeys(file: string): void {
  const database = new Database(file, { timeout: 10_000 });
  database
    .prepare(
      `WITH RECURSIVE made(place) AS (SELECT 1 UNION ALL SELECT place + 1 FROM made WHERE place < ${KEYS})
       INSERT INTO ${ACTIVITY}_keys (createdAt, key, account)
       SELECT ${YEAR_START} + place * ${Math.floor(YEAR / KEYS)}, lower(hex(randomblob(16))), printf('%032x', place / 2)
       FROM made`,
    )
    .run();
  database
    .prepare(
      `INSERT OR IGNORE INTO ${ACTIVITY}_accounts (account, version, held, atLimitSince)
       SELECT account, 2, '[]', min(createdAt) FROM ${ACTIVITY}_keys GROUP BY account`,
    )
    .run();
  database.close();
}
