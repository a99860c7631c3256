import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** The command as it is built. */
export const COMMAND = join(import.meta.dirname, '../../dist/server/keyledger.js');

export interface Outcome {
  code: number | string | null | undefined;
  stdout: string;
  stderr: string;
}

/** Runs `keyledger` to its end with these arguments and only these settings, within that many milliseconds. */
export function keyledger(args: string[], env: Record<string, string> = {}, timeout?: number): Promise<Outcome> {
  return run(process.execPath, [COMMAND, ...args], env, undefined, timeout);
}

/**
 * Runs any program to its end, within that many milliseconds: a little less than a test may take, so that the test can say what hangs.
 * The code of a program that was ended says so, whatever it exited with: npm answers the signal with 1.
 */
export function run(
  program: string,
  args: string[],
  env: Record<string, string> = {},
  cwd?: string,
  timeout = 840_000,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = {
      maxBuffer: Number.POSITIVE_INFINITY,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      timeout,
      ...(cwd && { cwd }),
    };
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = error?.killed ? `ended after ${timeout} ms` : error ? error.code : 0;
      resolve({ code, stdout, stderr: withoutWaits(stderr) });
    });
  });
}

/** Leaves out that a command waits for the log: on a busy machine any append may take so long. `held-up.test.ts` expects these lines. */
export function withoutWaits(stderr: string): string {
  return stderr.replace(/^keyledger: The event log does not answer: .* Waiting for it\.\n/gm, '');
}
