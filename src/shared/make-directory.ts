import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasCode } from './error-code.js';
import { UnfitFile } from './file-text.js';
import { isMissing } from './is-there.js';
import { messageOf } from './message-of.js';

/** What the system says if the path is wrong, rather than the disk or a permission. */
const WRONG_PATH = ['EEXIST', 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'];

/** A path at which there is no directory, and why none could be created. */
interface Failure {
  path: string;
  cause: unknown;
}

export interface DirectoryOptions {
  mode?: number;
  /** How to choose another path, to continue a sentence. */
  alternative?: string;
}

/**
 * Creates a directory that only its owner may use, and the missing ones above it. Does nothing if it exists.
 * @throws UnfitFile
 */
export function makeDirectory(
  directory: string,
  { mode = 0o700, alternative = 'set KEYLEDGER_DATA to another directory' }: DirectoryOptions = {},
): void {
  const failure = makeAll(directory, mode);
  if (!failure) return;
  const { cause } = failure;
  const isWrongPath = WRONG_PATH.some((code) => hasCode(cause, code));
  const remedy = isWrongPath ? capitalized(alternative) : `Make it possible to write there, or ${alternative}`;
  throw new UnfitFile(directory, `cannot be created: ${reasonOf(failure)}`, `${remedy}.`, { cause });
}

/**
 * Creates one directory after the other. With `recursive`, Node never returns if the system says that something is missing although the
 * directory above is there, as it does in /proc.
 */
function makeAll(directory: string, mode: number): Failure | undefined {
  const failure = makeOne(directory, mode);
  const above = dirname(directory);
  if (!isMissing(failure?.cause) || above === directory) return failure;
  return makeAll(above, mode) ?? makeOne(directory, mode);
}

function makeOne(path: string, mode: number): Failure | undefined {
  try {
    mkdirSync(path, { mode });
    return undefined;
  } catch (cause) {
    // Systems differ in the code for a directory that is there, and another process may have created it just now.
    return isDirectory(path) ? undefined : { path, cause };
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function reasonOf({ path, cause }: Failure): string {
  if (hasCode(cause, 'EEXIST')) return `${path} is ${existsSync(path) ? 'not a directory' : 'a link that leads nowhere'}`;
  return messageOf(cause);
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
