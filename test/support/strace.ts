import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, realpathSync } from 'node:fs';
import { killLater } from './child.js';

/**
 * What happens to a process when one of its threads makes a system call for the nth time. The call itself is not made. A `SIGKILL` thus
 * leaves what all earlier calls have done: one of the states in which a killed process can leave its files.
 */
export interface Strike {
  call: string;
  count: number;
  effect: 'error=EIO' | 'error=ENOSPC' | 'signal=KILL';
}

/** The calls by which SQLite and Node change files. */
const CHANGING = [
  ...['write', 'pwrite64', 'writev', 'copy_file_range', 'sendfile', 'ftruncate', 'fsync', 'fdatasync'],
  ...['open', 'openat', 'mkdir', 'rename', 'link', 'symlink', 'unlink'],
];

/**
 * The program is a child of the test, and strace a child of the program, so that a signal reaches the program. Node's own file calls are
 * made by one thread.
 */
const STRACE = ['env', 'UV_THREADPOOL_SIZE=1', 'strace', '--daemonize', '--follow-forks'];

/** The start of a command line that strikes the program in the rest of it. */
export function striking({ call, count, effect }: Strike): string[] {
  return [...STRACE, '--output=/dev/null', `--trace=${call}`, `--inject=${call}:${effect}:when=${count}`];
}

/** What a disk, or a file system, answers if it cannot read. SQLite reports each as an error of its own. */
export const UNREADABLE = ['EBADMSG', 'EIO'] as const;
type Unreadable = (typeof UNREADABLE)[number];

/** The start of a command line in whose program no read of that file succeeds. */
export function unreadable(file: string, error: Unreadable): string[] {
  return [...STRACE, '--output=/dev/null', ...failingReads(file, error)];
}

/** From now on, no read of that file succeeds in the process, which runs. */
export async function makeUnreadable(file: string, error: Unreadable, { pid }: ChildProcess): Promise<void> {
  const line = [`--attach=${pid}`, '--follow-forks', '--output=/dev/null', ...failingReads(file, error)];
  const strace = spawn('strace', line, { stdio: ['ignore', 'ignore', 'pipe'] });
  killLater(strace);
  const [said] = await Promise.race([once(strace.stderr, 'data'), once(strace, 'close')]);
  if (!String(said).includes(' attached')) throw new Error(`strace cannot trace the process: ${said}`);
}

/** SQLite reads pages by this call. Only the file itself is meant, not its write-ahead log. */
function failingReads(file: string, error: Unreadable): string[] {
  return [`--trace-path=${realpathSync(file)}`, '--trace=pread64', `--inject=pread64:error=${error}`];
}

/** The start of a command line that writes to that file which calls the program makes. */
export function watching(file: string): string[] {
  return [...STRACE, `--output=${file}`, '--decode-fds=path', `--trace=${CHANGING.map((call) => `?${call}`).join(',')}`];
}

/**
 * Where a program that was watched can be killed: at each call that concerned a path with that text in it, each once. The memory that SQLite
 * shares between processes is no file.
 */
export function momentsIn(file: string, path: string): Strike[] {
  const counts = new Map<string, number>();
  const moments = new Map<string, Strike>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [, thread, call, rest = ''] = /^(\d+) +(\w+)\((.*)$/.exec(line) ?? [];
    if (call === undefined) continue;
    const count = (counts.get(`${thread} ${call}`) ?? 0) + 1;
    counts.set(`${thread} ${call}`, count);
    if (rest.includes(path) && !rest.includes('-shm') && !rest.includes('O_RDONLY'))
      moments.set(`${call} ${count}`, { call, count, effect: 'signal=KILL' });
  }
  return [...moments.values()];
}

/** So many of the items, at equal distances. */
export function spread<T>(items: readonly T[], count: number): T[] {
  const step = Math.max(1, items.length / count);
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

/** Like `describe`, for tests that need strace. Without it, they are skipped, and the output says so. */
export const describeWithStrace: jest.Describe = mayTrace() ? describe : describe.skip;

function mayTrace(): boolean {
  try {
    execFileSync('strace', ['-f', '-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('\nTHE TESTS OF A FAILING DISK ARE SKIPPED: strace is not on the PATH, or may not trace.\n');
    return false;
  }
}
