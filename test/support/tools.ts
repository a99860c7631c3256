import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** True if that program is on the PATH. */
export function isOnPath(program: string, path = process.env.PATH ?? ''): boolean {
  return path.split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** Like `isOnPath`. If the program is missing, the output says that its tests are skipped. */
export function isToolInstalled(program: string): boolean {
  if (isOnPath(program)) return true;
  process.stderr.write(`\nTHE ${program.toUpperCase()} TESTS ARE SKIPPED: no ${program} on the PATH.\n`);
  return false;
}

/** Like `it`, for tests that need that program. Without it, they are skipped, and the output says so. */
export function itWith(program: string): jest.It {
  return isToolInstalled(program) ? it : it.skip;
}
