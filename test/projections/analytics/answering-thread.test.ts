import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { AnsweringThread } from '../../../src/projections/analytics/answering-thread.js';
import type { Answered, Question } from '../../../src/projections/analytics/question.js';
import Database from '../../../src/shared/sqlite.js';
import { here } from '../../cli/here.js';
import { run } from '../../cli/run.js';
import { answeringHere } from '../../support/answering-here.js';
import { untilAnswered } from '../../support/asked-analytics.js';
import { cleanUpLater, temporaryDirectory } from '../../support/cleanup.js';
import { renameTables } from '../../support/older-tables.js';
import { openWorld } from '../../support/world.js';

const BUILT = join(import.meta.dirname, '../../../dist/projections/analytics');
const NOW = Date.now();

const DISTRIBUTIONS = [
  'KEY_AGE',
  'LIFETIME',
  'TIME_TO_FIRST_USE',
  'TIME_UNUSED',
  'TIME_TO_EXPIRY',
  'KEYS_PER_ACCOUNT',
] as const;
const QUESTIONS: Question[] = [
  { type: 'totals' },
  { type: 'rotationFunnel' },
  { type: 'accountsAtLimit', page: { limit: 5, backward: true } },
  { type: 'series', metric: 'ACTIVE_KEYS', bounds: [NOW - 86_400_000, NOW, NOW + 86_400_000] },
  ...DISTRIBUTIONS.map((metric): Question => {
    return { type: 'distribution', metric, presentation: { buckets: 7, quantiles: [0, 0.5, 1] } };
  }),
];

let file: string;
beforeAll(async () => {
  const dataDirectory = join(temporaryDirectory(), 'demo');
  await here(['demo', '--accounts', '40', '--days', '200'], { KEYLEDGER_DATA: dataDirectory });
  const world = await openWorld({ dataDirectory });
  await untilAnswered(await world.client({ role: 'analyst' }));
  file = join(dataDirectory, 'analytics.db');
});

/** A thread that answers from that file, and what it has logged. */
function thread(script: string, from = file): { answering: AnsweringThread; logged: unknown[] } {
  const logged: unknown[] = [];
  const log = { error: (...line: unknown[]) => void logged.push(line) };
  const answering = new AnsweringThread({ file: from, log, script: pathToFileURL(script) });
  cleanUpLater(() => answering.close());
  return { answering, logged };
}

/** As text: what comes from another thread is of other classes than those of a test. */
const shown = (answered: Answered) => inspect(answered, { depth: null });

it.each(QUESTIONS.map((question) => [question.type, question] as const))(
  'answers %s in a thread as here',
  async (_type, question) => {
    const { answering, logged } = thread(join(BUILT, 'answering-worker.js'));
    const answered = await answering.answer(question, NOW);
    expect(shown(answered)).toBe(shown(await answeringHere(file).answer(question, NOW)));
    expect(answered.moment).toMatchObject({ at: NOW, position: expect.any(Number) });
    expect(logged).toEqual([]);
  },
);

it.each([
  ['throws', 'throw new Error("broken")'],
  ['throws nothing in particular', 'throw undefined'],
  ['exits', 'process.exit(3)'],
])('a thread that %s fails one question, and the next one starts another', async (_what, fault) => {
  const script = join(temporaryDirectory(), 'worker.mjs');
  const marker = join(temporaryDirectory(), 'failed');
  writeFileSync(
    script,
    `import { existsSync, writeFileSync } from 'node:fs';
     import { parentPort } from 'node:worker_threads';
     if (existsSync(${JSON.stringify(marker)})) await import(${JSON.stringify(pathToFileURL(join(BUILT, 'answering-worker.js')))});
     else parentPort.once('message', () => {
       writeFileSync(${JSON.stringify(marker)}, '');
       ${fault};
     });`,
  );
  const { answering, logged } = thread(script);
  await expect(answering.answer({ type: 'totals' }, NOW)).rejects.toMatchObject({ code: 'QUESTION_FAILED' });
  expect(logged).toHaveLength(1);
  expect(await answering.answer({ type: 'totals' }, NOW)).toMatchObject({ answer: { type: 'totals' } });
  expect(logged).toHaveLength(1);
});

it('refuses a question while the file has the tables of another version, in a thread as here', async () => {
  const older = join(temporaryDirectory(), 'analytics.db');
  const present = new Database(file);
  await present.backup(older);
  present.close();
  const database = new Database(older);
  renameTables(database);
  database.close();
  const { answering, logged } = thread(join(BUILT, 'answering-worker.js'), older);
  for (const answers of [answering, answeringHere(older)]) {
    const refused = { code: 'NOT_READY', message: expect.stringContaining('Another version') };
    await expect(answers.answer({ type: 'totals' }, NOW)).rejects.toMatchObject(refused);
  }
  expect(logged).toEqual([]);
});

it('refuses a question while the file is new and empty, in a thread as here', async () => {
  const empty = join(temporaryDirectory(), 'analytics.db');
  new Database(empty).exec('PRAGMA journal_mode = WAL').close();
  const { answering, logged } = thread(join(BUILT, 'answering-worker.js'), empty);
  for (const answers of [answering, answeringHere(empty)])
    await expect(answers.answer({ type: 'totals' }, NOW)).rejects.toMatchObject({ code: 'NOT_READY' });
  expect(logged).toEqual([]);
});

it('fails the present question when it is closed', async () => {
  const { answering, logged } = thread(join(BUILT, 'answering-worker.js'));
  const answer = answering.answer({ type: 'totals' }, NOW);
  answering.close();
  await expect(answer).rejects.toMatchObject({ code: 'QUESTION_FAILED' });
  expect(logged).toEqual([]);
});

it('does not keep the process alive', async () => {
  const program = `
    import { AnsweringThread } from ${JSON.stringify(pathToFileURL(join(BUILT, 'answering-thread.js')))};
    const timer = setInterval(() => {}, 1000);
    const { answer } = await new AnsweringThread({ file: ${JSON.stringify(file)}, log: console }).answer({ type: 'totals' }, ${NOW});
    clearInterval(timer);
    console.log(answer.type);`;
  const outcome = await run(process.execPath, ['--input-type=module', '--eval', program]);
  expect(outcome).toEqual({ code: 0, stdout: 'totals\n', stderr: '' });
});
