import { Exploration, type Explored } from './exhaustive.js';
import type { FaultKind } from './faults.js';
import { planOf } from './plan.js';
import { fingerprint } from './random.js';
import { run } from './run.js';
import { scenarios } from './scenarios.js';
import { only, shrink } from './shrink.js';

export interface Arguments {
  /** The only seed to run. */
  seed?: string;
  /** How many seeds to run, and the first of them. */
  seeds?: string;
  from?: string;
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

/** What many runs came to. */
export interface Summary {
  seeds: number;
  failed: number[];
  steps: number;
  /** In the simulated world. */
  hours: number;
  /** How often each fault happened, and how often each answer was given. */
  faults: Partial<Record<FaultKind, number>>;
  answers: Record<string, number>;
  /** A fingerprint of all that happened. */
  trace: string;
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
  const first = Number(given.seed ?? given.from ?? 1);
  const count = given.seed === undefined ? Number(given.seeds ?? 100) : 1;
  const summary: Summary = { seeds: 0, failed: [], steps: 0, hours: 0, faults: {}, answers: {}, trace: '' };
  for (let seed = first; seed < first + count; seed += 1) {
    await add(summary, seed, given);
    if (summary.failed.length >= (given.first ? 1 : ENOUGH)) break;
  }
  say(JSON.stringify(summary, undefined, 2));
  return summary.failed.length > 0 ? 1 : 0;
}

async function exploreAll(size: string, merges: boolean): Promise<number> {
  const [processes = 0, commands = 0] = size.split('x').map(Number);
  const all = scenarios(processes, commands);
  const sum: ExploredAll = { scenarios: all.length, interleavings: 0, states: 0 };
  const exploration = new Exploration();
  for (const scenario of all) {
    const { interleavings, states } = await exploration.explore(scenario, merges);
    sum.interleavings += interleavings;
    sum.states += states;
  }
  say(JSON.stringify(sum, undefined, 2));
  return 0;
}

async function add(summary: Summary, seed: number, given: Arguments): Promise<void> {
  const whole = planOf(seed);
  const plan = given.only === undefined ? whole : only(whole, given.only.split(',').map(Number));
  const { violation, steps, time, faults, answers, trace } = await run(plan, given.trace ? say : undefined);
  summary.seeds += 1;
  summary.steps += steps;
  summary.hours += time / 3_600_000;
  for (const [kind, times] of faults) summary.faults[kind] = (summary.faults[kind] ?? 0) + times;
  for (const [name, times] of answers) summary.answers[name] = (summary.answers[name] ?? 0) + times;
  summary.trace = fingerprint(`${summary.trace} ${trace}`).toString(16);
  if (!violation) return;
  summary.failed.push(seed);
  say(`Seed ${seed} fails. ${violation.message}`);
  if (given.first || given.only !== undefined) return;
  const kept = await shrink(plan, violation.invariant);
  say(`Left of its plan: ${JSON.stringify(only(plan, kept).items, undefined, 2)}`);
  say(`Repeat it: npm run simulate -- --seed ${seed} --only ${kept.join()} --trace`);
}
