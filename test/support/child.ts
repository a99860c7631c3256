import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cleanUpLater } from './cleanup.js';

/**
 * Kills that process after the test, and waits until it has gone, with every process that shares its output: the workers of a cluster
 * live on for a moment, and write to files that the next clean-up removes. Call it at once, before the process can end.
 */
export function killLater(child: ChildProcess): void {
  const closed = once(child, 'close');
  cleanUpLater(() => {
    child.kill('SIGKILL');
    return closed;
  });
}

/** True once the process has ended, by itself or by a signal. */
export function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
