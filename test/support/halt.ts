import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Stops a process in the middle of its work: it keeps its connections and does not answer. Resolves when each of its threads has stopped: on a busy machine,
 * some run on for a while after the signal, and may still answer.
 */
export async function halt(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  while (threadsOf(pid).some((thread) => isRunning(thread))) await delay(1);
}

/** Lets a process that was halted continue. */
export function resume(pid: number): void {
  process.kill(pid, 'SIGCONT');
}

/** The folders of a process's threads; none where the system has no `/proc`. */
function threadsOf(pid: number): string[] {
  const folder = `/proc/${pid}/task`;
  return existsSync(folder) ? readdirSync(folder).map((thread) => `${folder}/${thread}`) : [];
}

/** True unless the thread is stopped or has ended. */
function isRunning(thread: string): boolean {
  try {
    return !/\) T [^)]*$/.test(readFileSync(`${thread}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
