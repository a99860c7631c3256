import { existsSync, mkdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from './error-code.js';

const FOR_OWNER = { recursive: true, mode: 0o700 } as const;

/** Creates a directory that only its owner may use, and the missing ones above it. Does nothing if it exists. */
export async function makeDirectory(directory: string): Promise<void> {
  await mkdir(directory, FOR_OWNER).catch((error: unknown) => fail(directory, error));
}

/** Like `makeDirectory`, at once. */
export function makeDirectorySync(directory: string): void {
  try {
    mkdirSync(directory, FOR_OWNER);
  } catch (error) {
    fail(directory, error);
  }
}

/** On a disk that is read-only, Node says that the directory does not exist. Without `recursive`, it gives the reason. */
function fail(directory: string, error: unknown): never {
  if (hasCode(error, 'ENOENT')) mkdirSync(firstMissing(directory), { mode: FOR_OWNER.mode });
  throw error;
}

function firstMissing(directory: string): string {
  const above = dirname(directory);
  return above === directory || existsSync(above) ? directory : firstMissing(above);
}
