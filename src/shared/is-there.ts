import { accessSync, constants } from 'node:fs';
import { hasCode } from './error-code.js';
import { UnfitFile } from './file-text.js';
import { messageOf } from './message-of.js';

/**
 * True if there is a file or directory, which this user may read. Other functions of Node answer "no" also where they may not look.
 * @throws UnfitFile if this user may not read it, or not even know whether it is there
 */
export function isThere(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch (cause) {
    if (isMissing(cause)) return false;
    throw unreadable(path, cause);
  }
}

/** True if the error says that there is nothing at a path. */
export function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR');
}

/** For `catch`: undefined if there is nothing at a path; any other error is thrown again. */
export function undefinedIfMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

/** The error for a file that cannot be read. */
export function unreadable(file: string, cause: unknown): UnfitFile {
  const remedy = hasCode(cause, 'EACCES') ? 'Let the user who runs Keyledger read it.' : 'Restore it from a backup.';
  return new UnfitFile(file, `cannot be read: ${messageOf(cause)}`, remedy, { cause });
}
