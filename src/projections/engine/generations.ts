import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { syncDirectory } from '../../shared/durable-files.js';

/** How often to look whether another file has the name, in milliseconds. */
const INTERVAL = 100;

const JOURNALS = ['-wal', '-shm'];

/**
 * The files that have one name in the data directory, one after another. A file that was filled anew takes the place of the old one: the
 * name becomes a symbolic link to it, in one step. Processes that have the old one open can go on with it: it is deleted, but stays on disk
 * until the last of them closes it.
 */
export class Generations {
  readonly #directory: string;
  readonly #name: string;
  /** Where the present file is opened. */
  readonly path: string;

  constructor(directory: string, name: string) {
    this.#directory = directory;
    this.#name = name;
    this.path = join(directory, name);
  }

  /** A path for a new file of this name. */
  newFile(): string {
    return `${this.path}.${randomBytes(4).toString('hex')}`;
  }

  /** Identifies the present file; undefined if there is none, or something else has the name: a directory, a pipe. */
  present(): string | undefined {
    const stat = statSync(this.path, { throwIfNoEntry: false });
    return stat?.isFile() ? identityOf(stat) : undefined;
  }

  /** True if nothing has the name: somebody has deleted the file. */
  isGone(): boolean {
    return !existsSync(this.path);
  }

  /**
   * Gives the name to a new, empty file if somebody has deleted the present one, but not its journals. Others may still use those, and
   * SQLite would take them for the journals of whatever file it creates under that name.
   */
  leaveJournals(): void {
    if (!this.isGone() || !JOURNALS.some((suffix) => existsSync(this.#target() + suffix))) return;
    const file = this.newFile();
    closeSync(openSync(file, 'wx', 0o644));
    this.#giveName(file);
  }

  /** Resolves when another file has the name. @throws the signal's reason if that aborts */
  async replaced(signal: AbortSignal): Promise<void> {
    const before = this.present();
    for (let now = before; now === undefined || now === before; now = this.present())
      await delay(INTERVAL, undefined, { signal });
  }

  /** Gives the name to a new file, durably, and deletes all others of it. Call it while no other process fills one. */
  async publish(file: string): Promise<void> {
    this.#giveName(file);
    await syncDirectory(this.#directory);
    this.sweep();
  }

  /** Makes the name a link to the file, in one step. */
  #giveName(file: string): void {
    const link = this.newFile();
    symlinkSync(basename(file), link);
    renameSync(link, this.path);
  }

  /** Deletes a file and its journals, unless it has the name. */
  discard(file: string): void {
    if (basename(file) === this.#presentName()) return;
    for (const suffix of ['', ...JOURNALS]) rmSync(file + suffix, { force: true });
  }

  /** Deletes what was left behind: old files, and new ones that were never finished. Call it while no process fills one. */
  sweep(): void {
    const present = this.#presentName();
    const isOwn = new RegExp(`^${this.#name.replaceAll('.', '\\.')}\\.[0-9a-f]{8}(?:${JOURNALS.join('|')})?$`);
    const left = readdirSync(this.#directory).filter((name) => isOwn.test(name) && !isPartOf(present, name));
    // Journals beside the link belong to the file that the link has replaced.
    if (present !== undefined && present !== this.#name) left.push(...JOURNALS.map((suffix) => this.#name + suffix));
    for (const name of left) rmSync(join(this.#directory, name), { force: true });
  }

  /** Where the file is, or was: the name may still be a link to it. */
  #target(): string {
    try {
      return join(this.#directory, readlinkSync(this.path));
    } catch {
      return this.path;
    }
  }

  #presentName(): string | undefined {
    return this.present() === undefined ? undefined : basename(realpathSync(this.path));
  }
}

/** Identifies a file among all that exist at the time. */
export function identityOf({ dev, ino }: Pick<Stats, 'dev' | 'ino'>): string {
  return `${dev}:${ino}`;
}

/** True for the file itself and for the journals that SQLite keeps beside it. */
function isPartOf(file: string | undefined, name: string): boolean {
  return file !== undefined && (name === file || JOURNALS.some((suffix) => name === file + suffix));
}
