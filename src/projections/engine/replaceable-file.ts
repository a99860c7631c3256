import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import Database from '../../shared/sqlite.js';
import { openUnlocked, untilUnlocked } from '../../shared/until-unlocked.js';
import type { Connection } from './connection.js';
import type { Opened } from './database.js';
import type { LeftOut } from './file-in-filling.js';
import { FIRST, type FillRequest } from './fill.js';
import { FillFailed } from './filler.js';
import { Generations } from './generations.js';
import { hold } from './held-files.js';
import { DAMAGED, DELETED, isPresentLost, type JudgedFile, judgePresent, positionsOf } from './judged-file.js';
import { LivingFile } from './living-file.js';
import { PositionTable, type SavedPosition } from './position.js';
import type { Projection } from './projection.js';
import type { Log, Replaceable } from './replaceable.js';
import { SingleFill } from './single-fill.js';
import { Successor } from './successor.js';

type Projections = Record<string, Projection>;

export interface ReplaceableFileOptions<P extends Projections> {
  directory: string;
  /** The file's name in that directory. */
  name: string;
  /** Creates the projections, and missing tables, over a database. */
  make: (database: Connection) => P;
  log: Pick<Logger, 'warn' | 'info'>;
  /** Fills a file. Resolves with the events that were left out. */
  fill: (request: FillRequest) => Promise<LeftOut[]>;
}

/** How long to wait after a file could not be exchanged, in milliseconds. */
const PAUSE = 1000;

/**
 * A file of projections that is open for as long as the process lives, although other files take its place. While the present file is
 * damaged, or has the tables of another version, empty tables stand in for it.
 */
export class ReplaceableFile<P extends Projections> implements Replaceable {
  readonly #options: ReplaceableFileOptions<P>;
  readonly #generations: Generations;
  readonly #lost = new Set<() => void>();
  readonly #filled = new Set<(leftOut: readonly LeftOut[]) => void>();
  /** The projections that are not taken over from the present file. */
  readonly #distrusted = new Set<string>();
  /** The file that was looked at last. */
  #seen: string | undefined;
  /** The file that was opened last. */
  #opened: string | undefined;
  #isStandIn = false;
  #isDamaged = false;
  #nextLook = 0;
  readonly #fills = new SingleFill();
  /** How far the present file came. It tells which events the log must hold, also while other tables stand in for it. */
  #known: SavedPosition[] = [];
  #looking: Promise<void> | undefined;
  #isClosed = false;
  /** Lets the file go that is open, or was open last. */
  #letGo: () => void = () => {};
  readonly database: LivingFile;
  readonly projections: P;

  /**
   * Opens the present file; creates one if there is none.
   * @throws FileLocked if another process keeps it locked for too long
   */
  static async open<P extends Projections>(options: ReplaceableFileOptions<P>): Promise<ReplaceableFile<P>> {
    const { path } = new Generations(options.directory, options.name);
    const onWait = () => options.log.warn({ file: path }, 'another process has locked the file; waiting for it');
    return openUnlocked(path, () => new ReplaceableFile(options), onWait);
  }

  private constructor(options: ReplaceableFileOptions<P>) {
    this.#options = options;
    this.#generations = new Generations(options.directory, options.name);
    const database = this.#openPresent();
    this.#isStandIn = database === undefined;
    if (database) this.#use(database);
    this.database = new LivingFile(database ?? this.#standIn(), (error) => this.lose(error));
    try {
      this.projections = options.make(this.database);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get isStandIn(): boolean {
    return this.#isStandIn;
  }

  get inUse() {
    if (this.#isStandIn || this.#opened === undefined) return undefined;
    return { file: this.#options.name, seen: this.#opened };
  }

  onLost(listener: () => void): void {
    this.#lost.add(listener);
  }

  onFilled(listener: (leftOut: readonly LeftOut[]) => void): void {
    this.#filled.add(listener);
  }

  lose(error: unknown): void {
    if (this.#isStandIn) return;
    this.#isStandIn = true;
    this.#isDamaged = true;
    this.#options.log.warn({ file: this.#options.name, err: error }, DAMAGED);
    for (const listener of this.#lost) listener();
    const damaged = this.database.database;
    // It is in use now.
    setImmediate(() => {
      if (this.#isClosed || this.database.database !== damaged) return;
      this.#known = positionsOf(this.database);
      this.database.exchange(this.#standIn());
    });
  }

  look(log: Log): void {
    if (!this.#isNew() || performance.now() < this.#nextLook) return;
    this.#exchange(log).catch((error: unknown) => {
      this.#nextLook = performance.now() + PAUSE;
      this.#reportUnused(error);
    });
  }

  refill(projection: string, log: Log, signal: AbortSignal): Promise<void> {
    if (!this.#isStandIn) this.#distrusted.add(projection);
    return this.#fillOnce(log, signal, async () => {
      await this.#unlessReplaced(this.#fill({ projections: this.#untrusted() }));
      await this.#exchange(log);
    });
  }

  catchUp(log: Log, signal: AbortSignal): Promise<void> {
    return this.#fillOnce(log, signal, async () => {
      try {
        await this.#fill({ projections: [], inPlace: true });
      } catch (error) {
        if (error instanceof FillFailed && error.isDamage) this.lose(error);
        throw error;
      }
    });
  }

  /** If somebody else has filled a file already, uses that. */
  #fillOnce(log: Log, signal: AbortSignal, fill: () => Promise<void>): Promise<void> {
    return this.#fills.run(async () => {
      if (!(await this.#usesNew(log))) await fill();
    }, signal);
  }

  /** Uses the file that has the name by now. Returns false if there is no other, or it cannot be used. */
  async #usesNew(log: Log): Promise<boolean> {
    if (!this.#isNew()) return false;
    try {
      await this.#exchange(log);
      return true;
    } catch (error) {
      this.#reportUnused(error);
      return false;
    }
  }

  /** The same, as those see it who use it. */
  get opened(): Opened<P> {
    return { database: this.database, projections: this.projections, file: this };
  }

  close(): void {
    this.#isClosed = true;
    this.database.close();
    this.#letGo();
  }

  /** True if another file has the name, or none. */
  #isNew(): boolean {
    const present = this.#generations.present();
    return present === undefined ? this.#generations.isGone() : present !== this.#seen;
  }

  /** @throws Error if the file that has the name cannot be used */
  #exchange(log: Log): Promise<void> {
    this.#looking ??= this.#exchangeNow(log).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #exchangeNow(log: Log): Promise<void> {
    try {
      if (await untilUnlocked(() => isPresentLost(this.#judgePresent(), this.database))) await this.#fillDeleted();
      // To judge a file, to open it and to make its projections takes milliseconds each.
      await nextTurn();
      const database = await untilUnlocked(() => this.#openPresent());
      await nextTurn();
      if (database) await this.#succeed(database, log);
    } catch (error) {
      this.#seen = undefined;
      throw error;
    }
    if (this.#isStandIn) throw new Error('it is damaged, or has the tables of another version');
  }

  async #fillDeleted(): Promise<void> {
    this.#options.log.warn({ file: this.#options.name }, DELETED);
    await this.#fill({ projections: [] });
  }

  async #succeed(database: Database.Database, log: Log): Promise<void> {
    try {
      const successor = new Successor(database, Object.values(this.#options.make(database)), this.database);
      await nextTurn();
      await successor.requireFit(log);
      // What is found out last must still be so when the files are exchanged, so nothing may run in between.
      for (let late = successor.late(); late; late = successor.late()) await successor.catchUp(late, log);
    } catch (error) {
      database.close();
      throw error;
    }
    this.database.exchange(database, this.#letGo);
    this.#use(database);
    if (this.#isClosed) this.close();
    this.#isStandIn = false;
    this.#isDamaged = false;
    this.#distrusted.clear();
  }

  #use(database: Database.Database): void {
    this.#opened = this.#seen;
    this.#letGo = hold(database.name, this.#seen);
  }

  async #fill(request: Pick<FillRequest, 'projections' | 'inPlace'>): Promise<void> {
    const { name: file, fill } = this.#options;
    const leftOut = await fill({ ...request, file, seen: this.#generations.present() });
    // Tables that were taken over from a file in use are still filled there, too: this process counts what it leaves out.
    const isUsed = !this.#isStandIn && request.inPlace !== true;
    const counted = isUsed ? leftOut.filter(({ ofAll }) => ofAll) : leftOut;
    for (const listener of this.#filled) listener(counted);
  }

  /** Resolves when the file is filled; the first one already when it has its place, whichever process has filled it. */
  async #unlessReplaced(filling: Promise<void>): Promise<void> {
    const end = new AbortController();
    const isFirst = this.#options.name === FIRST;
    await Promise.race(isFirst ? [filling, this.#generations.replaced(end.signal)] : [filling]).finally(() => end.abort());
  }

  #reportUnused(error: unknown): void {
    this.#options.log.warn({ file: this.#options.name, err: error }, 'the new projections file cannot be used yet');
  }

  /** Opens the present file, or creates it; undefined if it is damaged or has the tables of another version. */
  #openPresent(): Database.Database | undefined {
    const { present, verdict } = this.#judgePresent();
    this.#seen = present;
    switch (verdict.is) {
      case 'usable':
        return verdict.database;
      case 'of another version':
        this.#known = verdict.positions;
        return undefined;
      case 'damaged':
        this.#isDamaged = true;
        return undefined;
    }
  }

  #judgePresent(): JudgedFile {
    return judgePresent({ ...this.#options, generations: this.#generations });
  }

  /** The projections that are filled from the log. From a damaged file, only what may be nowhere else is taken over. */
  #untrusted(): string[] {
    const all = Object.values(this.projections).filter(({ name, mayLoseOldEvents }) => {
      return this.#distrusted.has(name) || (this.#isDamaged && !mayLoseOldEvents);
    });
    return all.map(({ name }) => name);
  }

  #standIn(): Database.Database {
    const database = new Database(':memory:');
    new PositionTable(database).put(this.#known);
    this.#options.make(database);
    return database;
  }
}
