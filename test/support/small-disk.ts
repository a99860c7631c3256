import { spawnSync } from 'node:child_process';
import { temporaryDirectory } from './cleanup.js';

/** The start of a command line whose program may mount a file system that only it and its children see. */
export const MOUNTING = ['unshare', '--map-root-user', '--mount'];

/** True if a small file system can be mounted. If that is not allowed, the output says so. */
export function canMount(): boolean {
  const [program = '', ...options] = MOUNTING;
  const { status } = spawnSync(program, [...options, 'mount', '-t', 'tmpfs', 'tmpfs', temporaryDirectory()]);
  if (status !== 0) process.stderr.write('No file system can be mounted here: no test fills a disk.\n');
  return status === 0;
}

/** The start of a command line whose program sees a directory on a disk of so many KiB. What it leaves there is in `left` afterwards. */
export function onSmallDisk(kibibytes: number, directory: string, left: string): string[] {
  const script = `
    set -e
    cp -a '${directory}/.' '${left}'
    mount -t tmpfs -o size=${kibibytes}k tmpfs '${directory}'
    cp -a '${left}/.' '${directory}'
    code=0
    "$0" "$@" || code=$?
    rm -f '${left}'/*
    cp -a '${directory}/.' '${left}'
    exit $code`;
  return [...MOUNTING, '/bin/sh', '-c', script];
}
