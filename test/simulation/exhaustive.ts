import { handle } from '../../src/commands/keys/handle.js';
import { decide, evolve } from '../../src/domain/keys/decide.js';
import { type AccountKeys, type KeyCommand, NO_KEYS } from '../../src/domain/keys/model.js';
import { decode } from '../../src/store/codec.js';
import { OutcomeUnknown, type RecordedEvent } from '../../src/store/event-store.js';
import { codeOf } from './answers.js';
import { ControlledStore, type Fate, type Pending } from './controlled-store.js';
import { EPOCH, enter } from './globals.js';
import { Random } from './random.js';
import { EXPIRY, type Scenario } from './scenarios.js';
import { Scheduler, settled } from './scheduler.js';
import { Violation } from './violation.js';

/** What may happen next: the call of a process reaches the store, or the clocks pass the expiry of a key. */
interface Choice {
  /** The number of the process; -1 for the clocks. */
  process: number;
  fate: Fate;
}

/** What an exploration came to. */
export interface Explored {
  /** How many different orders there are. */
  interleavings: number;
  /** Through how many different states they lead. */
  states: number;
}

/** No deadline. */
const NEVER = new AbortController().signal;

/**
 * Explores every order in which the calls of the scenario's processes can reach the store, with at most one request or answer lost. Two
 * orders that have shown each process the same, and have left the same log, have the same continuations, for `handle` depends on nothing
 * else. So it goes on after one of them, and counts both.
 * @param merges false: goes on after each of them
 * @throws Violation
 */
export async function explore(scenario: Scenario, merges = true): Promise<Explored> {
  const known = new Map<string, number>();
  const countFrom = async (path: Choice[]): Promise<number> => {
    const attempt = new Attempt(scenario);
    await attempt.play(path);
    const state = attempt.state();
    const count = known.get(state);
    if (merges && count !== undefined) return count;
    const choices = attempt.choices();
    let sum = choices.length === 0 ? 1 : 0;
    for (const choice of choices) sum += await countFrom([...path, choice]);
    known.set(state, sum);
    return sum;
  };
  return { interleavings: await countFrom([]), states: known.size };
}

/** The processes of a scenario on their way. */
class Attempt {
  readonly #scenario: Scenario;
  readonly #scheduler = new Scheduler(0);
  readonly #pending: (Pending | undefined)[];
  /** What each process has seen. */
  readonly #seen: string[][];
  readonly #events: RecordedEvent[] = [];
  /** The account by version. */
  readonly #states: AccountKeys[] = [NO_KEYS];
  #isLossSpent = false;
  #hasExpired = false;
  #failure: unknown;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#pending = scenario.processes.map(() => undefined);
    this.#seen = scenario.processes.map(() => []);
    enter({ scheduler: this.#scheduler, random: new Random(0, 'code'), requireSpace: () => {}, onOpened: () => {} });
  }

  /** Lets each process go as far as its first call, and then makes the choices one after another. */
  async play(path: Choice[]): Promise<void> {
    await this.#prepare();
    const head = this.#head();
    for (const [number, commands] of this.#scenario.processes.entries()) {
      this.#run(number, commands, this.#scenario.isLate && number === 0 ? NO_KEYS : head).catch((error: unknown) => {
        this.#failure ??= error;
      });
    }
    await this.#settle();
    for (const { process, fate } of path) {
      const pending = this.#pending[process];
      this.#pending[process] = undefined;
      this.#hasExpired ||= process < 0;
      this.#isLossSpent ||= fate !== 'answered';
      pending?.arrive(fate);
      await this.#settle();
    }
  }

  choices(): Choice[] {
    const calls = this.#pending.flatMap((pending, process): Choice[] => {
      if (!pending) return [];
      const fates: Fate[] = pending.isAppend && !this.#isLossSpent ? ['answered', 'answer lost', 'request lost'] : ['answered'];
      return fates.map((fate) => ({ process, fate }));
    });
    const mayExpire = this.#scenario.expires && !this.#hasExpired && calls.length > 0;
    return mayExpire ? [...calls, { process: -1, fate: 'answered' }] : calls;
  }

  /** All that decides what can follow. */
  state(): string {
    const log = this.#events.map(({ type, metadata }) => `${type} ${metadata.correlationId}`);
    return JSON.stringify([this.#seen, log, this.#isLossSpent, this.#hasExpired]);
  }

  async #prepare(): Promise<void> {
    const store = new ControlledStore(
      this.#events,
      (events) => this.#append(events),
      (pending) => pending.arrive('answered'),
    );
    for (const command of this.#scenario.before) {
      await handle({ store, clock: () => EPOCH }, callerOf('before'), command, this.#head(), NEVER);
    }
  }

  /** Sends the commands one after another. Each is decided on what the one before has left. */
  async #run(number: number, commands: KeyCommand[], known: AccountKeys): Promise<void> {
    const seen = this.#seen[number] ?? [];
    const store = new ControlledStore(
      this.#events,
      (events) => this.#append(events),
      (pending) => {
        this.#pending[number] = pending;
      },
    );
    store.onAnswer = (answer) => seen.push(answer);
    const clock = () => {
      seen.push(`expired: ${this.#hasExpired}`);
      return this.#now();
    };
    let state = known;
    for (const [index, command] of commands.entries()) {
      const correlationId = `${number}.${index}`;
      const from = this.#states.length - 1;
      const since = this.#now();
      try {
        ({ state } = await handle({ store, clock }, callerOf(correlationId), command, state, NEVER));
        this.#requireMade(correlationId);
        seen.push('done');
      } catch (error) {
        this.#requireTrue(correlationId, command, error, from, since);
        seen.push(codeOf(error));
      }
    }
  }

  #append(events: RecordedEvent[]): void {
    for (const event of events) {
      const state = evolve(this.#head(), decode(event));
      if (state.keys.size > 2) throw this.#violation('never more than two keys in any prefix');
      this.#states.push(state);
      this.#events.push(event);
    }
  }

  #requireMade(correlationId: string): void {
    const versions = this.#events
      .filter(({ metadata }) => metadata.correlationId === correlationId)
      .map(({ version }) => version);
    const isTogether = versions.every((version, index) => version === (versions[0] ?? 0) + index);
    if (versions.length === 0 || versions.length > 3 || !isTogether) throw this.#violation('a request takes effect once');
  }

  #requireTrue(correlationId: string, command: KeyCommand, error: unknown, from: number, since: number): void {
    if (error instanceof OutcomeUnknown || codeOf(error) === '') throw error;
    if (this.#events.some(({ metadata }) => metadata.correlationId === correlationId))
      throw this.#violation('a request that was refused or failed changes nothing');
    const isTrue = this.#states.slice(from).some((state) =>
      [since, this.#now()].some((now) => {
        try {
          decide(state, command, now);
          return false;
        } catch (refusal) {
          return codeOf(refusal) === codeOf(error);
        }
      }),
    );
    if (!isTrue) throw this.#violation('a refusal is true at the head of the log');
  }

  #violation(invariant: string): Violation {
    return new Violation(invariant, `${this.#scenario.name}: ${this.state()}`);
  }

  #head(): AccountKeys {
    return this.#states.at(-1) ?? NO_KEYS;
  }

  #now(): number {
    return this.#hasExpired ? EXPIRY : EPOCH;
  }

  /** Lets everything happen that needs no choice. A pause before a retry decides nothing. */
  async #settle(): Promise<void> {
    do await settled();
    while (await this.#scheduler.step());
    if (this.#failure) throw this.#failure;
  }
}

function callerOf(correlationId: string) {
  return { account: 'ann', actor: 'client', correlationId, since: 0 };
}
