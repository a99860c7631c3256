import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_FILE } from '../../src/shared/data-files.js';
import Database from '../../src/shared/sqlite.js';
import type { Faults, Incident } from './faults.js';
import type { Machine } from './machine.js';
import type { SimulatedProcess } from './process.js';
import type { Actor, Scheduler } from './scheduler.js';

export interface IncidentsOptions {
  scheduler: Scheduler;
  faults: Faults;
  processes: SimulatedProcess[];
  world: Actor;
}

/** The faults that happen at an instant. */
export class Incidents {
  readonly #options: IncidentsOptions;
  /** What undoes those that last. */
  readonly #undo = new Set<() => void>();

  constructor(options: IncidentsOptions) {
    this.#options = options;
  }

  happen(incident: Incident): void {
    const process = this.#options.processes[incident.process];
    if (!process || process.actor.isDead) return;
    this.#options.faults.count(incident.kind);
    const { scheduler } = this.#options;
    switch (incident.kind) {
      case 'crash':
        process.crash();
        return;
      case 'power cut':
        process.machine.cutPower();
        return;
      case 'projections are lost':
        process.machine.loseProjections();
        return;
      case 'projections are old':
        this.#later(incident, process.machine.copyProjections());
        return;
      case 'restart':
        scheduler.schedule(0, 'is stopped', () => void process.restart(), process.actor);
        return;
      case 'process stands still':
        process.actor.stoppedUntil = scheduler.now + incident.lasts;
        return;
      case 'clock jumps':
        process.clock.offset += incident.by;
        this.#later(incident, () => {
          process.clock.offset -= incident.by;
        });
        return;
      case 'clock drifts':
        process.clock.since = scheduler.now;
        process.clock.drift = Math.sign(incident.by) * 0.05;
        this.#later(incident, () => {
          process.clock.drift = 0;
        });
        return;
      case 'projection stands still':
        this.#lock(incident, process.machine);
        return;
      case 'disk is full':
        process.machine.setFull(true);
        this.#later(incident, () => process.machine.setFull(false));
    }
  }

  /** Undoes all that last. */
  end(): void {
    for (const undo of this.#undo) undo();
    for (const { actor } of this.#options.processes) actor.stoppedUntil = 0;
  }

  #later(incident: Incident, undo: () => void): void {
    const { scheduler, world } = this.#options;
    const once = () => {
      if (this.#undo.delete(once)) undo();
    };
    this.#undo.add(once);
    scheduler.schedule(incident.lasts, `${incident.kind}, no longer`, once, world);
  }

  /** Somebody else holds the write lock of a file of projections. */
  #lock(incident: Incident, { directory }: Machine): void {
    const file = join(directory, incident.by > 0 ? DATA_FILE.keys : DATA_FILE.projections);
    if (!existsSync(file)) return;
    const database = new Database(file, { timeout: 0 });
    try {
      database.exec('BEGIN IMMEDIATE');
    } catch {
      database.close();
      return;
    }
    this.#later(incident, () => {
      database.exec('ROLLBACK');
      database.close();
    });
  }
}
