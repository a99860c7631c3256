/** The results of a benchmark. Only ratios can be compared between machines and between runs. */
export interface Findings {
  figures: Record<string, number>;
  ratios: Record<string, number>;
  /** The goal of each ratio: a minimum or a maximum. A ratio without a goal is only reported. */
  goals: Record<string, { atLeast: number } | { atMost: number }>;
  /** What could not be measured here, and why. */
  notes?: string[];
}

export type Bench = () => Promise<Findings>;

/** The findings where nothing could be measured. */
export function unmeasured(reason: string): Findings {
  return { figures: {}, ratios: {}, goals: {}, notes: [reason] };
}

/** What a goal asks for, in words, and whether the ratio reaches it. */
export function judge(ratio: number, goal: Findings['goals'][string]): { asked: string; reached: boolean } {
  return 'atLeast' in goal
    ? { asked: `at least ${goal.atLeast}`, reached: ratio >= goal.atLeast }
    : { asked: `at most ${goal.atMost}`, reached: ratio <= goal.atMost };
}

/** Rounds to four significant digits. */
export function significant(value: number): number {
  return Number(value.toPrecision(4));
}

/** A ratio or a figure as it is printed. */
export function shown(value: number): string {
  return significant(value).toLocaleString('en', { maximumFractionDigits: 3 });
}

/** Fewer rounds than a benchmark needs, to try it out. */
const { KEYLEDGER_BENCH_ROUNDS } = process.env;

/**
 * Runs the contestants in turn, round after round, so that other load on the machine affects all of them alike.
 * @returns the results of each contestant, round by round, without the first round, which warms up
 */
export async function interleave<Name extends string, Result = number>(
  rounds: number,
  contestants: Record<Name, () => Promise<Result> | Result>,
): Promise<Record<Name, Result[]>> {
  const names = Object.keys(contestants) as Name[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as Result[]])) as Record<Name, Result[]>;
  for (let round = 0; round <= Number(KEYLEDGER_BENCH_ROUNDS ?? rounds); round += 1) {
    for (const name of names) {
      const value = await contestants[name]();
      if (round > 0) measured[name].push(value);
    }
  }
  return measured;
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle) - 1] ?? Number.NaN)) / 2;
}

/** The median of each list, under its name with that suffix. A prefix makes `create` and `bare` into `createBare`. */
export function medians(measured: Record<string, number[]>, suffix: string, prefix = ''): Record<string, number> {
  const nameOf = (name: string) => (prefix === '' ? name : `${prefix}${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  return Object.fromEntries(Object.entries(measured).map(([name, values]) => [nameOf(name) + suffix, median(values)]));
}

/** The smallest value that at least this part of the values does not exceed. */
export function quantile(values: number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(part * values.length) - 1] ?? Number.NaN;
}

/** The median of the rounds' ratios: a disturbance of a round affects both of its values. */
export function ratio(numerators: number[], denominators: number[]): number {
  return median(numerators.map((value, round) => value / (denominators[round] ?? Number.NaN)));
}

/** The duration of the work in milliseconds. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** How often per second the work is done, with that many in flight, in the time given in milliseconds. */
export async function rate(lanes: number, milliseconds: number, work: () => unknown): Promise<number> {
  const start = performance.now();
  let done = 0;
  const lane = async () => {
    while (performance.now() - start < milliseconds) {
      await work();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return (1000 * done) / (performance.now() - start);
}

/** Runs `work` for 0, 1, 2 … `count` - 1, with that many in flight. */
export async function inFlight(lanes: number, count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
