import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DATA_FILE } from '../../src/shared/data-files.js';
import { hasCode } from '../../src/shared/error-code.js';
import Database from '../../src/shared/sqlite.js';
import { isLocked } from '../../src/shared/until-unlocked.js';
import type { Faults, Incident } from './faults.js';
import type { Machine } from './machine.js';
import type { SimulatedProcess } from './process.js';
import type { Random } from './random.js';
import type { Actor, Scheduler } from './scheduler.js';

/** How much a clock gains or loses that drifts, in milliseconds in each. */
const DRIFT = 0.05;

export interface IncidentsOptions {
  scheduler: Scheduler;
  random: Random;
  faults: Faults;
  processes: SimulatedProcess[];
  world: Actor;
}

/** The faults that happen at an instant. Each is counted once it has had an effect. */
export class Incidents {
  readonly #options: IncidentsOptions;
  /** What undoes those that last. */
  readonly #undo = new Set<() => void>();
  /** Those because of which a write may fail: each looks at failures. */
  readonly #causes = new Set<(file: string, error: unknown) => void>();

  constructor(options: IncidentsOptions) {
    this.#options = options;
  }

  happen(incident: Incident): void {
    const process = this.#options.processes[incident.process];
    if (!process || process.actor.isDead) return;
    const { scheduler, random } = this.#options;
    const { machine, actor, clock } = process;
    const hit = this.#countOnce(incident);
    switch (incident.kind) {
      case 'crash':
        process.crash();
        hit();
        return;
      case 'power cut':
        if (machine.cutPower(random)) hit();
        return;
      case 'projections are lost':
        if (machine.loseProjections()) hit();
        return;
      case 'projections are old': {
        const putBack = machine.copyProjections();
        this.#later(incident, () => {
          if (putBack()) hit();
        });
        return;
      }
      case 'restart':
        scheduler.schedule(0, 'is stopped', () => this.#restart(process, hit), actor);
        return;
      case 'process stands still':
        actor.stoppedUntil = scheduler.now + incident.lasts;
        actor.onDelayed = hit;
        return;
      case 'clock jumps':
        this.#later(
          incident,
          clock.disturb(() => incident.by, hit),
        );
        return;
      case 'clock drifts': {
        const { now: since } = scheduler;
        const gain = Math.sign(incident.by) * DRIFT;
        this.#later(
          incident,
          clock.disturb(() => (scheduler.now - since) * gain, hit),
        );
        return;
      }
      case 'projection stands still':
        this.#lock(incident, machine, hit);
        return;
      case 'disk is full':
        this.#fill(incident, machine, hit);
    }
  }

  /** Fails as a full disk does. */
  requireSpace(path: string): void {
    const machines = this.#options.processes.map(({ machine }) => machine);
    if (!machines.some(({ directory, isFull }) => isFull && directory === dirname(path))) return;
    const error = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    this.noticeFailure(path, error);
    throw error;
  }

  /** A write to that file has failed, perhaps because of an incident. */
  noticeFailure(file: string, error: unknown): void {
    for (const look of this.#causes) look(file, error);
  }

  /** Undoes all that last. */
  end(): void {
    for (const undo of this.#undo) undo();
    for (const { actor } of this.#options.processes) actor.stoppedUntil = 0;
  }

  /** Counts the incident when it is called for the first time. */
  #countOnce({ kind }: Incident): () => void {
    let isCounted = false;
    return () => {
      if (!isCounted) this.#options.faults.count(kind);
      isCounted = true;
    };
  }

  #later(incident: Incident, undo: () => void): void {
    const { scheduler, world } = this.#options;
    const once = () => {
      if (this.#undo.delete(once)) undo();
    };
    this.#undo.add(once);
    scheduler.schedule(incident.lasts, `${incident.kind}, no longer`, once, world);
  }

  #restart(process: SimulatedProcess, hit: () => void): void {
    if (process.parts) hit();
    void process.restart();
  }

  /** Somebody else holds the write lock of a file of projections. */
  #lock(incident: Incident, { directory }: Machine, hit: () => void): void {
    const file = join(directory, incident.by > 0 ? DATA_FILE.keys : DATA_FILE.projections);
    if (!existsSync(file)) return;
    const database = new Database(file, { timeout: 0 });
    try {
      database.exec('BEGIN IMMEDIATE');
    } catch {
      database.close();
      return;
    }
    const forget = this.#watch((failed, error) => {
      if (failed === file && isLocked(error)) hit();
    });
    this.#later(incident, () => {
      forget();
      database.exec('ROLLBACK');
      database.close();
    });
  }

  /** No file of the machine can grow. */
  #fill(incident: Incident, machine: Machine, hit: () => void): void {
    machine.setFull(true);
    const forget = this.#watch((failed, error) => {
      const isFull = hasCode(error, 'SQLITE_FULL') || hasCode(error, 'ENOSPC');
      if (isFull && dirname(failed) === machine.directory) hit();
    });
    this.#later(incident, () => {
      forget();
      machine.setFull(false);
    });
  }

  #watch(look: (file: string, error: unknown) => void): () => void {
    this.#causes.add(look);
    return () => this.#causes.delete(look);
  }
}
