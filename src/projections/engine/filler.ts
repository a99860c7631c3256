import { setTimeout as delay } from 'node:timers/promises';
import type { LeftOut } from './file-in-filling.js';
import type { Filled, FillFailure, FillRequest } from './fill.js';

/** Fills files of projections. */
export interface Filler {
  /**
   * Resolves when the files have taken their places, or others have.
   * @throws the reason why nothing was filled, or the signal's reason
   */
  fill(requests: readonly FillRequest[], signal: AbortSignal): Promise<Filled>;
}

/** A file of projections could not be filled. The old one stays. */
export class FillFailed extends Error {
  /** True if the old one is damaged. */
  readonly isDamage: boolean;

  constructor({ file, reason, isDamage }: FillFailure) {
    super(`${file} could not be filled: ${reason}. The next attempt follows.`);
    this.isDamage = isDamage;
  }
}

/** How long to wait for further requests after the first, in milliseconds. A process that starts needs all of its files. */
const GATHERING = 250;

/** A request that waits, and whom to tell. */
interface Waiting {
  request: FillRequest;
  settle: { resolve: (leftOut: LeftOut[]) => void; reject: (error: unknown) => void };
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

  /** Resolves when the file is filled, or another has taken the place of the one that was seen; with what was left out. */
  fill(request: FillRequest): Promise<LeftOut[]> {
    const filled = new Promise<LeftOut[]>((resolve, reject) => this.#waiting.push({ request, settle: { resolve, reject } }));
    this.#running ??= this.#run();
    return filled;
  }

  /** Resolves when nothing is being filled. */
  async ended(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    await delay(GATHERING, undefined, { signal: this.#options.signal }).catch(() => {});
    while (this.#waiting.length > 0) {
      const due = this.#waiting.splice(0);
      // Files that are only behind do not wait for those that are filled from the beginning.
      await this.#fill(due.filter(({ request }) => request.inPlace));
      await this.#fill(due.filter(({ request }) => !request.inPlace));
    }
    this.#running = undefined;
  }

  async #fill(due: Waiting[]): Promise<void> {
    if (due.length === 0) return;
    const { filler, signal } = this.#options;
    try {
      const { failures, leftOut } = await filler.fill(joined(due.map(({ request }) => request)), signal);
      for (const { request, settle } of due) {
        const failure = failures.find(({ file }) => file === request.file);
        if (failure) settle.reject(new FillFailed(failure));
        else settle.resolve(leftOut);
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
    const { projections, ...rest } = byFile.get(request.file) ?? { ...request, projections: [] };
    byFile.set(request.file, { ...rest, projections: [...new Set([...projections, ...request.projections])] });
  }
  return [...byFile.values()];
}
