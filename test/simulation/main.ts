import { Exploration, type Explored } from './exhaustive.js';
import { type Plan, planOf } from './plan.js';
import { run } from './run.js';
import { scenarios } from './scenarios.js';
import { only, shrink } from './shrink.js';
import { NOTHING, type Summary, sum } from './summary.js';
import type { Violation } from './violation.js';

export interface Arguments {
  /** The only seed to run. */
  seed?: string;
  /** How many seeds to run, and the first of them. */
  seeds: string;
  from: string;
  /** The numbers of the items to keep of the plan, separated by commas. */
  only?: string;
  /** True: print everything that happens. */
  trace?: boolean;
  /** Instead: explore all interleavings of so many processes with so many commands each, such as `3x1`. */
  exhaustive?: string;
  /** True: explore each of them to its end, also where another has led to the same state. */
  unmerged?: boolean;
  /** True: stop at the first seed that fails, and do not shrink it. */
  first?: boolean;
}

/** After so many failures, the others hardly tell more. */
const ENOUGH = 5;

/** What the explorations of many scenarios came to. */
export interface ExploredAll extends Explored {
  scenarios: number;
}

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Runs seeds, prints the failures and a summary as JSON. Returns the exit code. */
export async function main(given: Arguments): Promise<number> {
  if (given.exhaustive !== undefined) return exploreAll(given.exhaustive, !given.unmerged);
  const first = Number(given.seed ?? given.from);
  const count = given.seed === undefined ? Number(given.seeds) : 1;
  let summary = NOTHING;
  for (let seed = first; seed < first + count; seed += 1) {
    summary = sum(summary, await runSeed(seed, given));
    if (summary.failed.length >= (given.first ? 1 : ENOUGH)) break;
  }
  say(JSON.stringify(summary, undefined, 2));
  return summary.failed.length > 0 ? 1 : 0;
}

async function exploreAll(size: string, merges: boolean): Promise<number> {
  const [processes = 0, commands = 0] = size.split('x').map(Number);
  const list = scenarios(processes, commands);
  const total: ExploredAll = { scenarios: list.length, interleavings: 0, states: 0 };
  const exploration = new Exploration();
  for (const scenario of list) {
    const { interleavings, states } = await exploration.explore(scenario, merges);
    total.interleavings += interleavings;
    total.states += states;
  }
  say(JSON.stringify(total, undefined, 2));
  return 0;
}

async function runSeed(seed: number, given: Arguments): Promise<Summary> {
  const whole = planOf(seed);
  const plan = given.only === undefined ? whole : only(whole, given.only.split(',').map(Number));
  const { violation, steps, time, faults, answers, trace } = await run(plan, given.trace ? say : undefined);
  if (violation) await report(seed, plan, violation, given);
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

async function report(seed: number, plan: Plan, { message, invariant }: Violation, given: Arguments): Promise<void> {
  say(`Seed ${seed} fails. ${message}`);
  if (given.first || given.only !== undefined) return;
  const kept = await shrink(plan, invariant);
  say(`Left of its plan: ${JSON.stringify(only(plan, kept).items, undefined, 2)}`);
  say(`Repeat it: npm run simulate -- --seed ${seed} --only ${kept.join()} --trace`);
}
