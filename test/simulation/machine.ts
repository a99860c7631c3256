import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SimulatedProcess } from './process.js';

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
   * Every process dies, and what SQLite has not made durable yet is lost: with `synchronous = NORMAL`, everything since the last checkpoint
   * of the write-ahead log.
   */
  cutPower(): void {
    const files = this.#files();
    const durable = (name: string) => join(this.directory, `${name}.durable`);
    for (const name of files) copyFileSync(join(this.directory, name), durable(name));
    this.#crash();
    for (const name of files) {
      for (const suffix of JOURNALS) rmSync(join(this.directory, name + suffix), { force: true });
      copyFileSync(durable(name), join(this.directory, name));
      rmSync(durable(name));
    }
  }

  /** Every process dies, and finds no files of projections when it starts again. */
  loseProjections(): void {
    this.#crash();
    for (const name of this.#files()) {
      for (const suffix of ['', ...JOURNALS]) rmSync(join(this.directory, name + suffix), { force: true });
    }
  }

  /** Copies the files of projections. Returns what puts them back: every process dies, and finds these when it starts again. */
  copyProjections(): () => void {
    const copy = mkdtempSync(`${this.directory}-copy-`);
    for (const name of this.#names(/\.db(\.\w+)?(-wal)?$/)) cpSync(join(this.directory, name), join(copy, name), AS_IT_IS);
    return () => {
      this.loseProjections();
      cpSync(copy, this.directory, AS_IT_IS);
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

/** Fails as a full disk does. */
export function requireSpace(machines: Machine[], path: string): void {
  const machine = machines.find(({ directory }) => directory === dirname(path));
  if (machine?.isFull) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
}
