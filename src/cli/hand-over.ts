import { closeSync, constants, fchownSync, fstatSync, openSync, readdirSync, type Stats } from 'node:fs';
import { basename } from 'node:path';
import { readConfig } from '../config.js';
import { mayNameLog, SQLITE_SUFFIXES } from '../shared/data-files.js';
import type { Environment } from './settings.js';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** The signals with which people and supervisors end a command. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Gives the files that root has made in the data directory of another user to that user: a server that runs as that user must be able to
 * write them. Files that are not ours, or that cannot be given away, stay with root. Works only on Linux, where a file can be named by the
 * descriptor of its directory. Call it when this process has no file of the directory open: closing a file ends all locks that the process
 * has on it.
 */
export function handOver(env: Environment): void {
  if (process.geteuid?.() !== 0) return;
  try {
    const { dataDirectory, store } = readConfig(env);
    const log = store.kind === 'sqlite' ? basename(store.file) : undefined;
    const ofLog = log === undefined ? [] : ['', ...SQLITE_SUFFIXES].map((suffix) => log + suffix);
    whileOpen(dataDirectory, O_RDONLY, (directory) => {
      const owner = fstatSync(directory);
      if (owner.uid !== 0) handOverIn(directory, owner, (name) => ofLog.includes(name) || !mayNameLog(name));
    });
  } catch {
    // The settings are wrong, or the directory is not there or cannot be read: then nothing was made in it.
  }
}

/**
 * Hands over, too, when a signal ends this process, unless something else handles that signal. The process ends by the signal all the same.
 * To close files then ends locks that the process still has, but it writes nothing any more.
 */
export function handOverAtSignals(env: Environment): void {
  if (process.geteuid?.() !== 0) return;
  for (const signal of SIGNALS) {
    process.on(signal, function end() {
      if (process.listenerCount(signal) > 1) return;
      handOver(env);
      process.off(signal, end);
      process.kill(process.pid, signal);
    });
  }
}

/**
 * Names everything by the descriptor of the directory that holds it. The user can put a link in the place of any directory at any time, and
 * a path would then lead out of the data directory.
 */
function handOverIn(directory: number, owner: Stats, isOurs: (name: string) => boolean): void {
  const path = `/proc/self/fd/${directory}`;
  for (const name of readdirSync(path).filter(isOurs)) {
    try {
      whileOpen(`${path}/${name}`, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, (descriptor) => giveTo(owner, descriptor));
    } catch {
      // It is a link, was removed just now, or is on a disk that takes no writes.
    }
  }
}

/** A file that has another name, too, may be one of the system, which the user has linked to. */
function giveTo(owner: Stats, descriptor: number): void {
  const found = fstatSync(descriptor);
  if (found.isDirectory()) handOverIn(descriptor, owner, () => true);
  const isMadeHere = found.isDirectory() || (found.isFile() && found.nlink === 1);
  if (isMadeHere && found.uid === 0) fchownSync(descriptor, owner.uid, owner.gid);
}

function whileOpen(path: string, flags: number, work: (descriptor: number) => void): void {
  const descriptor = openSync(path, flags);
  try {
    work(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
