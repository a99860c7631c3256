import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { type Answering, answeredIn, type Reply, type Request } from './answering.js';
import type { Answered, Question } from './question.js';

/** Built from `answering-worker.ts`. */
const SCRIPT = new URL('./answering-worker.js', import.meta.url);

export interface AnsweringThreadOptions {
  /** The analytics file. */
  file: string;
  log: Pick<Logger, 'error'>;
  script?: URL;
}

/**
 * Answers in a thread of its own, which starts with the first question and does not keep the process alive. If it ends unexpectedly, the
 * present question fails, and the next one starts another thread.
 */
export class AnsweringThread implements Answering {
  readonly #options: AnsweringThreadOptions;
  #worker: Worker | undefined;
  #settle: (reply: Reply) => void = () => {};

  constructor(options: AnsweringThreadOptions) {
    this.#options = options;
  }

  async answer(question: Question, at: number): Promise<Answered> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    const replied = new Promise<Reply>((resolve) => {
      this.#settle = resolve;
    });
    worker.postMessage({ question, at } satisfies Request);
    return answeredIn(await replied);
  }

  close(): void {
    this.#end('The server stops.');
  }

  #start(): Worker {
    const { file, script = SCRIPT } = this.#options;
    const worker = new Worker(script, { workerData: file, execArgv: [] });
    worker.on('message', (reply: Reply) => this.#settle(reply));
    worker.on('messageerror', (error: unknown) => this.#lose(worker, error));
    worker.on('error', (error: unknown) => this.#lose(worker, error));
    worker.on('exit', (code) => this.#lose(worker, new Error(`The thread ended with code ${code}.`)));
    // After the listeners: one for messages keeps the process alive.
    worker.unref();
    return worker;
  }

  /** Ignores a thread that was closed, or is lost already. */
  #lose(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#options.log.error({ err: error }, 'the thread that answers analysts has ended; the next question starts another');
    this.#end(String(error));
  }

  /** Ends the thread. The present question fails. */
  #end(reason: string): void {
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.terminate();
    this.#settle({ outcome: 'failed', reason, code: undefined });
  }
}
