import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_FILE } from '../../src/shared/data-files.js';
import { temporaryDirectory } from './cleanup.js';

/** Creates a data directory for commands that need one that a server has used. It holds a log without events, and no key. */
export function usedDirectory(): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, DATA_FILE.log), '');
  return directory;
}
