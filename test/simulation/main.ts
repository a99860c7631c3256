import { separateBeats } from './beats.js';
import { Exploration, type Explored } from './exhaustive.js';
import type { Share } from './many.js';
import { type Plan, planOf } from './plan.js';
import { run } from './run.js';
import { scenarios } from './scenarios.js';
import { only, shrink } from './shrink.js';
import { NOTHING, type Summary, sum } from './summary.js';
import type { Violation } from './violation.js';

export interface SeedOptions {
  /** The numbers of the items to keep of the plan. */
  only?: number[] | undefined;
  /** True: print everything that happens. */
  trace?: boolean | undefined;
  /** True: stop at the first seed that fails, and do not shrink it. */
  first?: boolean | undefined;
}

/** After so many failures, the others hardly tell more. */
const ENOUGH = 5;

/** What the explorations of many scenarios came to. */
export interface ExploredAll extends Explored {
  scenarios: number;
}

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Runs seeds, prints the failures and a summary as JSON. Returns the exit code. */
export async function runSeeds({ from, seeds }: Share, options: SeedOptions): Promise<number> {
  separateBeats();
  let summary = NOTHING;
  for (let seed = from; seed < from + seeds; seed += 1) {
    summary = sum(summary, await runSeed(seed, options));
    if (summary.failed.length >= (options.first ? 1 : ENOUGH)) break;
  }
  say(JSON.stringify(summary, undefined, 2));
  return summary.failed.length > 0 ? 1 : 0;
}

/**
 * Explores all interleavings of so many processes with so many commands each. Prints a summary as JSON.
 * @param merges false: explores each of them to its end, also where another has led to the same state
 * @throws Violation
 */
export async function explore(processes: number, commands: number, merges: boolean): Promise<void> {
  const list = scenarios(processes, commands);
  const total: ExploredAll = { scenarios: list.length, interleavings: 0, states: 0 };
  const exploration = new Exploration();
  for (const scenario of list) {
    const { interleavings, states } = await exploration.explore(scenario, merges);
    total.interleavings += interleavings;
    total.states += states;
  }
  say(JSON.stringify(total, undefined, 2));
}

async function runSeed(seed: number, options: SeedOptions): Promise<Summary> {
  const whole = planOf(seed);
  const plan = options.only === undefined ? whole : only(whole, options.only);
  const { violation, steps, time, faults, answers, trace } = await run(plan, options.trace ? say : undefined);
  if (violation) await report(seed, plan, violation, options);
  return {
    seeds: 1,
    failed: violation ? [seed] : [],
    steps,
    hours: time / 3_600_000,
    faults: Object.fromEntries(faults),
    answers: Object.fromEntries(answers),
    trace: trace.toString(16),
  };
}

async function report(seed: number, plan: Plan, { message, invariant }: Violation, options: SeedOptions): Promise<void> {
  say(`Seed ${seed} fails. ${message}`);
  if (options.first || options.only !== undefined) return;
  const kept = await shrink(plan, invariant);
  say(`Left of its plan: ${JSON.stringify(only(plan, kept).items, undefined, 2)}`);
  say(`Repeat it: npm run simulate -- --seed ${seed} --only ${kept.join()} --trace`);
}
