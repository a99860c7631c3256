import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { type Summary, summaryIn } from './summary.js';

const PROGRAM = ['--import', join(import.meta.dirname, 'register.mjs'), join(import.meta.dirname, 'simulate.ts')];

/** What a simulation has printed: its failures, and its summary at the end. */
export interface Simulated<S> {
  summary: S;
  text: string;
}

/** Runs `npm run simulate -- …` in a process of its own. */
export function simulate<S = Summary>(args: string[], env: Record<string, string> = {}): Promise<Simulated<S>> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 2 ** 26, env: { ...process.env, ...env } };
    execFile(process.execPath, [...PROGRAM, ...args], options, (error, text, trouble) => {
      const summary = summaryIn<S>(text);
      if (summary) resolve({ summary, text });
      else reject(new Error(`${error?.message}\n${trouble}`));
    });
  });
}
