import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { answerQuestion, type Question } from '../../../src/projections/analytics/question.js';
import Database from '../../../src/shared/sqlite.js';
import { here } from '../../cli/here.js';
import { untilAnswered } from '../../support/asked-analytics.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { rounds } from '../../support/long.js';
import { openWorld } from '../../support/world.js';

const DAY = 86_400_000;
const RUNS = rounds(12, 800);

let database: Database.Database;
/** When held keys expire. */
let expiries: number[];
beforeAll(async () => {
  const dataDirectory = join(temporaryDirectory(), 'demo');
  await here(['demo', '--accounts', '60', '--days', '400'], { KEYLEDGER_DATA: dataDirectory });
  const world = await openWorld({ dataDirectory });
  await untilAnswered(await world.client({ role: 'analyst' }));
  await world.stop();
  database = new Database(join(dataDirectory, 'analytics.db'), { readonly: true });
  const held = 'SELECT DISTINCT endsAt FROM activity_5_keys WHERE deletedAt IS NULL AND endsAt IS NOT NULL ORDER BY endsAt';
  expiries = database.prepare<[], number>(held).pluck().all();
});
afterAll(() => database.close());

const shown = (question: Question, at: number) => inspect(answerQuestion(database, question, at).answer.found, { depth: null });

/** What is found, without the instant of the answer. */
const foundAt = (question: Question, at: number) => shown(question, at).replace(/\bat: \d+/, 'at');

it('an answer holds, as long as it says, at every other instant', () => {
  expect(expiries.length).toBeGreaterThan(20);
  const expiry = fc.nat(expiries.length - 1).map((index) => expiries[index] ?? 0);
  const instant = fc.oneof(
    fc.tuple(expiry, fc.constantFrom(-1, 0, 1, 60_000)).map(([at, by]) => at + by),
    fc.tuple(expiry, fc.integer({ min: -DAY, max: DAY })).map(([at, by]) => at + by),
  );
  const presentation = fc.constant({ buckets: 9, quantiles: [0, 0.1, 0.5, 0.9, 1] });
  const bounds = fc.tuple(instant, fc.array(fc.integer({ min: 1, max: 90 * DAY }), { minLength: 1, maxLength: 5 }));
  const question: fc.Arbitrary<Question> = fc.oneof(
    fc.constantFrom<Question>(
      { type: 'totals' },
      { type: 'rotationFunnel' },
      { type: 'accountsAtLimit', page: { limit: 100 } },
    ),
    fc.record({
      type: fc.constant('distribution'),
      metric: fc.constantFrom('KEY_AGE', 'LIFETIME', 'TIME_TO_FIRST_USE', 'TIME_UNUSED', 'TIME_TO_EXPIRY', 'KEYS_PER_ACCOUNT'),
      presentation,
    }),
    fc.record({
      type: fc.constant('series'),
      metric: fc.constantFrom('KEYS_CREATED', 'VERIFICATIONS', 'ACTIVE_KEYS', 'ACCOUNTS_AT_LIMIT'),
      bounds: bounds.map(([start, lengths]) => [start, ...lengths.map((by) => start + by)].toSorted((a, b) => a - b)),
    }),
  );
  fc.assert(
    fc.property(question, instant, fc.double({ min: 0, max: 1, noNaN: true }), (question, at, part) => {
      const { validity } = answerQuestion(database, question, at);
      fc.pre(validity !== undefined);
      const { from = at - 30 * DAY, to = at + 30 * DAY } = validity;
      expect(from <= at && at < to).toBe(true);
      for (const other of [from, to - 1, Math.floor(from + part * (to - 1 - from))])
        expect({ other, found: foundAt(question, other) }).toEqual({ other, found: foundAt(question, at) });
    }),
    { numRuns: RUNS },
  );
});

it.each<[Question['type'], Question]>([
  ['totals', { type: 'totals' }],
  ['distribution', { type: 'distribution', metric: 'LIFETIME', presentation: { quantiles: [] } }],
  ['distribution', { type: 'distribution', metric: 'KEYS_PER_ACCOUNT', presentation: { buckets: 9, quantiles: [] } }],
])('an answer of %s no longer holds when the next key expires', (_type, question) => {
  const [last = 0] = expiries.slice(Math.floor(expiries.length / 2));
  const { validity } = answerQuestion(database, question, last);
  const next = validity?.to ?? Number.NaN;
  expect(expiries).toContain(next);
  expect(foundAt(question, next)).not.toBe(foundAt(question, last));
});
