import { setTimeout as delay } from 'node:timers/promises';
import type { LeftOut } from './file-in-filling.js';
import { FIRST, type Filled, type FillFailure, type FillRequest } from './fill.js';

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
  /** Ends the pass under way if the file of keys, which is not in it, may come before it. */
  #overtake: (request: FillRequest) => void = () => {};

  constructor(options: FillQueueOptions) {
    this.#options = options;
  }

  /** Resolves when the file is filled, or another has taken the place of the one that was seen; with what was left out. */
  fill(request: FillRequest): Promise<LeftOut[]> {
    const filled = new Promise<LeftOut[]>((resolve, reject) => this.#waiting.push({ request, settle: { resolve, reject } }));
    if (request.file === FIRST) this.#overtake(request);
    this.#running ??= this.#run();
    return filled;
  }

  /** Resolves when nothing is being filled. */
  async ended(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    await delay(GATHERING, undefined, { signal: this.#options.signal }).catch(() => {});
    while (this.#waiting.length > 0) await this.#fill(this.#take());
    this.#running = undefined;
  }

  /** Takes the requests of the next pass. Files that are only behind do not wait for those that are filled from the beginning. */
  #take(): Waiting[] {
    const all = this.#waiting.splice(0);
    const behind = all.filter(({ request }) => request.inPlace);
    if (behind.length === 0) return all;
    this.#waiting.push(...all.filter(({ request }) => !request.inPlace));
    return behind;
  }

  async #fill(due: Waiting[]): Promise<void> {
    const { filler, signal } = this.#options;
    const overtaken = new AbortController();
    const requests = due.map(({ request }) => request);
    // Verification and changes need the file of keys alone. On a busy machine it may be asked for later than the others.
    const mayBeOvertaken = !requests.some(({ file }) => file === FIRST);
    this.#overtake = ({ inPlace }) => {
      if (mayBeOvertaken && (inPlace || !requests.some((one) => one.inPlace))) overtaken.abort();
    };
    try {
      const { failures, leftOut } = await filler.fill(joined(requests), AbortSignal.any([signal, overtaken.signal]));
      for (const { request, settle } of due) {
        const failure = failures.find(({ file }) => file === request.file);
        if (failure) settle.reject(new FillFailed(failure));
        else settle.resolve(leftOut);
      }
    } catch (error) {
      if (overtaken.signal.aborted && !signal.aborted) this.#waiting.push(...due);
      else for (const { settle } of due) settle.reject(error);
    } finally {
      this.#overtake = () => {};
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
