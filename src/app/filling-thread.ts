import type { Logger } from 'pino';
import type { Filled, FillRequest } from '../projections/engine/fill.js';
import type { Filler } from '../projections/engine/filler.js';
import { startThread, type ThreadTask } from './thread.js';
import { type LogReply, writeLog } from './thread-log.js';

/** Built from `filling-worker.ts`. */
const SCRIPT = new URL('./filling-worker.js', import.meta.url);

/** What the thread is started with. */
export interface FillingTask extends ThreadTask {
  staleness: number;
  requests: readonly FillRequest[];
}

/** What the thread says. */
export type FillingReply = { type: 'ended'; filled: Filled } | LogReply;

export interface FillingThreadOptions extends Omit<FillingTask, 'requests'> {
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/** Fills files in a thread of its own with a store of its own, so that requests are answered meanwhile. */
export class FillingThread implements Filler {
  readonly #options: FillingThreadOptions;

  constructor(options: FillingThreadOptions) {
    this.#options = options;
  }

  fill(requests: readonly FillRequest[], signal: AbortSignal): Promise<Filled> {
    const { log, dataDirectory, store, pseudonymKey, staleness } = this.#options;
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const workerData: FillingTask = { dataDirectory, store, pseudonymKey, staleness, requests };
      const worker = startThread(SCRIPT, workerData);
      let filled: Filled | undefined;
      const stop = () => worker.postMessage('stop');
      signal.addEventListener('abort', stop);
      worker.on('message', (reply: FillingReply) => {
        if (reply.type === 'ended') filled = reply.filled;
        else writeLog(log, reply);
      });
      worker.on('error', reject);
      worker.on('exit', (code) => {
        signal.removeEventListener('abort', stop);
        if (filled) resolve(filled);
        else reject(signal.reason ?? new Error(`The thread that fills projections ended with code ${code}.`));
      });
    });
  }
}
