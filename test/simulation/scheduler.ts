import { fingerprint, Random } from './random.js';

/** Whoever has tasks: a simulated process, the event store, or the world around them. */
export class Actor {
  /** A dead actor does nothing any more. */
  isDead = false;
  /** The instant until which a stopped actor does nothing. */
  stoppedUntil = 0;
  /** Called with each task that is late because it was stopped. */
  onDelayed: () => void = () => {};

  constructor(readonly name: string) {}
}

/** What happens later: a timer, an answer of the store, a write to the disk. */
export interface Task {
  due: number;
  /** Decides between tasks that are due at the same instant. */
  tie: number;
  actor: Actor;
  label: string;
  run: () => void;
  isCancelled: boolean;
}

/** The real one, since this file is imported before it is replaced. */
const nextTurn = setImmediate;

/** Resolves when all promises that could settle have settled. */
export function settled(): Promise<void> {
  return new Promise((resolve) => nextTurn(resolve));
}

/** Owns the time, and decides what runs next. Everything that it does follows from the seed. */
export class Scheduler {
  readonly #random: Random;
  readonly #tasks: Task[] = [];
  /** Milliseconds since the start. No time passes while a task runs. */
  now = 0;
  /** The actor whose code is running. */
  current = new Actor('world');
  steps = 0;
  /** The fingerprint of all that has happened so far. */
  trace = 0;
  /** Called with each line of the trace. */
  onTrace: ((line: string) => void) | undefined;

  constructor(seed: number) {
    this.#random = new Random(seed, 'schedule');
  }

  /** Has the task run in so many milliseconds, on behalf of the present actor by default. */
  schedule(delay: number, label: string, run: () => void, actor = this.current): Task {
    const task = { due: this.now + Math.max(0, delay), tie: this.#random.next(), actor, label, run, isCancelled: false };
    this.#insert(task);
    return task;
  }

  /** Resolves after so many milliseconds. */
  pause(delay: number, label: string, actor = this.current): Promise<void> {
    return new Promise((resolve) => this.schedule(delay, label, resolve, actor));
  }

  note(line: string): void {
    const text = `${this.now.toFixed(3)} ${line}`;
    this.trace = fingerprint(text, this.trace);
    this.onTrace?.(text);
  }

  /** Runs one task, and whatever follows from it at once. Returns false if there is none. */
  async step(): Promise<boolean> {
    const task = this.#take();
    if (!task) return false;
    if (task.isCancelled || task.actor.isDead) return true;
    if (task.actor.stoppedUntil > task.due) {
      task.actor.onDelayed();
      task.due = task.actor.stoppedUntil + this.#random.next();
      this.#insert(task);
      return true;
    }
    this.now = task.due;
    this.current = task.actor;
    this.steps += 1;
    this.note(`${task.actor.name}: ${task.label}`);
    task.run();
    await settled();
    return true;
  }

  /** Into a heap, the next one first. */
  #insert(task: Task): void {
    const heap = this.#tasks;
    let place = heap.length;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above] as Task;
      if (!isBefore(task, parent)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = task;
  }

  #take(): Task | undefined {
    const heap = this.#tasks;
    const [first] = heap;
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let next = 2 * place + 1;
      if (next >= heap.length) break;
      if (next + 1 < heap.length && isBefore(heap[next + 1] as Task, heap[next] as Task)) next += 1;
      if (!isBefore(heap[next] as Task, last)) break;
      heap[place] = heap[next] as Task;
      place = next;
    }
    heap[place] = last;
    return first;
  }
}

function isBefore(one: Task, other: Task): boolean {
  return one.due < other.due || (one.due === other.due && one.tie < other.tie);
}
