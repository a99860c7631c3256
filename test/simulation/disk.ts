import fs from 'node:fs';
import { join } from 'node:path';
import type { World } from './globals.js';
import type { Random } from './random.js';

/** How long a call of the disk may take, in milliseconds. */
const SLOWEST = 3;

/** The files that are open. A process that dies leaves its own behind. */
const descriptors = new Set<number>();

/** How many bytes of a file survive a power cut, by its inode; all that it holds, if it is not here. */
const synced = new Map<number, number>();

/** Closes what dead processes have left open. */
export function closeFiles(): void {
  for (const descriptor of descriptors) fs.closeSync(descriptor);
  descriptors.clear();
  synced.clear();
}

/**
 * Loses the end of what was written to each file of the directory and not synced, as a power cut does. A file that was synced is in its
 * directory. Only writes of `node:fs/promises` are known here.
 * @returns whether anything was lost
 */
export function loseUnsynced(directory: string, random: Random): boolean {
  let isLost = false;
  for (const name of fs.readdirSync(directory).sort()) {
    const path = join(directory, name);
    const { ino, size } = fs.lstatSync(path);
    const least = synced.get(ino);
    if (least === undefined) continue;
    const kept = random.between(least, size);
    fs.truncateSync(path, kept);
    synced.delete(ino);
    isLost ||= kept < size;
  }
  return isLost;
}

/** The calls of `node:fs/promises` that the code under test uses. Each takes its time, and may fail; the files are real ones. */
export function diskOf(world: () => World) {
  const later = async (name: string) => {
    const { scheduler, random } = world();
    await scheduler.pause(random.next() * SLOWEST, `disk: ${name}`);
  };
  const slow =
    <Args extends unknown[], Result>(name: string, call: (...args: Args) => Result) =>
    async (...args: Args): Promise<Result> => {
      await later(name);
      return call(...args);
    };
  const create = (path: fs.PathLike) => world().requireSpace(String(path));
  return {
    mkdir: slow('mkdir', fs.mkdirSync),
    readFile: slow('readFile', fs.readFileSync),
    readdir: slow('readdir', (path: fs.PathLike) => fs.readdirSync(path).sort()),
    stat: slow('stat', fs.statSync),
    rm: slow('rm', fs.rmSync),
    unlink: slow('unlink', fs.unlinkSync),
    rename: slow('rename', fs.renameSync),
    symlink: slow('symlink', (target: fs.PathLike, path: fs.PathLike) => {
      create(path);
      fs.symlinkSync(target, path);
    }),
    link: slow('link', (existing: fs.PathLike, path: fs.PathLike) => {
      create(path);
      fs.linkSync(existing, path);
    }),
    copyFile: slow('copyFile', fs.copyFileSync),
    open: slow('open', (path: fs.PathLike, flags?: fs.OpenMode, mode?: fs.Mode) => {
      return new SlowFile(fs.openSync(path, flags ?? 'r', mode), String(path), later, world);
    }),
  };
}

/** The methods of a `FileHandle` that the code under test uses. */
class SlowFile {
  readonly #fd: number;
  readonly #path: string;
  readonly #later: (name: string) => Promise<void>;
  readonly #world: () => World;

  constructor(fd: number, path: string, later: (name: string) => Promise<void>, world: () => World) {
    descriptors.add(fd);
    this.#fd = fd;
    this.#path = path;
    this.#later = later;
    this.#world = world;
  }

  async stat(): Promise<fs.Stats> {
    await this.#later('fstat');
    return fs.fstatSync(this.#fd);
  }

  async read(buffer: Buffer, offset: number, length: number, position: number) {
    await this.#later('read');
    return { bytesRead: fs.readSync(this.#fd, buffer, offset, length, position), buffer };
  }

  appendFile(data: string | Buffer): Promise<void> {
    return this.writeFile(data);
  }

  /** A full disk may take the first part of it. */
  async writeFile(data: string | Buffer): Promise<void> {
    await this.#later('write');
    const { requireSpace, random } = this.#world();
    const bytes = Buffer.from(data);
    const { ino, size } = fs.fstatSync(this.#fd);
    if (!synced.has(ino)) synced.set(ino, size);
    try {
      requireSpace(this.#path);
    } catch (error) {
      fs.writeSync(this.#fd, bytes.subarray(0, random.between(0, bytes.length)));
      throw error;
    }
    fs.writeSync(this.#fd, bytes);
  }

  async sync(): Promise<void> {
    await this.#later('fsync');
    synced.delete(fs.fstatSync(this.#fd).ino);
  }

  async close(): Promise<void> {
    await this.#later('close');
    descriptors.delete(this.#fd);
    fs.closeSync(this.#fd);
  }
}
