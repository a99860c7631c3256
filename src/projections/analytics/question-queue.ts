/** Too many questions wait, or the question has waited too long. Nothing was computed for it. */
class TooManyQuestions extends Error {
  readonly code = 'TOO_MANY_QUESTIONS';
  constructor() {
    super('Too many questions of analysts wait for an answer. Try again in a moment, and ask for fewer at a time.');
  }
}

/** A question that waits. All its askers get the same answer. */
interface Waiting<T> {
  askers: number;
  start: () => void;
  started: Promise<void>;
  answered: Promise<T>;
}

/** Answers one question after another, in the order in which they came. Equal questions that wait are answered together. */
export class QuestionQueue<T> {
  /** The maximum number of different questions that wait. */
  readonly #limit: number;
  readonly #waiting = new Map<string, Waiting<T>>();
  #isBusy = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * @param name equal for equal questions
   * @param answer begins when it is the question's turn
   * @param signal ends the wait for the turn; after that the answer is awaited
   * @throws TooManyQuestions
   */
  async ask(name: string, answer: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const waiting = this.#waiting.get(name) ?? this.#add(name, answer);
    waiting.askers += 1;
    if (await startsBefore(signal, waiting.started)) return waiting.answered;
    waiting.askers -= 1;
    if (waiting.askers === 0 && this.#waiting.get(name) === waiting) this.#waiting.delete(name);
    throw new TooManyQuestions();
  }

  #add(name: string, answer: () => Promise<T>): Waiting<T> {
    if (this.#waiting.size >= this.#limit) throw new TooManyQuestions();
    let start = () => {};
    const started = new Promise<void>((resolve) => {
      start = resolve;
    });
    const waiting = { askers: 0, start, started, answered: started.then(answer) };
    this.#waiting.set(name, waiting);
    if (!this.#isBusy) this.#next();
    return waiting;
  }

  #next(): void {
    const [first] = this.#waiting;
    this.#isBusy = first !== undefined;
    if (!first) return;
    const [name, { start, answered }] = first;
    this.#waiting.delete(name);
    start();
    answered.catch(() => {}).finally(() => this.#next());
  }
}

/** Resolves to true when it starts; to false if the signal aborts before that. */
function startsBefore(signal: AbortSignal, started: Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    const onAbort = () => resolve(false);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    started.then(() => {
      signal.removeEventListener('abort', onAbort);
      resolve(true);
    });
  });
}
