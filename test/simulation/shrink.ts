import type { Plan } from './plan.js';
import { run } from './run.js';

/** How many runs a search may take. */
const RUNS = 400;

/**
 * Leaves out as many items of the plan as possible, as long as the same rule is broken.
 * @returns the numbers of the items that are left, counted from 0
 */
export async function shrink(plan: Plan, invariant: string): Promise<number[]> {
  let kept = plan.items.map((_, index) => index);
  let runs = 0;
  const stillFails = async (numbers: number[]) => {
    runs += 1;
    return (await run(only(plan, numbers))).violation?.invariant === invariant;
  };
  for (let size = Math.ceil(kept.length / 2); size > 0 && runs < RUNS; ) {
    const before = kept.length;
    for (let start = 0; start < kept.length && runs < RUNS; ) {
      const fewer = kept.toSpliced(start, size);
      if (await stillFails(fewer)) kept = fewer;
      else start += size;
    }
    if (kept.length === before || size > 1) size = Math.floor(size / 2);
  }
  return kept;
}

/** The plan with these of its items. */
export function only(plan: Plan, numbers: readonly number[]): Plan {
  return { ...plan, items: plan.items.filter((_, index) => numbers.includes(index)) };
}
