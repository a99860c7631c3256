import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { collectGarbage } from './garbage.js';

/** How long an input may take, in milliseconds. */
const HANG = 1000;

/**
 * What may be alive at the end that was not alive after a third of the time, in bytes. All garbage is collected before each look, so that
 * neither the speed nor the load of the machine counts: what stays are log lines and caches with a limit, a few megabytes.
 */
const GROWTH = 64_000_000;

/** Checks inputs for some time, and sees how long they take and what they leave in memory. */
export class WatchedInputs<T> {
  count = 0;
  readonly #check: (input: T) => Promise<void> | void;
  readonly #begun = performance.now();
  readonly #third: number;
  #slowest: { input: T; took: number } | undefined;
  #early: number | undefined;

  /** @param seconds how long the inputs come */
  constructor(check: (input: T) => Promise<void> | void, seconds: number) {
    this.#check = check;
    this.#third = (seconds * 1000) / 3;
  }

  async check(input: T): Promise<void> {
    const took = await this.#timeOf(input);
    this.count += 1;
    if (took > (this.#slowest?.took ?? -1)) this.#slowest = { input, took };
    if (this.#early === undefined && performance.now() - this.#begun > this.#third) this.#early = alive();
  }

  /**
   * Fails if the slowest input hangs, or if the memory grows. The slowest input is repeated three times, and the shortest time counts: the
   * first one may contain what is done once, as compiling.
   * @returns what was seen
   */
  async verdict(): Promise<string> {
    const minutes = ((performance.now() - this.#begun) / 60_000).toFixed(1);
    const late = alive();
    const early = this.#early ?? late;
    if (!this.#slowest) throw new Error('There was no input.');
    const { input, took } = this.#slowest;
    const least = Math.min(await this.#timeOf(input), await this.#timeOf(input), await this.#timeOf(input));
    if (least > HANG) throw new Error(`An input takes ${Math.round(least)} ms: ${fc.stringify(input)}`);
    expect(late - early).toBeLessThan(GROWTH);
    const slowest = `the slowest took ${Math.round(took)} ms and, again, ${Math.round(least)} ms`;
    return `${this.count} inputs in ${minutes} minutes, ${slowest}, memory ${megabytes(early)} and then ${megabytes(late)}`;
  }

  /** How long the check computes, and how long it waits for something. It does neither while other processes have the processor. */
  async #timeOf(input: T): Promise<number> {
    const [cpu, loop] = [process.cpuUsage(), performance.eventLoopUtilization()];
    await this.#check(input);
    const { user, system } = process.cpuUsage(cpu);
    return (user + system) / 1000 + performance.eventLoopUtilization(loop).idle;
  }
}

function alive(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const megabytes = (bytes: number) => `${(bytes / 1_000_000).toFixed(1)} MB`;
