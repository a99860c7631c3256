import { setTimeout as delay } from 'node:timers/promises';

/** How long to wait before the next try, in milliseconds: from the first, doubling, to the second; a random part of it is left out. */
const BACKOFF = { first: 2, longest: 16 };

/** How long an open waits for another process, in milliseconds, and after how long it says so. */
const OPEN = { patience: 60_000, saySoAfter: 1000 };

/** Another process keeps an SQLite file locked. */
export class FileLocked extends Error {
  constructor(file: string, options?: ErrorOptions) {
    super(`${file} is locked by another process. Wait until that has ended, or end it, and start again.`, options);
  }
}

/** What is asked for cannot be read while another process has the tables locked. Nothing was changed. */
export class TablesLocked extends Error {
  readonly code = 'NOT_READY';
  constructor(options?: ErrorOptions) {
    super('Another process has locked the tables for a moment. Nothing was changed; try again.', options);
  }
}

/** Whether a statement failed because another connection is in the way, on the same SQLite file: it did nothing, and can be tried again. */
export function isLocked(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null ? String(Reflect.get(error, 'code')) : '';
  return code.startsWith('SQLITE_BUSY') || code === 'SQLITE_PROTOCOL';
}

/**
 * Tries until no other connection is in the way. SQLite itself waits for nothing on such a connection (`busy_timeout = 0`), for
 * its wait would hold up everything that this process does; this one leaves the event loop free.
 * @param signal ends the tries: then the last one's error is thrown
 */
export async function untilUnlocked<T>(attempt: () => T | Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let wait = BACKOFF.first; ; wait = Math.min(2 * wait, BACKOFF.longest)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isLocked(error) || signal?.aborted) throw error;
      await delay(wait * (1 - Math.random() / 2), undefined, { signal }).catch(() => {});
    }
  }
}

/**
 * Opens an SQLite file as soon as no other process is in the way.
 * @param onWait told when that takes longer than a moment
 * @throws FileLocked where it takes too long
 */
export async function openUnlocked<T>(file: string, open: () => T, onWait = () => {}): Promise<T> {
  const timer = setTimeout(onWait, OPEN.saySoAfter);
  try {
    return await untilUnlocked(open, AbortSignal.timeout(OPEN.patience));
  } catch (error) {
    throw isLocked(error) ? new FileLocked(file, { cause: error }) : error;
  } finally {
    clearTimeout(timer);
  }
}
