import { handle } from '../../src/commands/keys/handle.js';
import type { AccountKeys, KeyCommand } from '../../src/domain/keys/model.js';
import { type EventStore, type NewEvent, OutcomeUnknown, VersionConflict } from '../../src/store/event-store.js';
import { EPOCH, enter } from './globals.js';
import { type LogNode, type Written, written } from './log-tree.js';
import { Random } from './random.js';
import { EXPIRY } from './scenarios.js';
import { Scheduler, settled } from './scheduler.js';

/** What a process does after it has been told something: it calls the store, or its command ends. */
export type Step =
  | { type: 'append'; version: number; written: Written; ids: string }
  | { type: 'read'; after: number }
  | { type: 'done'; state: AccountKeys }
  | { type: 'failed'; error: unknown };

/** What the store tells a process: its append was written, or it conflicts with this version, or nobody knows, or the stream as it is. */
export type Answer = 'written' | 'unknown' | number | LogNode;

/** An answer, and whether the clocks have passed the expiry when it comes. */
interface Told {
  answer: Answer;
  hasExpired: boolean;
}

/** What a run of a command begins with. */
export interface Beginning {
  command: KeyCommand;
  correlationId: string;
  /** The stream as far as the process knows it. */
  known: LogNode;
  hasExpired: boolean;
}

/** No deadline. */
const NEVER = new AbortController().signal;

/**
 * A command in `handle`, as far as it has come with the answers so far. `handle` depends on nothing but them, so each run is made once, and
 * then known.
 */
export class CommandRun {
  static #count = 0;
  readonly id = CommandRun.#count++;
  readonly #told: Told[];
  readonly #next = new Map<string, CommandRun>();

  private constructor(
    readonly beginning: Beginning,
    told: Told[],
    readonly step: Step,
  ) {
    this.#told = told;
  }

  static async begin(beginning: Beginning): Promise<CommandRun> {
    return new CommandRun(beginning, [], await play(beginning, []));
  }

  /** The run after that answer; undefined if it was not made yet. */
  known(answer: Answer, hasExpired: boolean): CommandRun | undefined {
    return this.#next.get(nameOf(answer, hasExpired));
  }

  /** Makes the run after that answer. */
  async tell(answer: Answer, hasExpired: boolean): Promise<CommandRun> {
    const told = [...this.#told, { answer, hasExpired }];
    const next = new CommandRun(this.beginning, told, await play(this.beginning, told));
    this.#next.set(nameOf(answer, hasExpired), next);
    return next;
  }
}

function nameOf(answer: Answer, hasExpired: boolean): string {
  return `${typeof answer === 'object' ? `read ${answer.id}` : answer} ${hasExpired}`;
}

/** Runs `handle` with these answers, as far as the first call that has none. */
async function play({ command, correlationId, known, hasExpired }: Beginning, told: readonly Told[]): Promise<Step> {
  const scheduler = new Scheduler(0);
  enter({ scheduler, random: new Random(0, correlationId), requireSpace: () => {}, onOpened: () => {}, onFailed: () => {} });
  let step: Step | undefined;
  let now = hasExpired ? EXPIRY : EPOCH;
  let calls = 0;
  const answerTo = async (call: Step): Promise<Answer> => {
    const next = told[calls];
    calls += 1;
    if (!next) {
      step = call;
      return new Promise(() => {});
    }
    now = next.hasExpired ? EXPIRY : EPOCH;
    if (next.answer === 'unknown') throw new OutcomeUnknown();
    return next.answer;
  };
  handle({ store: storeOf(answerTo), clock: () => now }, callerOf(correlationId), command, known.state, NEVER).then(
    ({ state }) => {
      step = { type: 'done', state };
    },
    (error: unknown) => {
      step = { type: 'failed', error };
    },
  );
  // A pause before a retry decides nothing.
  do await settled();
  while (!step && (await scheduler.step()));
  return step ?? { type: 'failed', error: new Error('The command waits for nothing.') };
}

function storeOf(answerTo: (call: Step) => Promise<Answer>): EventStore {
  const never = () => {
    throw new Error('A command only reads and appends to its stream.');
  };
  return {
    kind: 'controlled',
    async *read(_stream: string, after = 0) {
      const answer = await answerTo({ type: 'read', after });
      if (typeof answer === 'object') yield answer.after(after);
    },
    async append(stream: string, version: number, events: NewEvent[]) {
      const ids = events.map(({ id }) => id).join();
      const answer = await answerTo({ type: 'append', version, written: written(events), ids });
      if (typeof answer === 'number') throw new VersionConflict(stream, version, answer);
      return version + events.length;
    },
    readAll: never,
    follow: never,
    prune: never,
    async close() {},
  };
}

function callerOf(correlationId: string) {
  return { account: 'ann', actor: 'client', correlationId, since: 0 };
}
