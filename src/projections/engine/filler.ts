import { setTimeout as delay } from 'node:timers/promises';
import type { FillFailure, FillRequest } from './fill.js';

/** Fills new files of projections and puts them in the place of the present ones. */
export interface Filler {
  /**
   * Resolves when the files have taken their places, or others have; with those that could not be filled.
   * @throws the reason why nothing was filled, or the signal's reason
   */
  fill(requests: readonly FillRequest[], signal: AbortSignal): Promise<FillFailure[]>;
}

/** A file of projections could not be filled. The old one stays. */
class FillFailed extends Error {
  constructor({ file, reason }: FillFailure) {
    super(`${file} could not be filled: ${reason}. The next attempt follows.`);
  }
}

/** How long to wait for further requests after the first, in milliseconds. A process that starts needs all of its files. */
const GATHERING = 250;

/** A request that waits, and whom to tell. */
interface Waiting {
  request: FillRequest;
  settle: { resolve: () => void; reject: (error: unknown) => void };
}

export interface FillQueueOptions {
  filler: Filler;
  signal: AbortSignal;
}

/** Collects requests to fill files, so that one pass over the log fills many. */
export class FillQueue {
  readonly #options: FillQueueOptions;
  readonly #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(options: FillQueueOptions) {
    this.#options = options;
  }

  /** Resolves when a file has taken the place of the one that was seen. */
  fill(request: FillRequest): Promise<void> {
    const filled = new Promise<void>((resolve, reject) => this.#waiting.push({ request, settle: { resolve, reject } }));
    this.#running ??= this.#run();
    return filled;
  }

  /** Resolves when nothing is being filled. */
  async ended(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    await delay(GATHERING, undefined, { signal: this.#options.signal }).catch(() => {});
    while (this.#waiting.length > 0) await this.#fill(this.#waiting.splice(0));
    this.#running = undefined;
  }

  async #fill(due: Waiting[]): Promise<void> {
    const { filler, signal } = this.#options;
    try {
      const failures = await filler.fill(joined(due.map(({ request }) => request)), signal);
      for (const { request, settle } of due) {
        const failure = failures.find(({ file }) => file === request.file);
        if (failure) settle.reject(new FillFailed(failure));
        else settle.resolve();
      }
    } catch (error) {
      for (const { settle } of due) settle.reject(error);
    }
  }
}

/** One request for each file. */
function joined(requests: readonly FillRequest[]): FillRequest[] {
  const byFile = new Map<string, FillRequest>();
  for (const request of requests) {
    const { file, projections, seen } = byFile.get(request.file) ?? { ...request, projections: [] };
    byFile.set(file, { file, projections: [...new Set([...projections, ...request.projections])], seen });
  }
  return [...byFile.values()];
}
