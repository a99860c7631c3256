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

/** Resolves when that many bytes have reached a port of a halted process, which has not read them; at once where the system has no `/proc`. */
export async function untilUnread(port: number, bytes: number): Promise<void> {
  while (unreadAt(port) < bytes) await delay(1);
}

function unreadAt(port: number): number {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].filter((table) => existsSync(table));
  if (tables.length === 0) return Number.POSITIVE_INFINITY;
  const local = port.toString(16).toUpperCase().padStart(4, '0');
  // The place, the local and the other address, the state (01: established), and the bytes that wait to be sent and to be read.
  const connection = new RegExp(`^ *\\d+: \\w+:${local} \\w+:\\w+ 01 \\w+:(\\w+)`, 'gm');
  const waiting = tables.flatMap((table) => [...readFileSync(table, 'utf8').matchAll(connection)]);
  return waiting.reduce((sum, [, unread = '0']) => sum + Number.parseInt(unread, 16), 0);
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
