/** What a benchmark found. Only ratios can be compared: between machines, and between runs. */
export interface Findings {
  figures: Record<string, number>;
  ratios: Record<string, number>;
  /** What each ratio is to be: at least, or at most. A ratio without a goal is only told. */
  goals: Record<string, { atLeast: number } | { atMost: number }>;
  /** What could not be measured here, and why. */
  notes?: string[];
}

export type Bench = () => Promise<Findings>;

/**
 * Runs the contestants in turn, round after round, so that whatever else the machine does meets them all alike.
 * @returns what each round of each contestant gave, without the first, which warms up
 */
export async function interleave<Name extends string>(
  rounds: number,
  contestants: Record<Name, () => Promise<number> | number>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contestants) as Name[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round <= rounds; round += 1) {
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

/** The smallest value that so great a part of them does not exceed. */
export function quantile(values: number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(part * values.length) - 1] ?? Number.NaN;
}

/** The median of the ratios of each round: what disturbs a round disturbs both. */
export function ratio(numerators: number[], denominators: number[]): number {
  return median(numerators.map((value, round) => value / (denominators[round] ?? Number.NaN)));
}

/** Milliseconds that the work took. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Runs `work` for 0, 1, 2 … `count` - 1, with so many in flight. */
export async function inFlight(lanes: number, count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
