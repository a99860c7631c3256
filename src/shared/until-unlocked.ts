import { Backoff } from './backoff.js';
import { codeOf, hasCode } from './error-code.js';
import { withFileName } from './file-fault.js';

/** The waits between tries. */
const BACKOFF = { first: 2, longest: 16, jitter: 0.5 };

/** How long opening or changing a file waits for another process, and after how long it reports the wait, in milliseconds. */
const OPEN = { patience: 60_000, saySoAfter: 1000 };

/** Another process keeps an SQLite file locked. */
class FileLocked extends Error {
  constructor(file: string, options?: ErrorOptions) {
    super(`${file} is locked by another process. Wait for that process or end it, then start again.`, options);
  }
}

/** The data cannot be read while another process has the tables locked. Nothing was changed. */
export class TablesLocked extends Error {
  readonly code = 'NOT_READY';
  constructor(options?: ErrorOptions) {
    super('Another process has locked the tables for a moment. Nothing was changed; try again.', options);
  }
}

/**
 * True if a statement failed because another connection holds a lock on the same SQLite file. The statement had no effect and can be tried
 * again.
 */
export function isLocked(error: unknown): boolean {
  return hasCode(error, 'SQLITE_BUSY') || codeOf(error) === 'SQLITE_PROTOCOL';
}

/**
 * Retries until no other connection holds a lock. Such a connection has `busy_timeout = 0`: SQLite's own wait would block the whole
 * process, and this wait leaves the event loop free.
 * @param signal stops the retries; the last error is then thrown
 */
export async function untilUnlocked<T>(attempt: () => T | Promise<T>, signal?: AbortSignal): Promise<T> {
  // Most attempts succeed at once, and need no wait.
  let backoff: Backoff | undefined;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isLocked(error) || signal?.aborted) throw error;
      backoff ??= new Backoff(BACKOFF);
      await backoff.wait(signal);
    }
  }
}

/**
 * Opens or changes an SQLite file as soon as no other process has it locked.
 * @param onWait called if that takes longer than a moment
 * @throws FileLocked if it takes too long
 */
export async function openUnlocked<T>(file: string, open: () => T, onWait = () => {}): Promise<T> {
  const timer = setTimeout(onWait, OPEN.saySoAfter);
  try {
    return await untilUnlocked(open, AbortSignal.timeout(OPEN.patience));
  } catch (error) {
    throw isLocked(error) ? new FileLocked(file, { cause: error }) : withFileName(error, file);
  } finally {
    clearTimeout(timer);
  }
}
