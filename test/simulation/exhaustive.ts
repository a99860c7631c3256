import { isDeepStrictEqual } from 'node:util';
import { decide } from '../../src/domain/keys/decide.js';
import { OutcomeUnknown } from '../../src/store/event-store.js';
import { codeOf } from './answers.js';
import { type Answer, type Beginning, CommandRun, type Step } from './command-run.js';
import { EPOCH } from './globals.js';
import { LogNode } from './log-tree.js';
import { EXPIRY, type Scenario } from './scenarios.js';
import { Violation } from './violation.js';

/** What becomes of an append: it is answered, or it has its effect and the answer is lost, or it never arrives. */
type Fate = 'answered' | 'answer lost' | 'request lost';

/** A process that waits for the answer to a call. */
interface Waiting {
  run: CommandRun;
  /** Which of its commands. */
  index: number;
  /** The head of the stream when the command began. */
  from: number;
  /** True if the append that it waits for is in the stream already. */
  isWritten: boolean;
}

/** All that decides what can follow. */
interface State {
  log: LogNode;
  /** Undefined: it has ended all its commands. */
  processes: (Waiting | undefined)[];
  isLossSpent: boolean;
  hasExpired: boolean;
}

/** What an exploration came to. */
export interface Explored {
  /** How many different orders there are. */
  interleavings: number;
  /** Through how many different states they lead. */
  states: number;
}

const FATES: Fate[] = ['answered', 'answer lost', 'request lost'];

/** Explores scenarios. What `handle` does once in one of them is known in the next. */
export class Exploration {
  readonly #empty = LogNode.empty();
  readonly #begun = new Map<string, CommandRun>();

  /**
   * Explores every order in which the calls of the scenario's processes can reach the store, with at most one request or answer lost. Two
   * orders that have left the same log, and processes that have been told the same since their commands began, have the same
   * continuations. So it goes on after one of them, and counts both.
   * @param merges false: goes on after each of them
   * @throws Violation
   */
  async explore(scenario: Scenario, merges = true): Promise<Explored> {
    const walk = new Walk(scenario, merges, (beginning) => this.#begin(beginning));
    const interleavings = await walk.countFrom(await walk.first(await this.#prepared(scenario)));
    return { interleavings, states: walk.states };
  }

  /** The log after what happened before. */
  async #prepared({ before }: Scenario): Promise<LogNode> {
    let log = this.#empty;
    for (const command of before) {
      const run = await this.#begin({ command, correlationId: `before ${command.key.keyId}`, known: log, hasExpired: false });
      if (run.step.type === 'append') log = log.append(run.step.written);
    }
    return log;
  }

  async #begin(beginning: Beginning): Promise<CommandRun> {
    const { command, correlationId, known, hasExpired } = beginning;
    const name = `${JSON.stringify(command)} ${correlationId} ${known.id} ${hasExpired}`;
    const run = this.#begun.get(name) ?? (await CommandRun.begin(beginning));
    this.#begun.set(name, run);
    return run;
  }
}

/** The exploration of one scenario. */
class Walk {
  readonly #scenario: Scenario;
  readonly #merges: boolean;
  readonly #begin: (beginning: Beginning) => Promise<CommandRun>;
  /** The number of interleavings from each state on. */
  readonly #known = new Map<string, number>();
  /** The ends of commands that were found right: the run, the log, and since when. */
  readonly #checked = new Set<string>();

  constructor(scenario: Scenario, merges: boolean, begin: (beginning: Beginning) => Promise<CommandRun>) {
    this.#scenario = scenario;
    this.#merges = merges;
    this.#begin = begin;
  }

  get states(): number {
    return this.#known.size;
  }

  async first(log: LogNode): Promise<State> {
    const state: State = { log, processes: [], isLossSpent: false, hasExpired: false };
    for (const [number, { isLate }] of this.#scenario.processes.entries()) {
      state.processes.push(await this.#next(state, number, 0, isLate ? log.at(0) : log));
    }
    return state;
  }

  async countFrom(state: State): Promise<number> {
    const name = nameOf(state);
    const known = this.#known.get(name);
    if (this.#merges && known !== undefined) return known;
    let sum = 0;
    for (const [number, waiting] of state.processes.entries()) {
      if (!waiting) continue;
      const fates = waiting.run.step.type === 'append' && !state.isLossSpent ? FATES : FATES.slice(0, 1);
      for (const fate of fates) sum += await this.countFrom(await this.#arrive(state, number, waiting, fate));
    }
    const isOver = state.processes.every((waiting) => !waiting);
    const mayExpire = this.#scenario.expires && !state.hasExpired && !isOver;
    if (mayExpire) sum += await this.countFrom({ ...state, hasExpired: true });
    const count = isOver ? 1 : sum;
    this.#known.set(name, count);
    return count;
  }

  /** The call of that process reaches the store. */
  async #arrive(state: State, number: number, waiting: Waiting, fate: Fate): Promise<State> {
    const { run } = waiting;
    const { log, answer } = serve(state.log, run.step, waiting.isWritten, fate);
    const isLossSpent = state.isLossSpent || fate !== 'answered';
    const next: State = { ...state, log, isLossSpent, processes: [...state.processes] };
    const told = run.known(answer, state.hasExpired) ?? (await run.tell(answer, state.hasExpired));
    const isWritten = (log !== state.log || waiting.isWritten) && isSameAppend(run.step, told.step);
    next.processes[number] = await this.#afterStep(next, number, { ...waiting, run: told, isWritten });
    return next;
  }

  /** The process goes on as far as its next call. */
  async #afterStep(state: State, number: number, waiting: Waiting): Promise<Waiting | undefined> {
    const { run, index } = waiting;
    if (run.step.type === 'append' || run.step.type === 'read') return waiting;
    const name = `${run.id} ${state.log.id} ${waiting.from} ${state.hasExpired}`;
    if (!this.#checked.has(name)) this.#requireRight(state, waiting);
    this.#checked.add(name);
    const known = run.step.type === 'done' ? state.log.at(run.step.state.version) : run.beginning.known;
    return this.#next(state, number, index + 1, known);
  }

  /** A command has ended. */
  #requireRight(state: State, waiting: Waiting): void {
    const { run } = waiting;
    if (run.step.type === 'failed') this.#requireTrue(state, waiting, run.step.error);
    if (run.step.type !== 'done') return;
    if (!isDeepStrictEqual(state.log.at(run.step.state.version).state, run.step.state))
      throw this.#violation('what a process holds is a fold of the log', run);
    this.#requireMade(state, run);
  }

  /** The process begins with a command; undefined if that was its last. */
  async #next(state: State, number: number, index: number, known: LogNode): Promise<Waiting | undefined> {
    const command = this.#scenario.processes[number]?.commands[index];
    if (!command) return undefined;
    const run = await this.#begin({ command, correlationId: `${number}.${index}`, known, hasExpired: state.hasExpired });
    return this.#afterStep(state, number, { run, index, from: state.log.version, isWritten: false });
  }

  #requireMade({ log }: State, run: CommandRun): void {
    const versions = log.versionsOf(run.beginning.correlationId);
    const isTogether = versions.every((version, index) => version === (versions[0] ?? 0) + index);
    if (versions.length === 0 || versions.length > 3 || !isTogether) throw this.#violation('a request takes effect once', run);
  }

  #requireTrue({ log, hasExpired }: State, { run, from }: Waiting, error: unknown): void {
    if (error instanceof OutcomeUnknown || codeOf(error) === '') throw error;
    const { beginning } = run;
    if (log.versionsOf(beginning.correlationId).length > 0)
      throw this.#violation('a request that was refused or failed changes nothing', run);
    const times = [beginning.hasExpired, hasExpired].map(timeOf);
    for (const { state } of log.since(from)) {
      if (times.some((now) => refusalOf(() => decide(state, beginning.command, now)) === codeOf(error))) return;
    }
    throw this.#violation('a refusal is true at the head of the log', run);
  }

  #violation(invariant: string, { beginning }: CommandRun): Violation {
    return new Violation(invariant, `request ${beginning.correlationId} of ${this.#scenario.name}`);
  }
}

/** What the store does with a call, and what it tells. */
function serve(log: LogNode, step: Step, isWritten: boolean, fate: Fate): { log: LogNode; answer: Answer } {
  if (step.type !== 'append') return { log, answer: log };
  if (fate === 'request lost') return { log, answer: 'unknown' };
  const conflicts = !isWritten && log.version !== step.version;
  const after = isWritten || conflicts ? log : log.append(step.written);
  if (fate === 'answer lost') return { log: after, answer: 'unknown' };
  return { log: after, answer: conflicts ? log.version : 'written' };
}

/** The same ids at the same version again. */
function isSameAppend(one: Step, other: Step): boolean {
  return one.type === 'append' && other.type === 'append' && one.ids === other.ids && one.version === other.version;
}

function nameOf({ log, processes, isLossSpent, hasExpired }: State): string {
  const each = processes.map((one) => (one ? `${one.run.id},${one.from},${one.isWritten ? 1 : 0}` : ''));
  return `${log.id} ${isLossSpent ? 1 : 0}${hasExpired ? 1 : 0} ${each.join(' ')}`;
}

function refusalOf(decision: () => unknown): string {
  try {
    decision();
    return '';
  } catch (refusal) {
    return codeOf(refusal);
  }
}

function timeOf(hasExpired: boolean): number {
  return hasExpired ? EXPIRY : EPOCH;
}
