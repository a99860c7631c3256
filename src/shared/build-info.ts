import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** The version and commit of the running program. */
export interface BuildInfo {
  /** The version in package.json. */
  version: string;
  /** The commit that was built, 40 hexadecimal digits; `unknown` if it was built outside a git checkout. */
  commit: string;
}

/** The package's folder. This file is two levels below it: in `src`, in `dist`, and as a part of `dist/server`. */
export const PACKAGE = join(import.meta.dirname, '../..');

const PACKAGE_JSON = z.object({ version: z.string() });

/** The version, and the commit that `npm run build` wrote to `dist/commit`. A process reads both files once. */
export const BUILD_INFO = readBuildInfo();

function readBuildInfo(): BuildInfo {
  const { version } = PACKAGE_JSON.parse(JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')));
  return { version, commit: readCommit() };
}

function readCommit(): string {
  try {
    return readFileSync(join(PACKAGE, 'dist/commit'), 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
