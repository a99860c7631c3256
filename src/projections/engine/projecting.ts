import type { EventStore } from '../../store/event-store.js';
import type { FillLog, LeftOut } from './file-in-filling.js';
import type { MakeProjections } from './fill.js';
import { Generations } from './generations.js';
import { pass, type Traveller } from './pass.js';
import { difference, firstEvent, lastApplied } from './position.js';
import { PresentFile } from './present-file.js';
import type { ProjectRequest } from './projector.js';

/** How many events a transaction holds. The thread that answers requests may have to write to the same file meanwhile. */
const BATCH = { count: 500 };

export interface ProjectingOptions {
  directory: string;
  store: EventStore;
  make: MakeProjections;
  log: FillLog;
}

/** A file that is kept open for the next requests. */
interface OpenFile {
  seen: string;
  file: PresentFile;
}

/** Applies events to tables that another connection of this machine has recognised as those of its log, and uses meanwhile. */
export class Projecting {
  readonly #options: ProjectingOptions;
  readonly #files = new Map<string, OpenFile>();
  /** Why it could not go on the last time; undefined if it could. */
  #reported: string | undefined;

  constructor(options: ProjectingOptions) {
    this.#options = options;
  }

  /**
   * Reads the log once for all requests. If it cannot go on, it leaves the rest to its callers.
   * @returns what was left out because it cannot be read
   */
  async project(requests: readonly ProjectRequest[]): Promise<LeftOut[]> {
    const travellers: Traveller[] = [];
    const faults: unknown[] = [];
    const leave = (error: unknown) => void faults.push(error);
    for (const request of requests) {
      const traveller = await this.#traveller(request).catch(leave);
      if (traveller) travellers.push(traveller);
    }
    await pass({ store: this.#options.store, travellers, batch: BATCH }).catch(leave);
    this.#report(faults[0]);
    const leftOut = [...this.#files.values()].flatMap(({ file }) => file.takeLeftOut());
    for (const [name, { file }] of this.#files) if (file.failure !== undefined) this.#close(name);
    return leftOut;
  }

  close(): void {
    for (const name of this.#files.keys()) this.#close(name);
  }

  /** Logs each new reason once. */
  #report(err: unknown): void {
    const reason = err === undefined ? undefined : String(err);
    if (reason !== undefined && reason !== this.#reported)
      this.#options.log.warn({ err }, 'events could not be applied beside the requests; they are applied between them');
    this.#reported = reason;
  }

  /** Undefined if another file has the name, or the tables are empty or not known to be of this log. */
  async #traveller(request: ProjectRequest): Promise<Traveller | undefined> {
    const { projection, upTo, first } = request;
    const file = this.#open(request);
    if (!file) return undefined;
    const traveller = () => file.traveller(projection, { store: this.#options.store, first }, upTo);
    const chosen = traveller();
    if (chosen) return chosen;
    await this.#chooseIn(file);
    return traveller();
  }

  #open({ file: name, seen }: ProjectRequest): PresentFile | undefined {
    const { directory, make, log } = this.#options;
    const open = this.#files.get(name);
    const generations = new Generations(directory, name);
    if (open?.seen === seen && generations.present() === seen) return open.file;
    this.#close(name);
    if (generations.present() !== seen) return undefined;
    const file = new PresentFile({ generations, make: make(name), log });
    this.#files.set(name, { seen, file });
    if (generations.present() === seen) return file;
    this.#close(name);
    return undefined;
  }

  /** Chooses the projections that were filled from the log that is open here, to the last event. */
  async #chooseIn(file: PresentFile): Promise<void> {
    const { store } = this.#options;
    const log = { store, first: await firstEvent(store) };
    await file.choose(async (projection, saved) => {
      if ((await difference(log, projection, saved)) !== undefined) return false;
      return (await lastApplied(store, projection, saved))?.id === saved.lastId;
    });
  }

  #close(name: string): void {
    this.#files.get(name)?.file.discard();
    this.#files.delete(name);
  }
}
