import { spawnSync } from 'node:child_process';
import { canMount, MOUNTING } from './small-disk.js';

/** What to do about a directory that takes no writes. */
export const REMEDY =
  /Make it possible to write (?:there, or set KEYLEDGER_DATA to another directory|there, then run the command again|in its directory, which SQLite needs also to read it\. Then run the command again)\.\n$/;

/** The start of a command line whose program sees a directory on a file system that is mounted read-only. */
function onReadOnlyDisk(directory: string): string[] {
  const script = `
    set -e
    mount --bind '${directory}' '${directory}'
    mount -o remount,bind,ro '${directory}'
    exec "$0" "$@"`;
  return [...MOUNTING, '/bin/sh', '-c', script];
}

/** The start of a command line whose program has no rights beyond those of a file's mode, also as root. */
export const PLAIN = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : ['env'];

/** The start of a command line whose program may not write in a directory, by the mode of the directory. */
function withoutPermission(directory: string): string[] {
  return [...PLAIN, '/bin/sh', '-c', `chmod 0500 '${directory}'; exec "$0" "$@"`];
}

function isThere(program: string): boolean {
  return spawnSync(program, ['true'], { stdio: 'ignore' }).error === undefined;
}

/** For a test of such a program. */
export const itUnprivileged = isThere(PLAIN[0] ?? '') ? it : it.skip;

/** How a directory can take no writes, each with the code of the operating system, and its `it`: `it.skip` where it cannot be had. */
export const READ_ONLY: [how: string, code: string, wrap: (directory: string) => string[], it: jest.It][] = [
  ['on a disk that is read-only', 'EROFS', onReadOnlyDisk, canMount() ? it : it.skip],
  ['that belongs to another', 'EACCES', withoutPermission, itUnprivileged],
];
