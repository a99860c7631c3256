import { closeSync, constants, fchownSync, fstatSync, openSync, readdirSync, type Stats, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readConfig } from '../config.js';
import { mayNameLog } from '../shared/data-files.js';
import type { Environment } from './settings.js';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/**
 * Gives what root has made in the data directory of another user to that user: a server that runs as that user must be able to write it.
 * What is no file of ours, or cannot be given, stays root's. Call it when this process has no file of the directory open: to close a file
 * ends all locks that the process has on it.
 */
export function handOver(env: Environment): void {
  if (process.geteuid?.() !== 0) return;
  try {
    const { dataDirectory, store } = readConfig(env);
    const owner = statSync(dataDirectory);
    const log = store.kind === 'sqlite' ? basename(store.file) : undefined;
    if (owner.uid !== 0) handOverIn(dataDirectory, owner, (name) => name === log || !mayNameLog(name));
  } catch {
    // The settings are wrong, or the directory is not there or cannot be read: then nothing was made in it.
  }
}

function handOverIn(directory: string, owner: Stats, isOurs: (name: string) => boolean): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (!isOurs(entry.name)) continue;
    const path = join(directory, entry.name);
    if (entry.isDirectory()) handOverIn(path, owner, () => true);
    if (entry.isDirectory() || entry.isFile()) giveTo(owner, path);
  }
}

/** A file that has another name, too, may be one of the system, which the user has linked to. */
function giveTo({ uid, gid }: Stats, path: string): void {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const found = fstatSync(descriptor);
    if (found.uid === 0 && (found.isDirectory() || found.nlink === 1)) fchownSync(descriptor, uid, gid);
  } catch {
    // It was removed just now, or is on a disk that takes no writes.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
