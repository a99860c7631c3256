import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Answers } from './answers.js';
import { Checkpoints } from './checkpoints.js';
import { Clients } from './clients.js';
import { closeFiles } from './disk.js';
import { type FaultCounts, Faults } from './faults.js';
import { isCaughtUp, requireFolds } from './final.js';
import { EPOCH, enter } from './globals.js';
import { Incidents } from './incidents.js';
import { Ledger } from './ledger.js';
import { SimulatedLog } from './log.js';
import { Machine } from './machine.js';
import type { Item, Plan } from './plan.js';
import { SimulatedProcess } from './process.js';
import { Random } from './random.js';
import { Requests } from './requests.js';
import { Actor, Scheduler } from './scheduler.js';
import { Violation } from './violation.js';

/** A disk in memory, where there is one. */
const DISK = existsSync('/dev/shm') ? '/dev/shm' : realpathSync(tmpdir());

/** For how long everything may take to come to rest once nothing is disturbed any more, in milliseconds. */
const PATIENCE = 180_000;

/** A run has some ten thousand steps. */
const STEPS = 400_000;

/** The stack of an error in a logged line. It names files of this machine, and a trace must be the same on every machine. */
const STACKS = /,"stack":"(?:[^"\\]|\\.)*"/g;

/** How many steps are made between looks whether it has come to rest. */
const LOOK = 20;

/** What a run came to. */
export interface Outcome {
  /** Undefined if nothing went wrong. */
  violation: Violation | undefined;
  /** The fingerprint of all that happened. */
  trace: number;
  steps: number;
  /** How long it took in the simulated world, in milliseconds. */
  time: number;
  faults: FaultCounts;
  /** How often each answer was given. */
  answers: ReadonlyMap<string, number>;
}

/** Plays the plan. The same plan always has the same outcome. */
export async function run(plan: Plan, onTrace?: (line: string) => void): Promise<Outcome> {
  const directory = mkdtempSync(join(DISK, 'keyledger-simulation-'));
  const simulation = new Simulation(plan, directory, onTrace);
  try {
    return await simulation.run();
  } finally {
    simulation.close();
    rmSync(directory, { recursive: true });
  }
}

class Simulation {
  readonly #plan: Plan;
  readonly #scheduler: Scheduler;
  readonly #faults: Faults;
  readonly #log: SimulatedLog;
  readonly #ledger: Ledger;
  readonly #answers: Answers;
  readonly #checkpoints: Checkpoints;
  readonly #clients: Clients;
  readonly #machines: Machine[];
  readonly #processes: SimulatedProcess[];
  readonly #incidents: Incidents;
  readonly #world = new Actor('world');
  #violation: Violation | undefined;
  /** True if a process has said that it lost counts of uses. */
  #saidLoss = false;

  constructor(plan: Plan, directory: string, onTrace?: (line: string) => void) {
    const { seed } = plan;
    const scheduler = new Scheduler(seed);
    scheduler.onTrace = onTrace;
    const random = new Random(seed, 'store');
    const now = () => scheduler.now;
    const faults = new Faults(new Random(seed, 'faults'), now);
    const hiddenFor = () => (faults.isDue('events become visible late', 0) ? random.next() * 80 : 0);
    const onMissed = () => faults.count('events become visible late');
    const log = new SimulatedLog({ now, random, hiddenFor, onMissed });
    const requests = new Requests();
    const fail = (error: unknown) => this.#fail(error);
    this.#plan = plan;
    this.#scheduler = scheduler;
    this.#faults = faults;
    this.#log = log;
    this.#ledger = new Ledger(log, requests, fail);
    this.#answers = new Answers(this.#ledger);
    this.#checkpoints = new Checkpoints(this.#ledger);
    const answers = this.#answers;
    this.#clients = new Clients({ now, ledger: this.#ledger, requests, answers, checkpoints: this.#checkpoints });
    mkdirSync(directory, { recursive: true });
    this.#machines = [...new Set(plan.machines)].map((number) => new Machine(join(directory, `machine-${number}`)));
    const leader = new Actor('store');
    const serverTime = plan.hasServerClock ? () => EPOCH + Math.floor(scheduler.now) : undefined;
    this.#processes = plan.machines.map((machineNumber, number) => {
      const machine = this.#machines.find((one) => one.directory.endsWith(`machine-${machineNumber}`));
      if (!machine) throw new Error('There is no such machine.');
      const onLog = (line: string) => {
        scheduler.note(`process ${number} logs: ${line.trim().replaceAll(STACKS, '')}`);
        this.#saidLoss ||= line.includes('could not be recorded');
      };
      const { settings } = plan;
      return new SimulatedProcess({ log, scheduler, random, faults, leader, serverTime, number, machine, settings, onLog });
    });
    this.#incidents = new Incidents({
      ...{ scheduler, faults, processes: this.#processes, world: this.#world },
      random: new Random(seed, 'incidents'),
    });
    enter({
      scheduler,
      random: new Random(seed, 'code'),
      requireSpace: (path) => this.#incidents.requireSpace(path),
      onOpened: (actor, database) => this.#processes.find((one) => one.actor === actor)?.watchDatabase(database),
      onFailed: (file, error) => this.#incidents.noticeFailure(file, error),
    });
  }

  async run(): Promise<Outcome> {
    const onRejection = (error: unknown) => this.#fail(error);
    process.on('unhandledRejection', onRejection);
    try {
      for (const one of this.#processes) one.start();
      for (const item of this.#plan.items) this.#expect(item);
      const length = Math.max(0, ...this.#plan.items.map(({ at }) => at));
      await this.#runUntil(() => this.#scheduler.now > length);
      await this.#comeToRest();
    } finally {
      process.off('unhandledRejection', onRejection);
    }
    const { trace, steps, now: time } = this.#scheduler;
    return {
      violation: this.#violation,
      trace,
      steps,
      time,
      faults: this.#faults.counts,
      answers: this.#clients.counts,
    };
  }

  close(): void {
    for (const one of this.#processes) one.end();
    this.#incidents.end();
    closeFiles();
  }

  #fail(error: unknown): void {
    this.#violation ??=
      error instanceof Violation
        ? error
        : new Violation('no unexpected error', error instanceof Error ? `${error.stack}` : String(error));
  }

  #expect(item: Item): void {
    switch (item.type) {
      case 'weather':
        this.#faults.begin(item);
        return;
      case 'incident':
        this.#scheduler.schedule(item.at, item.kind, () => this.#try(() => this.#incidents.happen(item)), this.#world);
        return;
      case 'operation':
        // It reaches whichever process has that number by then.
        this.#scheduler.schedule(item.at, `sends ${item.kind}`, () => this.#send(item), this.#world);
    }
  }

  #send(item: Item & { type: 'operation' }): void {
    const process = this.#processes[item.process];
    if (!process) return;
    const arrive = () => this.#try(() => this.#clients.send(item, process));
    this.#scheduler.schedule(0, `receives ${item.kind} of ${item.account}`, arrive, process.actor);
  }

  #try(work: () => void | Promise<void>): void {
    try {
      Promise.resolve(work()).catch((error: unknown) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
    }
  }

  async #runUntil(isEnough: () => boolean): Promise<boolean> {
    while (!this.#violation && !isEnough()) {
      if (!(await this.#scheduler.step())) return false;
      if (this.#scheduler.steps > STEPS) this.#fail(new Violation('it comes to rest', `not within ${STEPS} steps`));
    }
    return !this.#violation;
  }

  /** Ends all disturbances. Everything must then be as the log says. */
  async #comeToRest(): Promise<void> {
    this.#faults.end();
    this.#incidents.end();
    const { now } = this.#scheduler;
    const isResting = () =>
      !this.#clients.isWaiting && this.#processes.every(({ parts }) => parts && isCaughtUp(parts, this.#log));
    const rest = async () => {
      let looked = 0;
      await this.#runUntil(() => {
        if (this.#scheduler.now > now + PATIENCE) return true;
        if (this.#scheduler.steps < looked + LOOK) return false;
        looked = this.#scheduler.steps;
        return isResting();
      });
      if (!this.#violation && !isResting()) this.#fail(new Violation('it comes to rest', this.#whyNot()));
    };
    await rest();
    if (this.#violation) return;
    // Everything that was counted is written, and then read.
    let isWritten = false;
    const writes = this.#processes.map(({ actor, parts }) => {
      return new Promise<void>((resolve) => {
        this.#scheduler.schedule(0, 'writes its counts', () => void parts?.write.uses.flush().then(resolve), actor);
      });
    });
    Promise.all(writes).then(() => {
      isWritten = true;
    });
    await this.#runUntil(() => isWritten || this.#scheduler.now > now + PATIENCE);
    await rest();
    if (!this.#violation) this.#try(() => this.#requireRight());
  }

  #requireRight(): void {
    const mayLack = this.#saidLoss || this.#processes.some(({ deaths }) => deaths > 0);
    for (const { parts } of this.#processes) if (parts) this.#clients.usage.require(parts.read.projections.usage, mayLack);
    for (const one of this.#processes) {
      const { parts } = one;
      if (parts) for (const account of this.#ledger.accounts()) this.#clients.verifyAll(account, one, parts);
    }
    requireFolds(this.#machines, this.#log);
    for (const machine of this.#machines) this.#checkpoints.kept(machine);
  }

  #whyNot(): string {
    const states = this.#processes.map(({ actor, parts }) => {
      if (!parts) return `${actor.name} does not run`;
      const statuses = parts.read.statuses().map(({ name, position, failure }) => `${name} ${position} ${failure ?? ''}`);
      return `${actor.name} ${parts.availability.whyNoVerification()?.code ?? 'serves'}, ${statuses.join(', ')}`;
    });
    return states.join('; ');
  }
}
