import type { createPrivateKey, JsonWebKeyInput, KeyObject, PrivateKeyInput } from 'node:crypto';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import type Database from 'better-sqlite3';
import { SQLITE_DRIVER } from '../../src/shared/sqlite-driver.js';
import { diskOf } from './disk.js';
import { Random } from './random.js';
import { type Actor, Scheduler, type Task } from './scheduler.js';

const require = createRequire(import.meta.url);

/** Midnight is near, so that usage is counted on two days. */
export const EPOCH = Date.parse('2026-03-01T23:59:30.000Z');

/** What the code under test sees of the world. Each run has its own. */
export interface World {
  scheduler: Scheduler;
  random: Random;
  /** Fails if that file cannot be written, as on a full disk. */
  requireSpace: (path: string) => void;
  /** Called with each connection that the present actor opens to a file. */
  onOpened: (actor: Actor, database: Database.Database) => void;
  /** Called with the file and the error of each transaction that fails. */
  onFailed: (file: string, error: unknown) => void;
}

export let world: World = {
  scheduler: new Scheduler(0),
  random: new Random(0, 'code'),
  requireSpace: () => {},
  onOpened: () => {},
  onFailed: () => {},
};

/** Everything that the code under test asks of its environment is answered by this world from now on. */
export function enter(next: World): void {
  world = next;
}

/**
 * Replaces time, timers, randomness, files and the opening of databases, for this whole process and for good. Import the code under test
 * afterwards: what it imports from Node is then replaced as well.
 */
export function takeOver(): void {
  const clear = (timer?: unknown) => {
    if (timer instanceof Timer) timer.clear();
  };
  Object.assign(globalThis, {
    setTimeout: (run: (...args: unknown[]) => void, delay = 0, ...args: unknown[]) => new Timer(() => run(...args), delay),
    setInterval: (run: (...args: unknown[]) => void, delay = 0, ...args: unknown[]) =>
      new Timer(() => run(...args), delay, true),
    setImmediate: (run: (...args: unknown[]) => void, ...args: unknown[]) => new Timer(() => run(...args), 0),
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
  });
  Object.assign(require('node:timers/promises'), { setTimeout: pause, setImmediate: () => pause(0) });
  Object.assign(require('node:crypto'), {
    randomBytes: (count: number) => world.random.bytes(count),
    randomUUID: () => uuidFrom(world.random.bytes(16)),
    createPrivateKey: remembered(require('node:crypto').createPrivateKey),
  });
  Object.assign(
    require('node:fs/promises'),
    diskOf(() => world),
  );
  syncBuiltinESMExports();
  Object.assign(Math, { random: () => world.random.next() });
  Object.assign(Date, { now: () => EPOCH + Math.floor(world.scheduler.now) });
  Object.defineProperty(performance, 'now', { value: () => world.scheduler.now });
  Object.assign(AbortSignal, { timeout: timeoutSignal });
  // Its watchers of the event loop and of garbage would pile up with every process.
  Object.assign(require('prom-client'), { collectDefaultMetrics: () => {} });
  watchDatabases();
}

/** A timer of the simulation, with the methods of Node's. */
class Timer {
  #task: Task;

  constructor(run: () => void, delay: number, repeats = false) {
    const { scheduler } = world;
    // The scheduler may move on to another actor before an interval is set again.
    const actor = scheduler.current;
    const set = (): Task =>
      scheduler.schedule(
        delay,
        `timer of ${Math.round(delay)} ms`,
        () => {
          if (repeats) this.#task = set();
          run();
        },
        actor,
      );
    this.#task = set();
  }

  clear(): void {
    this.#task.isCancelled = true;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }
}

async function pause<T>(delay = 0, value?: T, { signal }: { signal?: AbortSignal } = {}): Promise<T | undefined> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const abort = () => {
      timer.clear();
      reject(signal?.reason);
    };
    const timer = new Timer(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, delay);
    signal?.addEventListener('abort', abort, { once: true });
  });
  return value;
}

function timeoutSignal(delay: number): AbortSignal {
  const controller = new AbortController();
  new Timer(() => controller.abort(new DOMException('The operation timed out.', 'TimeoutError')), delay);
  return controller.signal;
}

/** All machines sign with one key, and to read a key takes ten times as long as to sign with it. */
function remembered(create: typeof createPrivateKey): (input: JsonWebKeyInput | PrivateKeyInput) => KeyObject {
  const known = new Map<string, KeyObject>();
  return (input) => {
    const name = JSON.stringify(input);
    const key = known.get(name) ?? create(input);
    known.set(name, key);
    return key;
  };
}

function uuidFrom(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** What a transaction runs. */
type Work = Parameters<Database.Database['transaction']>[0];

/** The same transaction. Reports what it throws. */
function reporting<W extends Work>(transaction: Database.Transaction<W>, report: (error: unknown) => void) {
  const reported =
    <Args extends unknown[], Result>(run: (...args: Args) => Result) =>
    (...args: Args): Result => {
      try {
        return run(...args);
      } catch (error) {
        report(error);
        throw error;
      }
    };
  return Object.assign(reported(transaction), {
    default: reported(transaction.default),
    deferred: reported(transaction.deferred),
    immediate: reported(transaction.immediate),
    exclusive: reported(transaction.exclusive),
  });
}

/**
 * Reports every database file that is opened, so that it can be closed when its process dies, and its disk can be full; and every
 * transaction that fails, since a fault may be the reason.
 */
function watchDatabases(): void {
  const Original: typeof Database = require(SQLITE_DRIVER);
  class Watched extends Original {
    constructor(file?: string, options?: Database.Options) {
      super(file, options);
      if (file !== ':memory:') world.onOpened(world.scheduler.current, this);
    }

    override transaction<W extends Work>(work: W): Database.Transaction<W> {
      return reporting(super.transaction(work), (error) => world.onFailed(this.name, error));
    }
  }
  const cached = require.cache[require.resolve(SQLITE_DRIVER)];
  if (cached) cached.exports = Watched;
}
