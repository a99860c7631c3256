import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { LeftOut } from '../projections/engine/file-in-filling.js';
import type { Projector, ProjectRequest } from '../projections/engine/projector.js';
import { startThread, type ThreadTask } from './thread.js';
import { type LogReply, writeLog } from './thread-log.js';

/** Built from `projecting-worker.ts`. */
const SCRIPT = new URL('./projecting-worker.js', import.meta.url);

/** Times in milliseconds. */
const TIME = {
  /** How long to wait for the thread. */
  limit: 10_000,
  /** For how long no other is started after one was lost. */
  pause: 60_000,
  /** The thread ends after that time without a request: a quiet server does not need it. */
  idle: 30_000,
};

/** What the thread says. */
export type ProjectingReply = { type: 'ready' } | { type: 'done'; leftOut: LeftOut[] } | LogReply;

export interface ProjectingThreadOptions extends ThreadTask {
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  script?: URL;
  time?: typeof TIME;
}

/** Somebody who waits for the thread. */
interface Asker {
  request: ProjectRequest;
  resolve: (leftOut: LeftOut[]) => void;
}

/** Undefined on EventStoreDB, where the thread would have to fetch every event a second time. */
export function openProjecting(options: ProjectingThreadOptions): ProjectingThread | undefined {
  return options.store.kind === 'sqlite' ? new ProjectingThread(options) : undefined;
}

/**
 * Applies events in a thread of its own with a store of its own, so that requests are answered meanwhile. The first request starts the
 * thread, and nobody waits for that.
 */
export class ProjectingThread implements Projector {
  readonly #options: ProjectingThreadOptions;
  readonly #time: typeof TIME;
  #worker: Worker | undefined;
  /** The last thread, until it has ended: no other is started beside it, so that threads that hang do not add up. */
  #running: Worker | undefined;
  #isReady = false;
  /** No thread is started before that, by `performance.now()`. */
  #notBefore = 0;
  #waiting: Asker[] = [];
  #sending: Promise<void> | undefined;
  #settle: (leftOut: LeftOut[]) => void = () => {};
  #idle: NodeJS.Timeout | undefined;

  constructor(options: ProjectingThreadOptions) {
    this.#options = options;
    this.#time = options.time ?? TIME;
  }

  async project(request: ProjectRequest): Promise<LeftOut[]> {
    if (!this.#running && performance.now() >= this.#notBefore) this.#start();
    if (!this.#isReady) return [];
    return new Promise((resolve) => {
      this.#waiting.push({ request, resolve });
      this.#sending ??= this.#send();
    });
  }

  /** Resolves when the thread has finished what it does, and has ended, or takes too long. No other is started. */
  async stop(): Promise<void> {
    this.#notBefore = Number.POSITIVE_INFINITY;
    this.#isReady = false;
    await this.#end();
  }

  #start(): void {
    const { script = SCRIPT, dataDirectory, store, pseudonymKey } = this.#options;
    try {
      this.#watch(startThread(script, { dataDirectory, store, pseudonymKey }));
    } catch (error) {
      // The system allows no further thread.
      this.#pause(error);
    }
  }

  #watch(worker: Worker): void {
    const { log } = this.#options;
    this.#worker = worker;
    this.#running = worker;
    worker.on('message', (reply: ProjectingReply) => {
      if (reply.type === 'log') writeLog(log, reply);
      else if (this.#worker === worker) this.#receive(reply);
    });
    worker.on('error', (error: unknown) => this.#lose(worker, error));
    worker.on('exit', (code) => {
      this.#running = undefined;
      this.#lose(worker, new Error(`The thread ended with code ${code}.`));
    });
    // After the listeners: one for messages keeps the process alive.
    worker.unref();
  }

  #receive(reply: Exclude<ProjectingReply, LogReply>): void {
    if (reply.type === 'done') {
      this.#settle(reply.leftOut);
    } else {
      this.#isReady = this.#notBefore < Number.POSITIVE_INFINITY;
      this.#awaitIdleness();
    }
  }

  #awaitIdleness(): void {
    clearTimeout(this.#idle);
    if (this.#worker) this.#idle = setTimeout(() => this.#end(), this.#time.idle).unref();
  }

  /** Sends what is asked, together while the thread is busy, since it reads the log once for all. */
  async #send(): Promise<void> {
    await nextTurn();
    while (this.#waiting.length > 0) {
      const asked = this.#waiting.splice(0);
      const leftOut = await this.#ask(asked.map(({ request }) => request));
      for (const { resolve } of asked) resolve(leftOut);
    }
    this.#sending = undefined;
    this.#awaitIdleness();
  }

  /** Resolves with nothing if the thread is lost. */
  async #ask(requests: ProjectRequest[]): Promise<LeftOut[]> {
    const worker = this.#worker;
    if (!worker || !this.#isReady) return [];
    const late = inHalves(this.#time.limit, () => this.#lose(worker, new Error('The thread does not answer.')));
    try {
      return await new Promise((resolve) => {
        this.#settle = resolve;
        worker.postMessage(requests);
      });
    } finally {
      clearInterval(late);
    }
  }

  /** Ignores a thread that was told to end, or is lost already. */
  #lose(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#pause(error);
    this.#forget()?.postMessage('end');
    this.#settle([]);
  }

  #pause(error: unknown): void {
    const message = 'the thread that applies events is lost; they are applied between requests for a while';
    this.#options.log.error({ err: error }, message);
    this.#notBefore = Math.max(this.#notBefore, performance.now() + this.#time.pause);
  }

  async #end(): Promise<void> {
    await this.#sending;
    const worker = this.#forget();
    if (!worker) return;
    await new Promise((resolve) => {
      worker.once('exit', resolve);
      setTimeout(resolve, this.#time.limit).unref();
      worker.ref();
      worker.postMessage('end');
    });
    worker.unref();
  }

  #forget(): Worker | undefined {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#isReady = false;
    clearTimeout(this.#idle);
    return worker;
  }
}

/**
 * Calls the function after that time, in two halves: where this thread, or the whole process, was halted for longer, an answer still has
 * the second half to arrive.
 */
function inHalves(milliseconds: number, call: () => void): NodeJS.Timeout {
  let isSecond = false;
  return setInterval(() => {
    if (isSecond) call();
    isSecond = true;
  }, milliseconds / 2);
}
