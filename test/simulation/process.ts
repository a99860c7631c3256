import type Database from 'better-sqlite3';
import { type Availability, availabilityOf } from '../../src/app/availability.js';
import { type BackgroundWork, createBackgroundWork } from '../../src/app/background-work.js';
import { openBasis } from '../../src/app/basis.js';
import { openReadSide, type ReadSide } from '../../src/app/read-side.js';
import { openStoreSide, type StoreSide } from '../../src/app/store-side.js';
import { createWriteSide, type WriteSide } from '../../src/app/write-side.js';
import { type Config, readConfig } from '../../src/config.js';
import { createLog } from '../../src/observability/log.js';
import type { Machine } from './machine.js';
import { ProcessClock } from './process-clock.js';
import { Actor } from './scheduler.js';
import { SimulatedStore, type SimulatedStoreOptions } from './store.js';

/** How long a supervisor waits before it starts a process again, in milliseconds. */
const RESTART = 1500;

/** All machines sign with the same key. */
const LOG_KEY = Buffer.alloc(32, 7).toString('base64');

/** What a running process consists of. It is joined as in `src/app.ts`, without the servers. */
export interface Parts {
  store: StoreSide;
  read: ReadSide;
  write: WriteSide;
  background: BackgroundWork;
  availability: Availability;
}

export interface SimulatedProcessOptions
  extends Pick<SimulatedStoreOptions, 'log' | 'scheduler' | 'random' | 'faults' | 'leader' | 'serverTime'> {
  number: number;
  machine: Machine;
  settings: Record<string, string>;
  /** Called with each line that it logs. */
  onLog: (line: string) => void;
}

/** A Keyledger process that can die at any await, and is then started again. */
export class SimulatedProcess {
  readonly #options: SimulatedProcessOptions;
  readonly #config: Config;
  readonly #databases = new Set<Database.Database>();
  #starts = 0;
  actor: Actor;
  /** Undefined while it does not run. */
  parts: Parts | undefined;
  /** How often it died. */
  deaths = 0;
  readonly clock: ProcessClock;

  constructor(options: SimulatedProcessOptions) {
    const { machine, number, settings } = options;
    this.#options = options;
    this.#config = readConfig({
      KEYLEDGER_DATA: machine.directory,
      KEYLEDGER_STORE: 'esdb://simulated:2113',
      KEYLEDGER_LOG_KEY: LOG_KEY,
      ...settings,
    });
    this.actor = new Actor(`process ${number}`);
    this.clock = new ProcessClock(() => options.scheduler.now);
    machine.processes.push(this);
  }

  get number(): number {
    return this.#options.number;
  }

  get machine(): Machine {
    return this.#options.machine;
  }

  get config(): Config {
    return this.#config;
  }

  start(): void {
    const { scheduler, number } = this.#options;
    this.#starts += 1;
    this.actor = new Actor(`process ${number}.${this.#starts}`);
    scheduler.schedule(0, 'starts', () => this.#open().catch(() => this.#startAgain()), this.actor);
  }

  /** Ends it between two steps, as `kill -9` does, and has it started again. */
  crash(): void {
    if (this.actor.isDead) return;
    this.deaths += 1;
    this.#end();
    this.#startAgain();
  }

  /** Ends it in an orderly way, and has it started again. */
  async restart(): Promise<void> {
    const { parts, actor } = this;
    if (!parts) return;
    this.parts = undefined;
    const { store, read, write, background } = parts;
    await Promise.all([write.stop(), background.stop()]);
    await read.stop();
    await store.stop();
    read.close();
    if (this.actor !== actor) return;
    this.#end();
    this.#startAgain();
  }

  /** Ends it for good. */
  end(): void {
    this.#end();
  }

  watchDatabase(database: Database.Database): void {
    this.#databases.add(database);
    if (this.machine.isFull) limit(database, true);
  }

  limitDatabases(): void {
    for (const database of this.#databases) limit(database, this.machine.isFull);
  }

  async #open(): Promise<void> {
    const { log, scheduler, random, faults, leader, serverTime, number, onLog } = this.#options;
    const { actor } = this;
    const given = new SimulatedStore({
      ...{ log, scheduler, random, faults, leader, serverTime, actor, process: number },
      crash: () => {
        if (this.actor === actor) this.crash();
      },
    });
    const basis = await openBasis({
      config: this.#config,
      log: createLog('info', { write: onLog }),
      clock: () => this.clock.read(),
    });
    const store = await openStoreSide(basis, { given });
    const read = await openReadSide(basis, store, { fillHere: true });
    const background = createBackgroundWork(basis, store, read);
    const write = createWriteSide(basis, read, background.clockGuard);
    const availability = availabilityOf(basis, store, read, background.clockGuard);
    read.start();
    background.start();
    this.parts = { store, read, write, background, availability };
  }

  #startAgain(): void {
    const { scheduler, leader } = this.#options;
    this.#end();
    scheduler.schedule(RESTART, `starts process ${this.number} again`, () => this.start(), leader);
  }

  #end(): void {
    this.actor.isDead = true;
    this.parts = undefined;
    this.clock.unwatchAll();
    for (const database of this.#databases) close(database);
    this.#databases.clear();
  }
}

/** Lets the file grow no further, or grow again. */
function limit(database: Database.Database, isFull: boolean): void {
  if (!database.open) return;
  try {
    const pages = isFull ? database.pragma('page_count', { simple: true }) : 0xfffffffe;
    database.pragma(`max_page_count = ${pages}`);
  } catch {
    // It is locked: then it grows after all.
  }
}

/** Closes the connection of a process that is dead. What it had not committed is lost. */
function close(database: Database.Database): void {
  if (!database.open) return;
  try {
    if (database.inTransaction) database.exec('ROLLBACK');
    database.close();
  } catch {
    // Somebody was reading its rows one by one. Nobody will go on.
  }
}
