import type { ChildProcess } from 'node:child_process';
import { cleanUpLater } from './cleanup.js';

/** The longest part of an output that is told, in characters. */
const MOST = 20_000;

interface Heard {
  child: ChildProcess;
  written: readonly string[];
  told: number;
}

const heard = new Set<Heard>();

/**
 * Until the end of the present test, or of the file: if a test fails, tells what the process has written, and whether it has ended. A
 * process that ends unseen is otherwise hard to guess from the failure.
 */
export function tellOnFailure(child: ChildProcess, written: readonly string[]): void {
  const one = { child, written, told: 0 };
  heard.add(one);
  cleanUpLater(() => heard.delete(one));
}

function tellFailure(): void {
  for (const one of heard) {
    const { pid, exitCode, signalCode } = one.child;
    const end = signalCode ?? exitCode;
    const text = one.written.slice(one.told).join('');
    one.told = one.written.length;
    if (text === '') continue;
    const cut = text.length > MOST ? `…${text.slice(-MOST)}` : text;
    process.stderr.write(`A test failed. Process ${pid} ${end === null ? 'runs' : `has ended (${end})`}. It wrote:\n${cut}\n`);
  }
}

// The environment of the tests calls it.
Object.assign(globalThis, { tellFailure });
