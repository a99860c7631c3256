import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { killLater } from '../../support/child.js';

/** The program of a writer. */
export const CHILD = join(import.meta.dirname, 'sqlite-child.mjs');

const STORE = join(import.meta.dirname, '../../../dist/store/open.js');
const UUID = /^[0-9a-f-]{36}$/;

export interface Writer {
  process: ChildProcess;
  lines: string[];
  /** The ids whose appends were acknowledged. */
  acknowledged(): string[];
  said(count: number): Promise<void>;
  ended: Promise<[code: number | null, signal: string | null]>;
}

/** Starts another process, which appends to the log; `wrapper` is a program that runs it. */
export function startWriter(file: string, stream: string, count: number, wrapper: string[] = []): Writer {
  const [command = process.execPath, ...options] = [...wrapper, process.execPath, CHILD, STORE, file, stream, String(count)];
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(command, options, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  killLater(child);
  const lines: string[] = [];
  const output = createInterface(child.stdout).on('line', (line) => lines.push(line));
  const ended: Promise<[number | null, string | null]> = Promise.all([once(child, 'exit'), once(output, 'close')]).then(
    ([[code, signal]]) => [code, signal],
  );
  return {
    process: child,
    lines,
    acknowledged: () => lines.filter((line) => UUID.test(line)),
    said: async (count) => {
      while (lines.length < count)
        await Promise.race([once(output, 'line'), ended.then(() => Promise.reject(new Error('It ended.')))]);
    },
    ended,
  };
}
