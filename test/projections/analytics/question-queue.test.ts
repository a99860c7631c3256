import { QuestionQueue } from '../../../src/projections/analytics/question-queue.js';

const NEVER = new AbortController().signal;

/** A question whose answer is given by hand. */
class Held {
  /** How often it was asked for an answer. */
  begun = 0;
  #settle: ((answer: string) => void) | undefined;
  #fail: ((error: Error) => void) | undefined;

  readonly answer = (): Promise<string> => {
    this.begun += 1;
    return new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    });
  };

  give(answer: string): void {
    this.#settle?.(answer);
  }

  fail(): void {
    this.#fail?.(new Error('broken'));
  }
}

/** Lets everything happen that waits for nothing. */
const settled = () => new Promise(setImmediate);

function queueOf(limit: number) {
  const queue = new QuestionQueue<string>(limit);
  const questions = new Map<string, Held>();
  const held = (name: string) => {
    const known = questions.get(name) ?? new Held();
    questions.set(name, known);
    return known;
  };
  return { held, ask: (name: string, signal = NEVER) => queue.ask(name, held(name).answer, signal) };
}

it('answers one question after another, in the order in which they came', async () => {
  const { ask, held } = queueOf(10);
  const [a, b, c] = [ask('a'), ask('b'), ask('c')];
  const begun = () => ['a', 'b', 'c'].map((name) => held(name).begun);
  await settled();
  expect(begun()).toEqual([1, 0, 0]);
  held('a').give('A');
  expect(await a).toBe('A');
  await settled();
  expect(begun()).toEqual([1, 1, 0]);
  held('b').fail();
  await expect(b).rejects.toThrow('broken');
  await settled();
  held('c').give('C');
  expect(await c).toBe('C');
});

it('answers equal questions that wait together, and one that comes later anew', async () => {
  const { ask, held } = queueOf(10);
  const first = ask('busy');
  const waiting = [ask('a'), ask('a'), ask('a')];
  await settled();
  held('busy').give('');
  await first;
  await settled();
  const late = ask('a');
  held('a').give('1');
  expect(await Promise.all(waiting)).toEqual(['1', '1', '1']);
  await settled();
  expect(held('a').begun).toBe(2);
  held('a').give('2');
  expect(await late).toBe('2');
});

it('refuses a question when too many others wait, and says so by a code', async () => {
  const { ask, held } = queueOf(2);
  const asked = ['busy', 'a', 'b', 'a'].map((name) => ask(name));
  await expect(ask('c')).rejects.toMatchObject({ code: 'TOO_MANY_QUESTIONS' });
  for (const name of ['busy', 'a', 'b']) {
    held(name).give(name);
    await settled();
  }
  expect(await Promise.all(asked)).toEqual(['busy', 'a', 'b', 'a']);
  const next = ask('c');
  await settled();
  held('c').give('c');
  expect(await next).toBe('c');
});

it('gives up a question whose time is over before its turn, and does not answer one that nobody waits for', async () => {
  const { ask, held } = queueOf(10);
  const [impatient, hurried] = [new AbortController(), new AbortController()];
  const busy = ask('busy', hurried.signal);
  const [alone, given, kept] = [ask('alone', impatient.signal), ask('shared', impatient.signal), ask('shared')];
  const refused = Promise.all(
    [alone, given].map((question) => expect(question).rejects.toMatchObject({ code: 'TOO_MANY_QUESTIONS' })),
  );
  await settled();
  impatient.abort();
  hurried.abort();
  await refused;
  held('busy').give('begun is begun');
  expect(await busy).toBe('begun is begun');
  await settled();
  held('shared').give('kept');
  expect(await kept).toBe('kept');
  await settled();
  expect(held('alone').begun).toBe(0);
});
