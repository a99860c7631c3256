import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loseUnsynced } from './disk.js';
import type { SimulatedProcess } from './process.js';
import type { Random } from './random.js';

/** The files that SQLite keeps beside each of its own. */
const JOURNALS = ['-wal', '-shm'];

/** Links stay links. */
const AS_IT_IS = { recursive: true, verbatimSymlinks: true };

/** A machine with a data directory, which its processes share. */
export class Machine {
  isFull = false;
  readonly processes: SimulatedProcess[] = [];

  constructor(readonly directory: string) {
    mkdirSync(directory);
  }

  /**
   * Every process dies, and what is not durable yet is lost: of SQLite's files with `synchronous = NORMAL`, everything since the last
   * checkpoint of the write-ahead log; of others, what was not synced.
   * @returns whether there was any such thing
   */
  cutPower(random: Random): boolean {
    const files = this.#files();
    const isLost = files.some(
      (name) => (statSync(join(this.directory, `${name}-wal`), { throwIfNoEntry: false })?.size ?? 0) > 0,
    );
    const durable = (name: string) => join(this.directory, `${name}.durable`);
    for (const name of files) copyFileSync(join(this.directory, name), durable(name));
    this.#crash();
    for (const name of files) {
      for (const suffix of JOURNALS) rmSync(join(this.directory, name + suffix), { force: true });
      copyFileSync(durable(name), join(this.directory, name));
      rmSync(durable(name));
    }
    return loseUnsynced(this.directory, random) || isLost;
  }

  /**
   * Every process dies, and finds no files of projections when it starts again.
   * @returns whether there were any
   */
  loseProjections(): boolean {
    this.#crash();
    const files = this.#files();
    for (const name of files) {
      for (const suffix of ['', ...JOURNALS]) rmSync(join(this.directory, name + suffix), { force: true });
    }
    return files.length > 0;
  }

  /**
   * Copies the files of projections. Returns what puts them back: every process dies, and finds these when it starts again. That returns
   * whether the files had changed.
   */
  copyProjections(): () => boolean {
    const copy = mkdtempSync(`${this.directory}-copy-`);
    const copied = this.#names(/\.db(\.\w+)?(-wal)?$/);
    for (const name of copied) cpSync(join(this.directory, name), join(copy, name), AS_IT_IS);
    return () => {
      const isOlder = !copied.every((name) => isSame(join(this.directory, name), join(copy, name)));
      this.loseProjections();
      cpSync(copy, this.directory, AS_IT_IS);
      return isOlder;
    };
  }

  setFull(isFull: boolean): void {
    this.isFull = isFull;
    for (const process of this.processes) process.limitDatabases();
  }

  #crash(): void {
    for (const process of this.processes) process.crash();
  }

  /** The names of the files of projections, without journals. */
  #files(): string[] {
    return this.#names(/\.db(\.\w+)?$/);
  }

  #names(pattern: RegExp): string[] {
    return readdirSync(this.directory).filter((name) => pattern.test(name));
  }
}

function isSame(one: string, other: string): boolean {
  return existsSync(one) && readFileSync(one).equals(readFileSync(other));
}
